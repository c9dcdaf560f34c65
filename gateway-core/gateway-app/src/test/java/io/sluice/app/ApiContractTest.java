package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.GatewayTime;
import io.sluice.app.ApiDocument.Operation;
import io.sluice.cli.AdminClient;
import io.sluice.cli.config.GatewayFiles;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The OpenAPI document against a whole gateway: every operation is called, and each answer has the
 * status, the content type and the schema that the document says.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class ApiContractTest {
  private static final String JSON = "application/json";
  private static final String DEVICE =
      """
      {"id":"press-07","profile":"cnc","sector":"factory","site":"plant-a","interval":"90s",
       "parent":"hub-1","credentials":{"token":"t0ken-of-press-07-0123456789"}}
      """;

  private Path directory;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Set<String> succeeded = new TreeSet<>();
  private Wiring gateway;
  private ApiDocument document;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    // a first start with an upstream that is then parked
    open("{ name: old, type: file, directory: ./old }").close();
    gateway = open();
    document = new ApiDocument(send("GET", "/api/v1/openapi.yaml", Setup.TOKEN, null, null).body());
    publish("telemetry", "{\"voltage\":230.5,\"energy\":12}");
    publish("telemetry", "{\"voltage\":");
    publish("alarm", "{\"alarm\":\"overload\",\"active\":true,\"severity\":\"Severe\"}");
  }

  @AfterAll
  void stop() {
    client.close();
    gateway.close();
  }

  private Wiring open(String... upstreams) throws Exception {
    Path config = new Setup(directory).config(upstreams);
    String tokens = "";
    for (String role : List.of("viewer", "operator")) {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(role.getBytes(StandardCharsets.UTF_8));
      tokens +=
          "{ name: %s, role: %s, hash: \"sha256:%s\" },"
              .formatted(role, role, HexFormat.of().formatHex(digest));
    }
    String admin = "admin: { port: 0, token: %s, tokens: [%s] }".formatted(Setup.TOKEN, tokens);
    Files.writeString(config, Files.readString(config).replace("admin: { port: 0 }", admin));
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(config, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    return Wiring.start(files, GatewayTime.system());
  }

  private void publish(String topic, String payload) throws Exception {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName("meter-1");
    options.setPassword("secret-1".toCharArray());
    try (MqttClient device =
        new MqttClient("tcp://" + gateway.address("mqtt"), "meter-1", new MemoryPersistence())) {
      device.connect(options);
      device.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false);
      device.disconnect();
    }
  }

  private HttpResponse<String> send(
      String method,
      String path,
      @Nullable String token,
      @Nullable String type,
      @Nullable String body)
      throws Exception {
    return client.send(request(method, path, token, type, body), BodyHandlers.ofString());
  }

  private HttpRequest request(
      String method,
      String path,
      @Nullable String token,
      @Nullable String type,
      @Nullable String body,
      String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + gateway.address("admin") + path))
            .timeout(Duration.ofSeconds(60))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (type != null) {
      request.header("Content-Type", type);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request.build();
  }

  /** Calls an operation, and holds its answer against the document. */
  private HttpResponse<String> call(int status, String id, String path, String... headers)
      throws Exception {
    return give(status, id, path, null, null, headers);
  }

  private HttpResponse<String> give(
      int status,
      String id,
      String path,
      @Nullable String type,
      @Nullable String body,
      String... headers)
      throws Exception {
    Operation operation = document.operation(id);
    String route = path.indexOf('?') < 0 ? path : path.substring(0, path.indexOf('?'));
    assertThat(route).as(id).matches(operation.path().replaceAll("\\{\\w+}", "[^/]+"));
    if (status < 300 && type != null && type.equals(JSON)) {
      JsonNode schema =
          operation.node().path("requestBody").path("content").path(JSON).path("schema");
      assertThat(document.faults(schema, String.valueOf(body))).as(id + " takes " + body).isEmpty();
    }
    HttpResponse<String> answer =
        client.send(
            request(
                operation.method().toUpperCase(Locale.ROOT),
                path,
                Setup.TOKEN,
                type,
                body,
                headers),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(id + ": " + answer.body()).isEqualTo(status);
    check(operation, answer);
    if (status < 300) {
      succeeded.add(id);
    }
    return answer;
  }

  private void check(Operation operation, HttpResponse<String> answer) {
    String what = operation.id() + " " + answer.statusCode();
    JsonNode said = document.response(operation, answer.statusCode());
    assertThat(said).as(what).isNotNull();
    said.path("headers")
        .propertyNames()
        .forEach(name ->
            assertThat(answer.headers().firstValue(name)).as(what + " " + name).isPresent());
    JsonNode content = said.path("content");
    if (content.isMissingNode()) {
      assertThat(answer.body()).as(what).isEmpty();
      return;
    }
    String type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
    assertThat(content.propertyNames()).as(what).contains(type);
    if (type.equals(JSON)) {
      assertThat(document.faults(content.path(type).path("schema"), answer.body()))
          .as(what + ": " + answer.body())
          .isEmpty();
    }
  }

  private static String field(HttpResponse<String> answer, String name) {
    return AdminClient.JSON.readTree(answer.body()).at(name).asString();
  }

  @Test
  void everyOperationAnswersAsTheDocumentSays() throws Exception {
    figures();
    coverage();
    devices();
    commandsAndClaims();
    alarms();
    deadLetters();
    upstreams();
    configuration();
    decoding();
    draining();
    streams();
    call(204, "removeDevice", "/api/v1/devices/press-07");
    assertThat(document.operations().keySet()).as("each has succeeded once").isEqualTo(succeeded);
  }

  private void figures() throws Exception {
    call(200, "isLive", "/health/live");
    call(200, "isReady", "/health/ready");
    assertThat(call(200, "metrics", "/metrics").body()).contains("sluice_devices");
    call(200, "openapi", "/api/v1/openapi.yaml");
    call(200, "notice", "/api/v1/notice");
    call(200, "me", "/api/v1/me");
    call(200, "status", "/api/v1/status");
    call(200, "ledger", "/api/v1/ledger");
    call(200, "flow", "/api/v1/flow");
  }

  private void coverage() throws Exception {
    for (String by : List.of("all", "sector", "site", "model")) {
      call(200, "coverage", "/api/v1/coverage?window=24h&by=" + by);
    }
    call(200, "coverage", "/api/v1/coverage?window=now");
    call(400, "coverage", "/api/v1/coverage?window=2h");
    call(200, "coverageTrend", "/api/v1/coverage/trend");
    call(200, "coverageTrend", "/api/v1/coverage/trend?window=30d");
    call(400, "coverageTrend", "/api/v1/coverage/trend?window=now");
    call(400, "coverageTrend", "/api/v1/coverage/trend?by=sector");
    call(200, "coverageByDevice", "/api/v1/coverage/devices?order=id&limit=3&after=a");
    call(400, "coverageByDevice", "/api/v1/coverage/devices?order=best");
    call(200, "coverageChanges", "/api/v1/coverage/changes");
    call(200, "outages", "/api/v1/coverage/outages");
    call(200, "deviceCoverage", "/api/v1/devices/meter-1/coverage");
    call(404, "deviceCoverage", "/api/v1/devices/nope/coverage");
    call(
        200,
        "coverageMonth",
        "/api/v1/coverage/month?month=" + java.time.YearMonth.now(java.time.ZoneOffset.UTC));
    call(400, "coverageMonth", "/api/v1/coverage/month");
    call(400, "coverageMonth", "/api/v1/coverage/month?month=2999-01");
    String stop = "{\"scope\":\"site\",\"key\":\"plant-a\",\"reason\":\"overhaul\"}";
    String id = field(give(201, "addStop", "/api/v1/coverage/stops", JSON, stop), "/id");
    give(400, "addStop", "/api/v1/coverage/stops", JSON, "{\"scope\":\"moon\",\"reason\":\"x\"}");
    call(200, "listStops", "/api/v1/coverage/stops");
    call(200, "endStop", "/api/v1/coverage/stops/" + id);
    call(404, "endStop", "/api/v1/coverage/stops/77");
    call(400, "endStop", "/api/v1/coverage/stops/x");
  }

  private void devices() throws Exception {
    String path = "/api/v1/devices/press-07";
    give(201, "addDevice", "/api/v1/devices", JSON, DEVICE);
    give(409, "addDevice", "/api/v1/devices", JSON, DEVICE);
    give(400, "addDevice", "/api/v1/devices", JSON, "{\"id\":\"a\",\"profil\":\"cnc\"}");
    give(415, "addDevice", "/api/v1/devices", "text/plain", DEVICE);
    HttpResponse<String> shown = call(200, "getDevice", path);
    assertThat(field(shown, "/device/interval")).isEqualTo("90s");
    String tag = shown.headers().firstValue("ETag").orElseThrow();
    give(200, "putDevice", path, JSON, shown.body(), "If-Match", tag);
    String moved =
        AdminClient.JSON.readTree(shown.body()).path("device").toString().replace("90s", "PT20S");
    HttpResponse<String> changed = give(200, "putDevice", path, JSON, moved, "If-Match", tag);
    assertThat(field(changed, "/device/interval")).isEqualTo("20s");
    assertThat(changed.headers().firstValue("ETag"))
        .isNotEqualTo(shown.headers().firstValue("ETag"));
    give(412, "putDevice", path, JSON, moved, "If-Match", tag);
    give(412, "putDevice", path, JSON, moved, "If-None-Match", "*");
    call(412, "removeDevice", path, "If-Match", tag);
    changes(path, tag);
    String other = moved.replace("press-07", "press-08");
    give(201, "putDevice", "/api/v1/devices/press-08", JSON, other, "If-None-Match", "*");
    give(400, "putDevice", path, JSON, other);
    assertThat(field(call(200, "listDevices", "/api/v1/devices?limit=1"), "/next")).isNotEmpty();
    String rest = "/api/v1/devices?limit=1&retired=true&after=press-07";
    assertThat(field(call(200, "listDevices", rest), "/next")).isEqualTo("press-08");
    assertThat(
            call(200, "listDevices", rest.replace("07", "08").replace("limit=1", "limit=9")).body())
        .contains("\"next\":null");
    call(400, "listDevices", "/api/v1/devices?retired=maybe");
    call(201, "issueToken", path + "/token?overlap=5min");
    call(400, "issueToken", path + "/token?overlap=soon");
    String given = "{\"credentials\":{\"token\":\"an0ther-token-0123456789\"},\"overlap\":\"1h\"}";
    give(200, "rotateCredentials", path + "/credentials", JSON, given);
    give(404, "rotateCredentials", "/api/v1/devices/nope/credentials", JSON, given);
    call(200, "latestValues", "/api/v1/devices/meter-1/latest");
    call(200, "refusals", "/api/v1/devices/meter-1/refusals");
    call(200, "retireDevice", "/api/v1/devices/press-08/retire");
    String out = call(200, "getDevice", "/api/v1/devices/press-08").body();
    assertThat(out).contains("\"retired\":true");
    assertThat(give(200, "putDevice", "/api/v1/devices/press-08", JSON, out).body())
        .as("what GET gave changes nothing")
        .contains("\"retired\":true");
    call(200, "revokeCredentials", "/api/v1/devices/press-08/revoke");
    call(404, "retireDevice", "/api/v1/devices/nope/retire");
    give(
        200,
        "importDevices",
        "/api/v1/devices/import",
        "Text/CSV; charset=utf-8",
        "id,profile,sector,site\npress-09,cnc,factory,a\npress-10,nope,factory,a\n");
    give(415, "importDevices", "/api/v1/devices/import", "text/csvx", "id\n");
  }

  /** What a change leaves out stays; null takes away; who saw another state changes nothing. */
  private void changes(String path, String oldTag) throws Exception {
    String merge = "application/merge-patch+json";
    HttpResponse<String> one =
        give(200, "changeDevice", path, merge, "{\"site\":\"hall-9\",\"timezone\":\"+05:30\"}");
    assertThat(field(one, "/device/site")).isEqualTo("hall-9");
    assertThat(field(one, "/device/interval")).isEqualTo("20s");
    String tag = one.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> two =
        give(200, "changeDevice", path, JSON, "{\"interval\":null}", "If-Match", tag);
    assertThat(two.body()).contains("\"interval\":null", "hall-9");
    assertThat(field(two, "/device/timezone")).isEqualTo("+05:30");
    String kinds = "\"credentialKinds\":[\"password\"";
    assertThat(one.body().contains(kinds))
        .as("credentials stay")
        .isEqualTo(two.body().contains(kinds));
    give(412, "changeDevice", path, JSON, "{\"site\":\"a\"}", "If-Match", oldTag);
    give(400, "changeDevice", path, JSON, "{\"site\":null}");
    give(400, "changeDevice", path, JSON, "{\"sight\":\"a\"}");
    give(400, "changeDevice", path, JSON, "{\"profile\":\"nope\"}");
    give(404, "changeDevice", "/api/v1/devices/nope", JSON, "{}");
    give(415, "changeDevice", path, "text/plain", "{}");
  }

  private void commandsAndClaims() throws Exception {
    String path = "/api/v1/devices/press-07/commands";
    String command = "{\"name\":\"dim\",\"payload\":{\"to\":5},\"expiresIn\":\"5min\"}";
    String id = field(give(202, "sendCommand", path, JSON, command), "/id");
    assertThat(
            give(400, "sendCommand", path, JSON, "{\"name\":\"x\",\"expiresIn\":\"999d\"}").body())
        .contains("expiresIn");
    give(404, "sendCommand", "/api/v1/devices/press-08/commands", JSON, command);
    call(200, "listCommands", path + "?limit=5");
    call(404, "listCommands", "/api/v1/devices/nope/commands");
    call(200, "getCommand", path + "/" + id);
    call(404, "getCommand", path + "/nope");
    call(200, "cancelCommand", path + "/" + id);
    call(404, "cancelCommand", path + "/nope");
    String claim =
        "{\"name\":\"hall-3\",\"profile\":\"cnc\",\"sector\":\"factory\",\"site\":\"a\",\"expiry\":\"2d\"}";
    give(201, "issueClaim", "/api/v1/claims", JSON, claim);
    give(409, "issueClaim", "/api/v1/claims", JSON, claim);
    give(400, "issueClaim", "/api/v1/claims", JSON, claim.replace("2d", "2"));
    call(200, "listClaims", "/api/v1/claims");
    call(204, "withdrawClaim", "/api/v1/claims/hall-3");
    call(404, "withdrawClaim", "/api/v1/claims/hall-3");
  }

  private void alarms() throws Exception {
    await()
        .until(
            () -> call(200, "listAlarms", "/api/v1/alarms?state=open").body().contains("\"id\":"));
    String id = field(call(200, "listAlarms", "/api/v1/alarms"), "/alarms/0/id");
    call(200, "getAlarm", "/api/v1/alarms/" + id);
    call(404, "getAlarm", "/api/v1/alarms/999999");
    call(400, "getAlarm", "/api/v1/alarms/x");
    call(200, "acknowledgeAlarm", "/api/v1/alarms/" + id + "/acknowledge");
    give(200, "clearAlarm", "/api/v1/alarms/" + id + "/clear", JSON, "{\"note\":\"a drill\"}");
    call(200, "listAlarms", "/api/v1/alarms?sort=severity&severity=Severe,Minor&limit=1");
    call(400, "listAlarms", "/api/v1/alarms?state=loud");
    call(400, "listAlarms", "/api/v1/alarms?after=nope");
    call(400, "listAlarms", "/api/v1/alarms?limit=1001");
  }

  private void deadLetters() throws Exception {
    HttpResponse<String> listed = call(200, "listDeadLetters", "/api/v1/dead-letters?limit=1");
    String path = "/api/v1/dead-letters/" + field(listed, "/deadLetters/0/sequence");
    assertThat(listed.body()).as("the last page").contains("\"next\":null");
    call(200, "getDeadLetter", path);
    call(400, "getDeadLetter", "/api/v1/dead-letters/x");
    call(404, "getDeadLetter", "/api/v1/dead-letters/999999");
    give(200, "retryDeadLetter", path + "/retry", JSON, "{\"profile\":\"energy-meter\"}");
    give(400, "retryDeadLetter", path + "/retry", JSON, "{}");
  }

  private void upstreams() throws Exception {
    assertThat(call(200, "listUpstreams", "/api/v1/upstreams").body()).contains("\"old\"");
    call(200, "pauseUpstream", "/api/v1/upstreams/archive/pause");
    call(200, "resumeUpstream", "/api/v1/upstreams/archive/resume");
    call(404, "pauseUpstream", "/api/v1/upstreams/nope/pause");
    call(404, "resumeUpstream", "/api/v1/upstreams/nope/resume");
    call(200, "forgetUpstream", "/api/v1/upstreams/old");
    call(404, "forgetUpstream", "/api/v1/upstreams/archive");
  }

  private void configuration() throws Exception {
    assertThat(call(200, "reload", "/api/v1/reload?dry-run=true").body()).contains("\"checked\"");
    call(200, "reload", "/api/v1/reload");
    Path devices = directory.resolve("devices.yaml");
    String before = Files.readString(devices);
    Files.writeString(devices, before.replace("energy-meter", "energy-metre"));
    assertThat(call(422, "reload", "/api/v1/reload").body()).contains("devices.yaml:1:");
    Files.writeString(devices, before);
    call(400, "reload", "/api/v1/reload?dry-run=perhaps");
  }

  private void draining() throws Exception {
    assertThat(call(200, "getDrain", "/api/v1/drain").body()).contains("\"draining\":null");
    assertThat(give(200, "drain", "/api/v1/drain", JSON, "{\"for\":\"0s\",\"moved\":true}").body())
        .contains("\"moved\":true");
    assertThat(call(200, "status", "/api/v1/status").body())
        .contains("\"notReadyReason\":\"draining\"");
    assertThat(call(503, "isReady", "/health/ready").body()).contains("draining");
    call(200, "isLive", "/health/live");
    assertThat(call(200, "metrics", "/metrics").body()).contains("sluice_draining 1.0");
    assertThat(call(200, "endDrain", "/api/v1/drain").body()).contains("\"draining\":null");
    call(200, "isReady", "/health/ready");
    give(400, "drain", "/api/v1/drain", JSON, "{\"for\":\"2h\"}");
    give(400, "drain", "/api/v1/drain", JSON, "{\"serverReference\":\"a  b\"}");
  }

  private void decoding() throws Exception {
    assertThat(call(200, "listProfiles", "/api/v1/profiles").body()).contains("\"energy-meter\"");
    assertThat(call(200, "getProfile", "/api/v1/profiles/energy-meter").body())
        .contains("\"voltage\"");
    call(404, "getProfile", "/api/v1/profiles/nope");
    assertThat(
            decode(
                200, "{\"device\":\"meter-1\",\"text\":\"{\\\"voltage\\\":230,\\\"odd\\\":1}\"}"))
        .contains("\"ok\":true", "\"unmapped\":[\"odd\"]", "\"missing\":[\"current\"");
    assertThat(decode(200, "{\"profile\":\"cnc\",\"base64\":\"ew==\"}")).contains("\"ok\":false");
    assertThat(decode(200, "{\"profile\":\"cnc\",\"topic\":\"a/b/c\",\"text\":\"1\"}"))
        .contains("\"unmapped-topic\"");
    decode(400, "{\"device\":\"meter-1\"}");
  }

  private String decode(int status, String body) throws Exception {
    return give(status, "decode", "/api/v1/decode", JSON, body).body();
  }

  private void streams() throws Exception {
    for (String id : List.of("followRecords", "followUpdates")) {
      Operation operation = document.operation(id);
      HttpResponse<InputStream> stream =
          client.send(
              request("GET", operation.path(), Setup.TOKEN, null, null),
              BodyHandlers.ofInputStream());
      try (InputStream body = stream.body()) {
        assertThat(stream.statusCode()).isEqualTo(200);
        assertThat(stream.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        assertThat(body.read()).isPositive();
      }
      succeeded.add(id);
    }
    call(400, "followRecords", "/api/v1/live?class=foo");
    call(404, "followRecords", "/api/v1/live?device=nope");
  }

  /** What the archive gets of the messages above fits the published schema of a record. */
  @Test
  void recordsFitTheirSchema() throws Exception {
    ArchiveFiles archive = new Setup(directory).archive();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            archive.records().stream()
                .map(each -> each.path("class").asString())
                .toList()
                .containsAll(List.of("telemetry", "alarm")));
    JsonNode schema =
        AdminClient.JSON.readTree(
            Files.readString(Path.of("../../config/schema/record.schema.json")));
    for (JsonNode each : archive.records()) {
      assertThat(document.faults(schema, each.toString())).as(each.toString()).isEmpty();
    }
  }

  /** The page is a quarter when it is compressed, and an event never waits in a compressor. */
  @Test
  void whatIsLargeIsCompressedForWhoTakesIt() throws Exception {
    for (String path :
        List.of("/", "/assets/app.js", "/metrics", "/api/v1/openapi.yaml", "/api/v1/status")) {
      byte[] plain =
          client
              .send(request("GET", path, Setup.TOKEN, null, null), BodyHandlers.ofByteArray())
              .body();
      HttpResponse<byte[]> packed =
          client.send(
              request("GET", path, Setup.TOKEN, null, null, "Accept-Encoding", "gzip"),
              BodyHandlers.ofByteArray());
      assertThat(packed.headers().firstValue("Content-Encoding")).as(path).hasValue("gzip");
      byte[] unpacked = new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes();
      if (path.equals("/") || path.startsWith("/assets/") || path.endsWith(".yaml")) {
        assertThat(unpacked).as(path).isEqualTo(plain);
        assertThat(packed.body().length).as(path).isLessThan(plain.length * 3 / 4);
      } else {
        assertThat(unpacked).as(path).isNotEmpty();
      }
    }
    HttpResponse<InputStream> stream =
        client.send(
            request("GET", "/api/v1/updates", Setup.TOKEN, null, null, "Accept-Encoding", "gzip"),
            BodyHandlers.ofInputStream());
    try (InputStream body = stream.body()) {
      assertThat(stream.headers().firstValue("Content-Encoding").orElse("identity"))
          .isEqualTo("identity");
      assertThat(new String(body.readNBytes(6), StandardCharsets.UTF_8)).isEqualTo("retry:");
    }
  }

  private static String example(String path) {
    return path.replaceAll("\\{(alarm|stop|sequence)}", "1").replaceAll("\\{\\w+}", "meter-1");
  }

  @Test
  void theDocumentIsWellFormed() {
    assertThat(root("openapi")).isEqualTo("3.1.0");
    noNulls(document.root, "");
    for (Operation operation : document.operations().values()) {
      String id = operation.id();
      assertThat(id).matches("[a-z][A-Za-z]+");
      assertThat(operation.node().path("summary").asString()).as(id).isNotEmpty();
      assertThat(operation.node().path("tags")).as(id).hasSize(1);
      assertThat(document.root.path("tags").findValuesAsString("name"))
          .contains(operation.node().path("tags").path(0).asString());
      assertThat(operation.names("path").stream().map(name -> "{" + name + "}").toList())
          .as(id)
          .containsExactlyInAnyOrderElementsOf(
              List.of(operation.path().split("/", -1)).stream()
                  .filter(segment -> segment.startsWith("{"))
                  .toList());
      assertThat(operation.node().propertyNames())
          .as(id)
          .isSubsetOf(
              "operationId",
              "tags",
              "summary",
              "description",
              "security",
              "parameters",
              "requestBody",
              "responses");
      operation
          .node()
          .path("responses")
          .forEach(response -> {
            JsonNode said = document.resolved(response);
            assertThat(said.path("description").asString()).as(id).isNotEmpty();
            said.path("content").forEach(media -> assertThat(media.has("schema")).as(id).isTrue());
          });
      if (!operation.isOpen()) {
        assertThat(operation.node().path("responses").propertyNames())
            .as(id)
            .contains("401", "403", "429");
      }
    }
    document
        .root
        .findValues("$ref")
        .forEach(ref -> {
          assertThat(document.root.at(ref.asString().substring(1)).isMissingNode())
              .as(ref.asString())
              .isFalse();
        });
  }

  private String root(String key) {
    return document.root.path(key).asString();
  }

  /** A comma that nobody quoted makes keys without a value. */
  private static void noNulls(JsonNode node, String at) {
    node.properties()
        .forEach(each -> {
          assertThat(each.getValue().isNull()).as(at + "/" + each.getKey()).isFalse();
          noNulls(each.getValue(), at + "/" + each.getKey());
        });
    if (node.isArray()) {
      node.forEach(each -> noNulls(each, at));
    }
  }

  @Test
  void whoMayDoWhatIsAsTheDocumentSays() throws Exception {
    List<String> roles = List.of("viewer", "operator", "administrator");
    for (Operation operation : document.operations().values()) {
      String method = operation.method().toUpperCase(Locale.ROOT);
      String path = example(operation.path());
      if (operation.isOpen()) {
        assertThat(send(method, path, null, null, null).statusCode()).as(path).isEqualTo(200);
        continue;
      }
      HttpResponse<String> unknown = send(method, path, null, null, null);
      assertThat(unknown.statusCode()).as(path).isEqualTo(401);
      check(operation, unknown);
      for (String token : List.of("viewer", "operator")) {
        if (roles.indexOf(token) < roles.indexOf(operation.role())) {
          HttpResponse<String> refused = send(method, path, token, null, null);
          assertThat(refused.statusCode()).as(method + " " + path).isEqualTo(403);
          check(operation, refused);
        } else if (method.equals("GET") && !operation.id().startsWith("follow")) {
          assertThat(send(method, path, token, null, null).statusCode())
              .as(method + " " + path)
              .isIn(200, 400, 404);
        }
      }
    }
  }

  @Test
  void aMethodThatAPathDoesNotTakeIsToldWhichItTakes() throws Exception {
    for (String path : document.root.path("paths").propertyNames()) {
      Set<String> methods = new TreeSet<>(document.methods(path));
      methods.add("OPTIONS");
      if (methods.contains("GET")) {
        methods.add("HEAD");
        HttpResponse<String> head = send("HEAD", example(path), Setup.TOKEN, null, null);
        assertThat(head.statusCode()).as(path).isNotIn(405, 500);
        assertThat(head.body()).as(path).isEmpty();
      }
      if (isShadowed(path)) {
        continue;
      }
      HttpResponse<String> options = send("OPTIONS", example(path), Setup.TOKEN, null, null);
      assertThat(options.statusCode()).as(path).isEqualTo(204);
      assertThat(options.headers().firstValue("Allow")).hasValue(String.join(", ", methods));
      for (String method : List.of("GET", "PUT", "POST", "DELETE", "TRACE")) {
        if (!methods.contains(method)) {
          HttpResponse<String> refused = send(method, example(path), Setup.TOKEN, null, null);
          assertThat(refused.statusCode()).as(method + " " + path).isEqualTo(405);
          assertThat(refused.headers().firstValue("Allow")).hasValue(String.join(", ", methods));
        }
      }
    }
    assertThat(send("OPTIONS", "/health/live", null, null, null).statusCode()).isEqualTo(204);
    assertThat(send("POST", "/health/live", null, null, null).statusCode()).isEqualTo(405);
    assertThat(send("GET", "/api/v1/nope", Setup.TOKEN, null, null).statusCode()).isEqualTo(404);
  }

  /** A fixed segment stands where another path has a parameter: both answer for it. */
  private static boolean isShadowed(String path) {
    return path.equals("/api/v1/devices/import");
  }

  @Test
  void theParametersOfTheDocumentAreTakenAndNoOthers() throws Exception {
    for (Operation operation : document.operations().values()) {
      String method = operation.method().toUpperCase(Locale.ROOT);
      String path = example(operation.path());
      if (path.startsWith("/api/")) {
        HttpResponse<String> refused = send(method, path + "?nonsense=1", Setup.TOKEN, null, null);
        assertThat(refused.statusCode()).as(method + " " + path).isEqualTo(400);
        assertThat(refused.body()).as(path).contains("\\\"nonsense\\\" is not known");
        check(operation, refused);
      }
      List<String> names = operation.names("query");
      if (!names.isEmpty() && method.equals("GET") && !operation.id().startsWith("follow")) {
        String all = path + "?" + String.join("=&", names) + "=";
        assertThat(send(method, all, Setup.TOKEN, null, null).body())
            .as(all)
            .doesNotContain("is not known");
      }
    }
  }
}
