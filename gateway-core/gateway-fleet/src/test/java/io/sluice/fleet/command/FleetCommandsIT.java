package io.sluice.fleet.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.cli.ExitCode;
import io.sluice.fleet.CommandLines;
import io.sluice.fleet.FleetParts;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.init.RegistrySchema;
import io.sluice.fleet.run.Fleet;
import io.sluice.store.postgres.PostgresRoles;
import io.sluice.testkit.FreePort;
import io.sluice.testkit.PostgreSql;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Commands that are given at the fleet's own API: by a real PostgreSQL, as a user with the rights
 * of the fleet's role alone, and delivered by gateways. Kafka is away all the time.
 */
@Timeout(300)
class FleetCommandsIT {
  private static final List<String> DEVICES = List.of("meter-1", "meter-2", "meter-3");
  private static final String OPERATOR = "operator-0123456789abcdef";
  private static final String VIEWER = "viewer-0123456789abcdef";
  private static final String FLEETS_OWN = "fleet's own password";

  @TempDir private static Path directory;
  private static String database;
  private static int deadPort;
  private static Member a;
  private static Member b;

  private final List<AuditEvent> trail = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private Fleet fleet;

  @BeforeAll
  static void gateways() throws Exception {
    PostgreSql server = PostgreSql.shared();
    database = server.newDatabase();
    FleetStoreSettings store =
        new FleetStoreSettings(
            server.uri(database), PostgreSql.USER, new Secret(PostgreSql.PASSWORD), null, null);
    assertThat(RegistrySchema.migrate(store).scripts()).isPositive();
    String role = database + "_view";
    server.sql(
        database,
        PostgresRoles.sql(),
        "CREATE ROLE %s LOGIN PASSWORD '%s' IN ROLE sluice_fleet"
            .formatted(role, FLEETS_OWN.replace("'", "''")),
        "INSERT INTO sluice.gateway_role VALUES ('" + role + "', '*')");
    for (String device : List.of("meter-1", "meter-2", "meter-3", "gone")) {
      server.sql(
          database,
          "INSERT INTO sluice.device (id, revision, changed_us, region, profile, sector, site,"
              + " planned, commissioned, retired) VALUES ('%s', 1, 0, 'north', 'p', 'factory',"
                  .formatted(device)
              + " 'plant', true, true, "
              + device.equals("gone")
              + ")");
    }
    a = new Member(store, "a", directory.resolve("a"), DEVICES);
    b = new Member(store, "b", directory.resolve("b"), DEVICES);
    deadPort = FreePort.next();
  }

  @AfterAll
  static void close() {
    a.close();
    b.close();
  }

  @AfterEach
  void stop() {
    if (fleet != null) {
      fleet.close();
    }
  }

  private static String token(String name, String role, String token) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    return "{ name: %s, role: %s, hash: \"sha256:%s\" }"
        .formatted(name, role, HexFormat.of().formatHex(digest));
  }

  private void start(String store) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("fleet.yaml"),
            """
            fleet:
              bus: { bootstrap-servers: "127.0.0.1:%d" }
              state: ./state
              peer-token: %s
            %s
            admin:
              port: 0
              tokens:
                - %s
                - %s
            """
                .formatted(
                    deadPort,
                    VIEWER,
                    store,
                    token("olga", "operator", OPERATOR),
                    token("victor", "viewer", VIEWER)));
    FleetFile loaded = FleetParts.file(file);
    fleet = Fleet.start(loaded, Objects.requireNonNull(loaded.bus()), "test", trail::add);
  }

  private void start() throws Exception {
    start(
        "  store: { uri: \"%s\", user: %s_view, password: \"%s\" }"
            .formatted(PostgreSql.shared().uri(database), database, FLEETS_OWN));
  }

  private String address() {
    return "http://127.0.0.1:" + fleet.address().getPort();
  }

  private HttpResponse<String> send(String method, String path, String token, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address() + "/api/v1/devices/" + path))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + token);
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }

  private String submit(String device) throws Exception {
    HttpResponse<String> answer =
        send(
            "POST", device + "/commands", OPERATOR, "{\"name\":\"set\",\"payload\":{\"on\":true}}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return json(answer).path("id").asString();
  }

  private JsonNode command(String device, String id) throws Exception {
    HttpResponse<String> answer = send("GET", device + "/commands/" + id, VIEWER, null);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  @Test
  void aCommandGivenAtTheFleetIsDeliveredOnceByTheGatewayThatHasTheDevice() throws Exception {
    start();
    Member.Link first = a.attach("meter-1", false);
    Member.Link other = b.attach("meter-2", false);
    List<String> given = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      given.add(submit("meter-1"));
    }
    String second = submit("meter-2");
    for (String id : given) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> command("meter-1", id).path("state").asString().equals("acknowledged"));
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> command("meter-2", second).path("acknowledgedMicros").isNumber());
    assertThat(first.taken).containsExactlyElementsOf(given);
    assertThat(other.taken).containsExactly(second);
    JsonNode all = json(send("GET", "meter-1/commands?limit=3", VIEWER, null)).path("commands");
    assertThat(all.findValuesAsString("id"))
        .containsExactly(given.get(4), given.get(3), given.get(2));
    assertThat(trail)
        .filteredOn(event -> event.action().equals("command.sent"))
        .hasSize(6)
        .allSatisfy(event -> {
          assertThat(event.who()).isEqualTo("olga");
          assertThat(event.result()).isEqualTo(Result.DONE);
        });
  }

  @Test
  void aCommandThatWaitsCanBeCancelledAndOneThatIsOverCannot() throws Exception {
    start();
    a.attach("meter-3", true);
    String id = submit("meter-3");
    HttpResponse<String> cancelled = send("DELETE", "meter-3/commands/" + id, OPERATOR, null);
    assertThat(cancelled.statusCode()).as(cancelled.body()).isEqualTo(200);
    assertThat(json(cancelled).path("state").asString()).isEqualTo("cancelled");
    assertThat(send("DELETE", "meter-3/commands/none", OPERATOR, null).statusCode()).isEqualTo(404);
    HttpResponse<String> brief =
        send("POST", "meter-3/commands", OPERATOR, "{\"name\":\"set\",\"expiresIn\":\"1s\"}");
    String gone = json(brief).path("id").asString();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> command("meter-3", gone).path("state").asString().equals("expired"));
    HttpResponse<String> late = send("DELETE", "meter-3/commands/" + gone, OPERATOR, null);
    assertThat(late.statusCode()).isEqualTo(409);
    assertThat(late.body()).contains("the command is expired and cannot be cancelled");
  }

  @Test
  void whatAGatewayRefusesIsRefusedHereToo() throws Exception {
    start();
    HttpResponse<String> viewer = send("POST", "meter-3/commands", VIEWER, "{\"name\":\"set\"}");
    assertThat(viewer.statusCode()).isEqualTo(403);
    assertThat(viewer.body()).contains("this needs the role operator; victor is viewer");
    assertThat(trail)
        .anySatisfy(event -> {
          assertThat(event.action()).isEqualTo("command.sent");
          assertThat(event.result()).isEqualTo(Result.REFUSED);
        });
    for (String device : List.of("nobody", "gone")) {
      HttpResponse<String> unknown =
          send("POST", device + "/commands", OPERATOR, "{\"name\":\"set\"}");
      assertThat(unknown.statusCode()).as(device).isEqualTo(404);
    }
    assertThat(send("GET", "nobody/commands", VIEWER, null).statusCode()).isEqualTo(404);
    HttpResponse<String> name =
        send("POST", "meter-3/commands", OPERATOR, "{\"name\":\"two words\"}");
    assertThat(name.statusCode()).isEqualTo(400);
    assertThat(name.body()).contains("name: must be 1 to 64 of letters");
    HttpResponse<String> expiry =
        send("POST", "meter-3/commands", OPERATOR, "{\"name\":\"set\",\"expiresIn\":\"40d\"}");
    assertThat(expiry.statusCode()).isEqualTo(400);
    assertThat(expiry.body()).contains("expiresIn: must be 1s to 30d");
  }

  @Test
  void withTheStoreAwayNothingIsTakenAndTheReasonIsSaid() throws Exception {
    start(
        "  store: { uri: \"postgresql://127.0.0.1:%d/none\", user: u, password: p }"
            .formatted(deadPort));
    HttpResponse<String> refused = send("POST", "meter-3/commands", OPERATOR, "{\"name\":\"set\"}");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(refused.body()).contains("the fleet's store postgresql://127.0.0.1:" + deadPort);
  }

  @Test
  void withoutAStoreTheAnswerSaysWhatToWrite() throws Exception {
    start("");
    for (String method : List.of("GET", "POST")) {
      HttpResponse<String> refused =
          send(
              method,
              "meter-3/commands",
              OPERATOR,
              method.equals("POST") ? "{\"name\":\"set\"}" : null);
      assertThat(refused.statusCode()).as(method).isEqualTo(501);
      assertThat(refused.body()).contains("add fleet: { store: { uri:");
    }
    assertThat(send("DELETE", "meter-3/commands/x", OPERATOR, null).statusCode()).isEqualTo(501);
  }

  @Test
  void theCommandLineGivesListsAndCancelsThem() throws Exception {
    start();
    a.attach("meter-3", true);
    String[] where = {"--admin", address(), "--token", OPERATOR};
    CommandLines sent = CommandLines.run(where, "command", "send", "meter-3", "blink");
    assertThat(sent.code()).as(sent.err()).isEqualTo(ExitCode.DONE);
    String id = sent.out().strip();
    CommandLines listed = CommandLines.run(where, "command", "list", "meter-3");
    assertThat(listed.out()).contains(id, "blink", "queued");
    assertThat(CommandLines.run(where, "command", "cancel", "meter-3", id).out())
        .isEqualToIgnoringNewLines("command " + id + " is cancelled");
  }
}
