package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.admin.security.Authorization;
import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import io.sluice.api.operator.AdminRole;
import io.sluice.api.operator.AdminSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator does to upstreams, by the API. */
class UpstreamResourceTest {
  private final List<AuditEvent> audit = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private AdminServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        AdminServer.start(
            AdminSettings.of("127.0.0.1", 0, "s3cret"), new FixedOperations(), audit::add);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void thoseThatAreParkedAreListedBesideTheOthers() throws Exception {
    HttpResponse<String> answer = send("GET", "/api/v1/upstreams");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"name\":\"archive\"", "\"reconnects\":0", "\"missingDestinations\":[]")
        .contains("\"parked\":[{\"name\":\"gone\",\"queuedRecords\":17}]");
  }

  @ParameterizedTest
  @CsvSource({
    "POST,archive/pause,200,paused",
    "POST,archive/resume,200,resumed",
    "DELETE,gone,200,forgotten",
    "POST,gone/pause,404,is configured; list them",
    "POST,gone/resume,404,is configured; list them",
    "DELETE,archive,404,one that is configured cannot be forgotten",
    "DELETE,no%20such,404,no such"
  })
  void eachIsDoneToWhatIsThereAndToNothingElse(String method, String path, int status, String said)
      throws Exception {
    HttpResponse<String> answer = send(method, "/api/v1/upstreams/" + path);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains(said);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/api/v1/upstreams,VIEWER",
    "POST,/api/v1/upstreams/archive/pause,OPERATOR",
    "POST,/api/v1/upstreams/archive/resume,OPERATOR",
    "DELETE,/api/v1/upstreams/gone,ADMINISTRATOR",
    "POST,/api/v1/upstreams/archive/other,ADMINISTRATOR"
  })
  void aViewerListsAnOperatorPausesAnAdministratorForgets(
      String method, String path, AdminRole needed) {
    assertThat(Authorization.needed(method, path)).isEqualTo(needed);
  }

  @Test
  void whatIsDoneIsTakenDown() throws Exception {
    send("POST", "/api/v1/upstreams/archive/pause");
    send("DELETE", "/api/v1/upstreams/gone");
    await().until(() -> audit.size() == 2);
    assertThat(audit)
        .extracting(AuditEvent::action, AuditEvent::result)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("upstream.handled", Result.DONE),
            org.assertj.core.groups.Tuple.tuple("upstream.forgotten", Result.DONE));
  }

  private HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path))
            .header("Authorization", "Bearer s3cret")
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
