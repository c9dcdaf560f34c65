package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.admin.http.ApiJson;
import io.sluice.admin.resource.Updates;
import io.sluice.api.Lane;
import io.sluice.api.LiveEvent;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.health.Health;
import io.sluice.api.operator.AdminRole;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.operator.AlarmService;
import io.sluice.api.operator.ConfigurationService;
import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.CoverageService.Filter;
import io.sluice.api.operator.CoverageService.What;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class AdminServerTest {
  private static final String DEVICE =
      "{\"id\":\"press-07\",\"profile\":\"cnc\",\"sector\":\"factory\",\"site\":\"a\",\"interval\":\"10s\"}";

  private final FixedOperations operations = new FixedOperations();
  private final HttpClient client = HttpClient.newHttpClient();
  private AdminServer server;

  @BeforeEach
  void start() throws Exception {
    server = AdminServer.start(AdminSettings.of("127.0.0.1", 0, "s3cret"), operations, event -> {});
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void healthWantsNoToken() throws Exception {
    assertThat(send(request("/health/live", null).GET()).statusCode()).isEqualTo(200);
    assertThat(send(request("/health/ready", null).GET()).statusCode()).isEqualTo(200);
    operations.ready = false;
    HttpResponse<String> notReady = send(request("/health/ready", null).GET());
    assertThat(notReady.statusCode()).isEqualTo(503);
    assertThat(notReady.body()).contains("disk full");
  }

  @Test
  void warningsAreToldByAGatewayThatIsReady() throws Exception {
    Health.ofProcess().warn("test", "the clock is not set");
    try {
      HttpResponse<String> ready = send(request("/health/ready", null).GET());
      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(ready.body()).contains("\"warnings\":[\"the clock is not set\"]");
    } finally {
      Health.ofProcess().over("test");
    }
    assertThat(send(request("/health/ready", null).GET()).body()).doesNotContain("warnings");
  }

  @Test
  void databaseThatCannotBeHadIsAnsweredWithItsCause() throws Exception {
    HttpResponse<String> answer =
        send(request("/api/v1/alarms/" + FixedAlarms.DISK_FULL, "s3cret").GET());
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
    assertThat(answer.body()).contains("alarms.db: the disk is full");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/api/v1/status", "/metrics", "/api/v1/devices", "/api/v1/live", "/nowhere"})
  void allElseWantsTheToken(String path) throws Exception {
    assertThat(send(request(path, null).GET()).statusCode()).isEqualTo(401);
    assertThat(send(request(path, "wrong").GET()).statusCode()).isEqualTo(401);
  }

  @Test
  void figuresAreServedByTheirContractNames() throws Exception {
    assertThat(get("/api/v1/status"))
        .contains("\"gateway\":\"edge-01\"", "\"lane\":\"alarm\"", "\"connections\":7");
    assertThat(get("/api/v1/upstreams")).contains("\"lagSeconds\":{\"alarm\":0.25}");
    assertThat(get("/api/v1/ledger")).contains("\"balances\":true", "\"overflow\":1");
    assertThat(get("/api/v1/alarms?state=open"))
        .contains("\"id\":7", "\"kind\":\"supervision\"", "\"state\":\"active\"")
        .contains("\"clearedBy\":null", "\"active\":1", "\"acknowledged\":0");
    assertThat(get("/api/v1/dead-letters"))
        .contains("\"payload\":\"AQI=\"", "\"reason\":\"payload-invalid\"");
    assertThat(get("/api/v1/openapi.yaml")).startsWith("openapi: 3");
    assertThat(get("/")).contains("<title>Sluice</title>");
  }

  @Test
  void alarmsAreServedByPagesWithTheirTotals() throws Exception {
    assertThat(
            get(
                "/api/v1/alarms?state=open&severity=Extreme,severe&kind=gateway,device&text=a%20b"
                    + "&sort=severity&order=asc&after=MQ&limit=5&site=depot"))
        .contains("\"next\":\"more\",\"total\":2,\"severities\":{\"Moderate\":2}")
        .contains("\"device\":3", "\"undelivered\":2");
    assertThat(operations.alarms().asked)
        .isEqualTo(
            new AlarmService.Filter(
                List.of(AlarmService.State.ACTIVE, AlarmService.State.ACKNOWLEDGED),
                List.of("Extreme", "Severe"),
                List.of(AlarmService.Kind.GATEWAY, AlarmService.Kind.DEVICE),
                null,
                "depot",
                null,
                "a b",
                AlarmService.Sort.SEVERITY,
                false,
                "MQ",
                5));
    for (String wrong :
        List.of("severity=Grave", "kind=x", "sort=text", "order=up", "after=forged", "limit=0")) {
      assertThat(send(request("/api/v1/alarms?" + wrong, "s3cret").GET()).statusCode())
          .as(wrong)
          .isEqualTo(400);
    }
  }

  @Test
  void whoAsksIsTold() throws Exception {
    assertThat(get("/api/v1/me")).isEqualTo("{\"name\":\"admin\",\"role\":\"administrator\"}");
  }

  @Test
  void listsHaveNoEmptyLastPage() throws Exception {
    String devices = "/api/v1/coverage/devices?order=id&limit=1";
    assertThat(get(devices)).contains("\"device\":\"d-1\"", "\"next\":\"d-1\",\"total\":2");
    assertThat(get(devices + "&after=d-1"))
        .contains("\"device\":\"d-2\"", "\"next\":null,\"total\":2");
    assertThat(get("/api/v1/coverage/devices?limit=1")).contains("\"next\":null,\"total\":2");
    assertThat(get("/api/v1/dead-letters?limit=1")).contains("\"next\":null");
  }

  @Test
  void commandIsCancelledUnlessItHasEndedOtherwise() throws Exception {
    String commands = "/api/v1/devices/press-07/commands/";
    HttpResponse<String> cancelled = send(request(commands + "c7", "s3cret").DELETE());
    assertThat(cancelled.statusCode()).isEqualTo(200);
    assertThat(cancelled.body()).contains("\"state\":\"cancelled\"", "\"reasonCode\":null");
    assertThat(send(request(commands + "none", "s3cret").DELETE()).statusCode()).isEqualTo(404);
    HttpResponse<String> taken = send(request(commands + "taken", "s3cret").DELETE());
    assertThat(taken.statusCode()).isEqualTo(409);
    assertThat(taken.body()).contains("the command is acknowledged");
  }

  @Test
  void endpointsAreInStatusFlowAndMetrics() throws Exception {
    String waiting =
        "{\"adapter\":\"hall-2\",\"type\":\"modbus\",\"address\":\"10.0.0.5:502\",\"state\":\"waiting\","
            + "\"up\":false,\"links\":0,\"reason\":\"Connection refused\","
            + "\"nextAttemptMicros\":9000000,\"lastError\":\"Connection refused\"}";
    assertThat(get("/api/v1/status")).contains("\"state\":\"listening\"", waiting);
    assertThat(get("/api/v1/flow")).contains("\"state\":\"listening\"", waiting);
    assertThat(get("/metrics"))
        .contains(
            "sluice_endpoint_up{adapter=\"mqtt\",endpoint=\"0.0.0.0:1883\"} 1.0",
            "sluice_endpoint_up{adapter=\"hall-2\",endpoint=\"10.0.0.5:502\"} 0.0");
  }

  @Test
  void flowAndLatestValuesAreServed() throws Exception {
    assertThat(get("/api/v1/flow"))
        .contains("\"acceptedPerSecond\":12.5", "\"name\":\"alarm\"", "\"fill\":0.25")
        .contains("\"drainSeconds\":0.4", "\"ledger\":{\"ledger\":[", "\"balances\":true");
    assertThat(send(request("/api/v1/devices/press-07/latest", "s3cret").GET()).statusCode())
        .isEqualTo(404);
    send(json("/api/v1/devices").POST(body(DEVICE)));
    assertThat(get("/api/v1/devices/press-07/latest"))
        .contains("\"quality\":\"good\",\"value\":230.5", "\"spark\":[[20,230.5]]");
    assertThat(get("/api/v1/devices/press-07/refusals"))
        .contains("\"reason\":\"payload-invalid\"", "\"topic\":\"telemetry\"");
  }

  @Test
  void aDeadLetterIsShownInHexAndRetriedByAProfile() throws Exception {
    assertThat(get("/api/v1/dead-letters/9"))
        .contains("\"payload\":\"AQI=\"", "\"hex\":\"0102\"", "\"state\":\"refused\"");
    String path = "/api/v1/dead-letters/9/retry";
    assertThat(send(json(path).POST(body("{\"profile\":\"cnc\"}"))).body())
        .contains("\"records\":[{\"seq\":9}]", "\"accepted\":false");
    assertThat(send(json(path).POST(body("{\"profile\":\"x\",\"accept\":true}"))).body())
        .contains("\"ok\":false", "no profile");
    assertThat(send(json(path).POST(body("{}"))).statusCode()).isEqualTo(400);
    String refused = "/api/v1/dead-letters/8/retry";
    assertThat(send(json(refused).POST(body("{\"accept\":true}"))).body())
        .contains("\"ok\":true", "\"accepted\":true", "\"seq\":8");
    String missing = "/api/v1/dead-letters/1/retry";
    assertThat(send(json(missing).POST(body("{\"profile\":\"cnc\"}"))).statusCode()).isEqualTo(404);
  }

  @Test
  void pageFindsItsScriptAndStyle() throws Exception {
    String page = send(request("/", null).GET()).body();
    assertThat(page).contains("/assets/app.js", "/assets/page.css");
    for (String path : List.of("/assets/page.css", "/assets/coverage.js", "/assets/icon.svg")) {
      assertThat(send(request(path, null).GET()).statusCode()).as(path).isEqualTo(200);
    }
    Matcher libraries = Pattern.compile("/lib/[^\"]+").matcher(page + script("show.js"));
    int found = 0;
    for (; libraries.find(); found++) {
      HttpResponse<String> library = send(request(libraries.group(), null).GET());
      assertThat(library.statusCode()).as(libraries.group()).isEqualTo(200);
      assertThat(library.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
    }
    assertThat(found).isEqualTo(3);
  }

  /** No word of the dashboard is without its Chinese one. */
  @Test
  void everyTextOfTheDashboardIsTranslated() throws Exception {
    String words = script("text.js");
    for (String name :
        List.of("alarms", "app", "coverage", "devices", "flow", "letters", "live", "raw", "show")) {
      Matcher texts = Pattern.compile("\\bt\\(\"([^\"]+)\"\\)").matcher(script(name + ".js"));
      while (texts.find()) {
        String word = texts.group(1);
        boolean isTranslated = words.contains("\"" + word + "\":") || words.contains(word + ":");
        assertThat(isTranslated).as(name + ": " + word).isTrue();
      }
    }
  }

  @Test
  void everyWordThatTheApiHasIsTranslated() throws Exception {
    String words = script("text.js");
    Stream<String> ofApi =
        Stream.of(
                Stream.of(RejectReason.values()).map(RejectReason::label),
                Stream.of(Lane.values()).map(Lane::jsonName),
                Stream.of(MessageClass.values()).map(MessageClass::jsonName),
                Stream.of(AlarmService.State.values()).map(AlarmService.State::label),
                Stream.of(AlarmService.Kind.values()).map(AlarmService.Kind::label),
                Stream.of(CoverageService.What.values()).map(ApiJson::name),
                Stream.of(AdminRole.values()).map(ApiJson::name),
                Stream.of("Extreme", "Severe", "Moderate", "Minor", "Unknown", "Exercise", "Test"))
            .flatMap(each -> each);
    assertThat(ofApi)
        .allMatch(word -> Pattern.compile("[ {\"]" + word + "\"?: \"").matcher(words).find());
  }

  private String script(String name) throws Exception {
    return send(request("/assets/" + name, null).GET()).body();
  }

  @Test
  void coverageIsServedAndStopsAreTakenDown() throws Exception {
    assertThat(get("/api/v1/coverage?by=site&window=24h"))
        .contains("\"window\":\"24h\"", "\"completeness\":0.5", "\"timeliness\":null")
        .contains("\"final\":false", "\"outageSeconds\":0.0");
    assertThat(get("/api/v1/coverage/trend?by=site&key=north")).contains("\"step\":3600");
    assertThat(get("/api/v1/coverage/devices")).contains("\"device\":\"d-1\"");
    assertThat(get("/api/v1/coverage/changes")).contains("\"what\":\"lost\"");
    assertThat(get("/api/v1/coverage/changes?what=lost,returned&window=24h&before=9&limit=2"))
        .contains("\"counts\":{\"lost\":1}", "\"cut\":false");
    assertThat(operations.coverage.lastChanges.what())
        .containsExactlyInAnyOrder(What.LOST, What.RETURNED);
    assertThat(operations.coverage.lastChanges.before()).isEqualTo(9);
    get("/api/v1/coverage/trend?by=site&key=north&sector=farm");
    assertThat(operations.coverage.lastTrend).isEqualTo(new Filter("farm", "north", null, null));
    assertThat(get("/api/v1/coverage/outages")).contains("\"seconds\":2.0");
    assertThat(get("/api/v1/coverage/month?month=2026-10")).contains("\"gateway\":\"gw\"");
    assertThat(get("/api/v1/devices/d-1/coverage")).contains("\"metric\":\"moisture\"");
    String stops = "/api/v1/coverage/stops";
    String stop = "{\"scope\":\"site\",\"key\":\"north\",\"reason\":\"works\"}";
    assertThat(send(json(stops).POST(body(stop))).statusCode()).isEqualTo(201);
    assertThat(get(stops)).contains("\"scope\":\"site\"");
    HttpResponse<String> odd = send(json(stops).POST(body(stop.replace("north", "nroth"))));
    assertThat(odd.statusCode()).isEqualTo(201);
    assertThat(odd.body()).contains("\"warning\":\"no device has the site", "\"key\":\"nroth\"");
    assertThat(send(request(stops + "/1", "s3cret").DELETE()).statusCode()).isEqualTo(200);
    assertThat(send(request(stops + "/7", "s3cret").DELETE()).statusCode()).isEqualTo(404);
    for (String wrong :
        List.of(
            "?window=2h",
            "?by=color",
            "/trend?by=site",
            "/month?month=oct",
            "/devices?order=best",
            "/changes?what=eaten",
            "/changes?window=30d",
            "/devices?limit=0")) {
      assertThat(send(request("/api/v1/coverage" + wrong, "s3cret").GET()).statusCode())
          .as(wrong)
          .isEqualTo(400);
    }
    String noScope = "{\"scope\":\"moon\",\"reason\":\"works\"}";
    assertThat(send(json(stops).POST(body(noScope))).body()).contains("scope must be one of all");
  }

  @Test
  void metricsCarryTheContractNames() throws Exception {
    assertThat(get("/metrics"))
        .contains(
            "sluice_connections{protocol=\"mqtt\"} 7.0",
            "sluice_messages_accepted_total{class=\"alarm\",protocol=\"mqtt\"} 10.0",
            "sluice_messages_rejected_total{protocol=\"mqtt\",reason=\"payload-invalid\"} 2.0",
            "sluice_handshakes_failed_total{protocol=\"coap\",reason=\"tls-no-suite\"} 4.0",
            "sluice_accept_seconds_bucket{protocol=\"mqtt\",le=\"0.01\"} 9",
            "sluice_accept_seconds_count{protocol=\"mqtt\"} 10",
            "sluice_spool_records{lane=\"alarm\"} 3.0",
            "sluice_alarms_open{severity=\"Extreme\"} 1.0",
            "sluice_alarms_open{severity=\"Minor\"} 0.0",
            "sluice_alarms_left_out_total{bound=\"device\"} 3.0",
            "sluice_webhook_posts_total{result=\"refused\"} 4.0",
            "sluice_webhook_posts_total{result=\"given-up\"} 0.0",
            "sluice_webhook_undelivered 2.0",
            "sluice_spool_bytes{lane=\"alarm\"} 4096.0",
            "sluice_spool_oldest_seconds{lane=\"alarm\"} 1.5",
            "sluice_spool_hours_left +Inf",
            "sluice_forwarded_total{lane=\"alarm\",upstream=\"archive\"} 6.0",
            "sluice_forward_lag_seconds{lane=\"alarm\",upstream=\"archive\"} 0.25",
            "sluice_dropped_total{lane=\"alarm\",reason=\"overflow\",upstream=\"archive\"} 1.0",
            "sluice_dropped_total{lane=\"alarm\",reason=\"expired\",upstream=\"archive\"} 0.0",
            "sluice_dropped_total{lane=\"alarm\",reason=\"damaged\",upstream=\"archive\"} 0.0",
            "sluice_dropped_total{lane=\"alarm\",reason=\"refused\",upstream=\"archive\"} 0.0",
            "sluice_messages_repeated_total{protocol=\"mqtt\"} 6.0",
            "sluice_dead_letters 2.0",
            "sluice_faults_total{task=\"spool-keeper\"} 4.0",
            "sluice_devices{state=\"registered\"} 5.0");
  }

  @Test
  void reloadBesideAnotherOneIsAConflictThatSaysWhatToDo() throws Exception {
    operations.reloaded =
        new ConfigurationService.Reload(
            ConfigurationService.Result.BUSY,
            3,
            "0a1b",
            List.of(),
            List.of(),
            List.of(),
            List.of());
    HttpResponse<String> answer = send(json("/api/v1/reload").POST(body("")));
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("another reload is under way", "try again");
  }

  @Test
  void aDeviceIsAddedShownChangedAndRemoved() throws Exception {
    HttpResponse<String> added = send(json("/api/v1/devices").POST(body(DEVICE)));
    assertThat(added.statusCode()).isEqualTo(201);
    assertThat(added.body()).contains("\"interval\":\"10s\"", "\"id\":\"press-07\"");
    assertThat(send(json("/api/v1/devices").POST(body(DEVICE))).statusCode()).isEqualTo(409);
    assertThat(get("/api/v1/devices")).contains("press-07", "\"next\":null");
    assertThat(send(json("/api/v1/devices/press-07").PUT(body(DEVICE))).statusCode())
        .isEqualTo(200);
    assertThat(send(json("/api/v1/devices/press-07/token").POST(body("{}"))).body())
        .isEqualTo("{\"token\":\"t0ken\"}");
    assertThat(send(json("/api/v1/devices/press-07").DELETE()).statusCode()).isEqualTo(204);
    assertThat(send(json("/api/v1/devices/press-07").GET()).statusCode()).isEqualTo(404);
  }

  @Test
  void badBodiesAreRefusedWithPlaceAndRemedy() throws Exception {
    assertFault("{", 400, "no JSON");
    assertFault("[]", 400, "must be a JSON object");
    assertFault("{\"id\":\"a\",\"profil\":\"cnc\"}", 400, "profil is not known");
    assertFault("{\"id\":\"a/b\"}", 400, "id: device id must be");
    assertFault("{\"id\":\"a\",\"profile\":1}", 400, "profile must be a string");
    assertFault(DEVICE.replace("10s", "ten"), 400, "interval must be a duration");
    assertFault(DEVICE.replace("cnc", "unknown"), 400, "is not loaded");
    assertFault("x".repeat(2 << 20), 413, "1 MiB");
    HttpResponse<String> form = send(request("/api/v1/devices", "s3cret").POST(body(DEVICE)));
    assertThat(form.statusCode()).isEqualTo(415);
  }

  @Test
  void commandsAreTakenRefusedAndBounded() throws Exception {
    String path = "/api/v1/devices/press-07/commands";
    assertThat(send(json(path).POST(body("{\"name\":\"x\"}"))).statusCode()).isEqualTo(404);
    send(json("/api/v1/devices").POST(body(DEVICE)));
    HttpResponse<String> taken =
        send(json(path).POST(body("{\"name\":\"dim\",\"payload\":{\"to\":5}}")));
    assertThat(taken.statusCode()).isEqualTo(202);
    assertThat(taken.body())
        .contains(
            "application/json:{\\\"to\\\":5}", "\"state\":\"queued\"", "\"expiresMicros\":3602");
    assertThat(send(json(path).POST(body("{\"name\":\"full\"}"))).statusCode()).isEqualTo(429);
    assertThat(send(json(path).POST(body("{\"name\":\"x\",\"payloadBase64\":\"?\"}"))).statusCode())
        .isEqualTo(400);
  }

  @Test
  void theLiveStreamSendsWantedRecordsAndEndsWithItsClient() throws Exception {
    HttpResponse<java.io.InputStream> stream =
        client.send(
            request("/api/v1/live?class=alarm", "s3cret").GET().build(),
            HttpResponse.BodyHandlers.ofInputStream());
    Awaitility.await().until(() -> operations.followers.size() == 1);
    operations
        .followers
        .getFirst()
        .accept(new LiveEvent("{1}", MessageClass.EVENT, "factory", "a", "d", 0));
    operations
        .followers
        .getFirst()
        .accept(new LiveEvent("{2}", MessageClass.ALARM, "factory", "a", "d", 3));
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).startsWith(":");
      assertThat(lines.readLine()).isEmpty();
      assertThat(lines.readLine()).isEqualTo("event: missed");
      assertThat(lines.readLine()).isEqualTo("data: 3");
      assertThat(lines.readLine()).isEmpty();
      assertThat(lines.readLine()).isEqualTo("data: {2}");
    }
    Awaitility.await().until(operations.followers::isEmpty);
  }

  @Test
  void updatesSendFlowAndCoverageAgainAndAgainAndEndInOrderWithTheServer() throws Exception {
    HttpResponse<java.io.InputStream> stream = updates();
    assertThat(stream.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isEqualTo("retry: 2000");
      Map<String, String> carried =
          Map.of(
              "flow", "\"fill\":0.25", "coverage", "\"window\":\"1h\"", "alarms", "\"active\":1");
      for (String event : List.of("flow", "alarms", "coverage", "flow")) {
        assertThat(lines.readLine()).isEmpty();
        assertThat(lines.readLine()).isEqualTo("event: " + event);
        assertThat(lines.readLine()).startsWith("data: {").contains(carried.get(event));
      }
      server.close();
      // others may have come until then; the last is whole, and the stream ends in order
      assertThat(lines.lines().toList().getLast()).isEmpty();
    }
  }

  @Test
  void readersOfUpdatesAreBounded() throws Exception {
    List<HttpResponse<java.io.InputStream>> streams = new ArrayList<>();
    try {
      for (int i = 0; i < Updates.READERS_MAX; i++) {
        streams.add(updates());
        assertThat(streams.getLast().statusCode()).isEqualTo(200);
      }
      HttpResponse<java.io.InputStream> refused = updates();
      streams.add(refused);
      assertThat(refused.statusCode()).isEqualTo(503);
      streams.removeFirst().body().close();
      Awaitility.await()
          .until(() -> {
            streams.add(updates());
            return streams.getLast().statusCode() == 200;
          });
    } finally {
      for (HttpResponse<java.io.InputStream> stream : streams) {
        stream.body().close();
      }
    }
  }

  private HttpResponse<java.io.InputStream> updates() throws Exception {
    return client.send(
        request("/api/v1/updates", "s3cret").GET().build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  @Test
  void aTakenPortIsAFaultWithRemedy() {
    assertThatThrownBy(() ->
            AdminServer.start(
                AdminSettings.of("127.0.0.1", server.address().getPort(), null),
                operations,
                event -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another program has the port")
        .hasMessageContaining("admin.port");
  }

  private void assertFault(String body, int status, String message) throws Exception {
    HttpResponse<String> answer = send(json("/api/v1/devices").POST(body(body)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains("\"error\"", message);
  }

  private String get(String path) throws Exception {
    HttpResponse<String> answer = send(request(path, "s3cret").GET());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private HttpRequest.Builder json(String path) {
    return request(path, "s3cret").header("Content-Type", "application/json");
  }

  private HttpRequest.Builder request(String path, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path));
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private static HttpRequest.BodyPublisher body(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
