package io.sluice.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.http.request.HttpOptions;
import io.sluice.adapter.netty.Transport;
import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.adapter.testkit.RecordingGateway.Misconduct;
import io.sluice.api.ContentType;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.config.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of requests, by the JDK's client: payloads, batches, keys, signatures, refusals. */
class RequestsTest {
  private static final HttpOptions USUAL = HttpOptions.FOR_TESTS;

  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Adapter adapter =
      new HttpAdapterFactory()
          .create(
              "http",
              new HttpSettings(
                  "127.0.0.1",
                  0,
                  new HttpOptions(
                      1000,
                      new Bytes(1 << 20),
                      new Bytes(2 << 20),
                      new Bytes(1 << 20),
                      USUAL.maxHeader(),
                      32,
                      USUAL.requestTimeout(),
                      Duration.ofSeconds(20),
                      Duration.ofMinutes(5),
                      Duration.ofHours(24),
                      3,
                      List.of("https://app.example"),
                      Transport.AUTO,
                      1, // one event loop: who blocks it blocks all
                      USUAL.maxUnadmittedBytes(),
                      USUAL.proxies())));

  @BeforeEach
  void start() throws IOException {
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    adapter.close();
    gateway.close();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + AdapterContract.port(adapter) + path))
        .header("Authorization", HttpContractTest.basic("d1", "pw"));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString(UTF_8));
  }

  private HttpResponse<String> post(String type, String body) throws Exception {
    return send(to("/telemetry").header("Content-Type", type).POST(BodyPublishers.ofString(body)));
  }

  private List<String> stored() {
    return gateway.stored().stream().map(each -> new String(each.payload(), UTF_8)).toList();
  }

  @Test
  void contentTypeIsWhatThePayloadIsReadBy() throws Exception {
    post("application/json; charset=UTF-8", "1");
    post("application/vnd.acme.v1+json", "2");
    post("application/senml+json", "3");
    post("application/vnd.acme+cbor", "4");
    post("text/plain", "5");
    post("application/x-www-form-urlencoded", "6");
    assertThat(gateway.stored())
        .extracting(Uplink::contentType)
        .containsExactly(
            ContentType.JSON,
            ContentType.JSON,
            ContentType.SENML_JSON,
            ContentType.CBOR,
            ContentType.TEXT,
            ContentType.UNSPECIFIED);
    post("image/png", "7");
    assertThat(gateway.stored().getLast().rejection()).isNotNull(); // kept as a dead letter
    post("application/json; charset=latin1", "8");
    assertThat(gateway.stored().getLast().rejection()).isNotNull();
  }

  @Test
  void gzipIsUnpackedAndABombIsRefused() throws Exception {
    assertThat(packed("{\"t\":1}".getBytes(UTF_8)).statusCode()).isEqualTo(200);
    assertThat(stored()).containsExactly("{\"t\":1}");
    HttpResponse<String> bomb = packed(new byte[64 << 20]);
    assertThat(bomb.statusCode()).isEqualTo(413);
    assertThat(bomb.body()).contains("1048576 bytes unpacked");
    HttpResponse<String> broken =
        send(
            to("/telemetry")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofString("no gzip")));
    assertThat(broken.statusCode()).isEqualTo(400);
    HttpResponse<String> other =
        send(to("/telemetry").header("Content-Encoding", "br").POST(BodyPublishers.ofString("{}")));
    assertThat(other.statusCode()).isEqualTo(415);
    assertThat(other.headers().firstValue("accept-encoding")).contains("gzip");
    assertThat(gateway.offers()).isEqualTo(1);
  }

  private HttpResponse<String> packed(byte[] body) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    }
    return send(
        to("/telemetry")
            .header("Content-Encoding", "gzip")
            .POST(BodyPublishers.ofByteArray(out.toByteArray())));
  }

  @Test
  void eachLineIsAMessageAndARefusedOneIsNamed() throws Exception {
    gateway.answer(uplink ->
        new String(uplink.payload(), UTF_8).equals("bad")
            ? new Receipt.Rejected(RejectReason.PAYLOAD_INVALID, "byte 0: no \"value\"", true)
            : gateway.storedReceipt(uplink));
    HttpResponse<String> some = post("application/x-ndjson", "1\r\n\nbad\n4");
    assertThat(some.statusCode()).isEqualTo(200);
    assertThat(some.body())
        .isEqualTo(
            "{\"stored\":2,\"refusedCount\":1,\"refused\":[{\"line\":3,\"status\":400,"
                + "\"detail\":\"byte 0: no \\\"value\\\"\"}]}\n");
    HttpResponse<String> none = post("application/x-ndjson", "bad\nbad");
    assertThat(none.statusCode()).isEqualTo(400);
    assertThat(none.body()).contains("\"stored\":0", "\"line\":1", "\"line\":2");
    assertThat(post("application/x-ndjson", "\n\n").body()).isEqualTo("{\"stored\":0}\n");
    assertThat(stored()).containsExactly("1", "4");
  }

  @Test
  void linesWithoutRoomAreNamedAndThoseAloneCanBeSentAgain() throws Exception {
    gateway.answer(uplink ->
        new String(uplink.payload(), UTF_8).equals("2")
            ? new Receipt.Limited(Limit.MESSAGE_RATE_PER_DEVICE, "2 a second", 4_000)
            : gateway.storedReceipt(uplink));
    HttpRequest.Builder request =
        to("/telemetry")
            .header("Content-Type", "application/x-ndjson")
            .header("Idempotency-Key", "batch-1")
            .POST(BodyPublishers.ofString("1\n2\n3\n"));
    HttpResponse<String> limited = send(request);
    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(limited.headers().firstValue("retry-after")).contains("4");
    assertThat(limited.body()).contains("\"stored\":2", "\"again\":[2]");
    gateway.store();
    HttpResponse<String> rest = send(request);
    assertThat(rest.statusCode()).isEqualTo(200);
    assertThat(rest.body()).isEqualTo("{\"stored\":3}\n");
    assertThat(stored()).as("each once").containsExactly("1", "3", "2");
  }

  @Test
  void lineForWhichThereIsNoRoomYetIsStoredBeforeThoseBehindIt() throws Exception {
    Map<String, Integer> offers = new ConcurrentHashMap<>();
    gateway.answerAtOnce(uplink -> {
      String text = new String(uplink.payload(), UTF_8);
      boolean isOdd = Integer.parseInt(text) % 2 == 1;
      return isOdd && offers.merge(text, 1, Integer::sum) <= 2 ? new Receipt.Busy(1) : null;
    });
    assertThat(post("application/x-ndjson", "1\n2\n3\n4").body()).isEqualTo("{\"stored\":4}\n");
    assertThat(stored()).containsExactly("1", "2", "3", "4");
  }

  @Test
  void linesForWhichThereIsNoRoomForLongAreAllNamed() throws Exception {
    gateway.answerAtOnce(_ -> new Receipt.Busy(4_000));
    HttpResponse<String> busy = post("application/x-ndjson", "1\n2\n3");
    assertThat(busy.statusCode()).isEqualTo(503);
    assertThat(busy.body()).contains("\"again\":[1,2,3]");
  }

  @Test
  void requestWhosePathIsBeingFoundOutWaitsAndHoldsUpNobody() throws Exception {
    CompletableFuture<Void> vendors = new CompletableFuture<>();
    gateway.vendors = vendors;
    CompletableFuture<HttpResponse<String>> waits =
        client.sendAsync(
            to("/api/up").POST(BodyPublishers.ofString("1")).build(), BodyHandlers.ofString());
    assertThat(send(to("/time").GET()).statusCode()).isEqualTo(200);
    assertThat(waits).isNotDone();
    vendors.complete(null);
    assertThat(waits.get(45, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(stored()).containsExactly("1");
  }

  @Test
  void elementsOfAnArrayAreMessagesWhereThatIsAskedFor() throws Exception {
    HttpRequest.Builder each =
        to("/telemetry?batch")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(" [ {\"a\":\"],[\"} , [1,2],\"\\\"\" ] "));
    assertThat(send(each).body()).isEqualTo("{\"stored\":3}\n");
    assertThat(stored()).containsExactly("{\"a\":\"],[\"}", "[1,2]", "\"\\\"\"");
    for (String bad : List.of("{}", "[1", "[1]]", "[1,]", "[,1]", "")) {
      HttpResponse<String> refused =
          send(to("/telemetry?batch").POST(BodyPublishers.ofString(bad)));
      assertThat(refused.statusCode()).as(bad).isEqualTo(400);
    }
    post("application/json", "[1,2]");
    assertThat(stored()).last().isEqualTo("[1,2]");
  }

  @Test
  void largeBatchIsStoredWholeBeforeItIsAnswered() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      lines.append(i).append('\n');
    }
    assertThat(post("application/x-ndjson", lines.toString()).body())
        .isEqualTo("{\"stored\":2000}\n");
    assertThat(stored()).hasSize(2_000).doesNotHaveDuplicates();
  }

  @Test
  void keyOfAnotherRequestIsRefusedAndTheOldestKeysAreForgotten() throws Exception {
    assertThat(withKey("k1", "1").statusCode()).isEqualTo(200);
    assertThat(withKey("k1", "other").statusCode()).isEqualTo(422);
    assertThat(withKey("k1", "1").headers().firstValue("idempotency-replayed")).contains("true");
    for (String key : List.of("k2", "k3", "k4")) {
      withKey(key, key);
    }
    assertThat(withKey("k1", "1").headers().firstValue("idempotency-replayed")).isEmpty();
    assertThat(stored()).containsExactly("1", "k2", "k3", "k4", "1");
    assertThat(withKey("x".repeat(256), "1").statusCode()).isEqualTo(400);
  }

  @Test
  void requestThatWasNotServedMayComeAgainWithItsKey() throws Exception {
    gateway.answer(_ -> new Receipt.Busy(5_000));
    HttpResponse<String> busy = withKey("k1", "1");
    assertThat(busy.statusCode()).isEqualTo(503);
    assertThat(busy.headers().firstValue("retry-after")).contains("5");
    gateway.store();
    assertThat(withKey("k1", "1").statusCode()).isEqualTo(200);
    assertThat(stored()).containsExactly("1");
  }

  private HttpResponse<String> withKey(String key, String body) throws Exception {
    return send(
        to("/telemetry").header("Idempotency-Key", key).POST(BodyPublishers.ofString(body)));
  }

  @Test
  void deviceMayBeNamedByTheQueryAndByAToken() throws Exception {
    String base = "http://127.0.0.1:" + AdapterContract.port(adapter) + "/telemetry";
    HttpRequest.Builder query =
        HttpRequest.newBuilder(URI.create(base + "?d=d1&k=pw")).POST(BodyPublishers.ofString("1"));
    assertThat(send(query).statusCode()).isEqualTo(200);
    HttpRequest.Builder wrong =
        HttpRequest.newBuilder(URI.create(base + "?d=d1&k=p")).POST(BodyPublishers.ofString("2"));
    assertThat(send(wrong).statusCode()).isEqualTo(401);
    HttpRequest.Builder nobody =
        HttpRequest.newBuilder(URI.create(base)).POST(BodyPublishers.ofString("3"));
    HttpResponse<String> refused = send(nobody);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().allValues("www-authenticate"))
        .containsExactly("Basic realm=\"sluice\", charset=\"UTF-8\"", "Bearer");
    gateway.anonymous = true;
    HttpRequest.Builder named =
        HttpRequest.newBuilder(URI.create(base + "?d=d1")).POST(BodyPublishers.ofString("4"));
    assertThat(send(named).statusCode()).isEqualTo(200);
    assertThat(stored()).containsExactly("1", "4");
  }

  @Test
  void vendorsPathsMeanWhatTheirTopicsMean() throws Exception {
    String base = "http://127.0.0.1:" + AdapterContract.port(adapter);
    assertThat(send(to("/telemetry/PLANT1/child-1").PUT(BodyPublishers.ofString("1"))).statusCode())
        .isEqualTo(200);
    assertThat(send(to("/telemetry//child-1").PUT(BodyPublishers.ofString("2"))).statusCode())
        .isEqualTo(200);
    send(to("/chirpstack?event=up").POST(BodyPublishers.ofString("3")));
    send(to("/ttn/up").POST(BodyPublishers.ofString("4")));
    assertThat(gateway.stored())
        .extracting(Uplink::topic)
        .containsExactly(
            "telemetry/PLANT1/child-1", "telemetry//child-1", "chirpstack/event/up", "ttn/up");
    HttpRequest.Builder token =
        HttpRequest.newBuilder(URI.create(base + "/api/v1/no-such-token/telemetry"))
            .POST(BodyPublishers.ofString("5"));
    assertThat(send(token).statusCode()).as("ThingsBoard says 401").isEqualTo(401);
    for (String bad : List.of("/a%2Fb", "/%00", "/%", "/%zz", "/%ff", "/a+b")) {
      RawHttp.Response refused = raw("POST " + bad + " HTTP/1.1\r\nHost: g\r\n\r\n");
      assertThat(refused.status()).as(bad).isEqualTo(400);
    }
  }

  private RawHttp.Response raw(String request) throws IOException {
    try (RawHttp raw = new RawHttp(AdapterContract.port(adapter))) {
      return raw.send(request).next();
    }
  }

  @Test
  void signatureCoversMethodPathTimeKeyAndBody() throws Exception {
    String stamp = "1795802400000";
    String text = "POST\n/telemetry?x=1\n" + stamp + "\nk1\n{}";
    String signature = signature("pw", text);
    assertThat(signed("/telemetry?x=1", stamp, "k1", signature, "{}")).isEqualTo(200);
    assertThat(signed("/telemetry?x=2", stamp, "k1", signature, "{}")).isEqualTo(401);
    assertThat(signed("/telemetry?x=1", "1795802400001", "k1", signature, "{}")).isEqualTo(401);
    assertThat(signed("/telemetry?x=1", stamp, "k2", signature, "{}")).isEqualTo(401);
    assertThat(signed("/telemetry?x=1", stamp, "k1", signature, "[]")).isEqualTo(401);
    assertThat(signed("/telemetry?x=1", "now", "k1", signature, "{}")).isEqualTo(401);
    assertThat(signed("/telemetry?x=1", stamp, "k1", "abc", "{}")).isEqualTo(401);
    assertThat(stored()).containsExactly("{}");
  }

  private int signed(String path, String stamp, String key, String signature, String body)
      throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + AdapterContract.port(adapter) + path))
                .header("X-Sluice-Device", "d1")
                .header("X-Sluice-Timestamp", stamp)
                .header("Idempotency-Key", key)
                .header("X-Sluice-Signature", signature)
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString())
        .statusCode();
  }

  private static String signature(String secret, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
  }

  @Test
  void pageOfANamedOriginMaySendAndOthersMayNot() throws Exception {
    RawHttp.Response asked =
        raw(
            "OPTIONS /telemetry HTTP/1.1\r\nHost: g\r\nOrigin: https://app.example\r\nAccess-Control-Request-Method: POST\r\n\r\n");
    assertThat(asked.status()).isEqualTo(204);
    assertThat(asked.field("access-control-allow-origin")).isEqualTo("https://app.example");
    assertThat(asked.field("access-control-allow-headers")).contains("authorization");
    RawHttp.Response other =
        raw("OPTIONS /telemetry HTTP/1.1\r\nHost: g\r\nOrigin: https://evil.example\r\n\r\n");
    assertThat(other.field("access-control-allow-origin")).isNull();
    assertThat(other.field("vary")).isEqualTo("origin");
  }

  @Test
  void bodiesInHandAreBoundedTogether() throws Exception {
    gateway.misbehave(Misconduct.SILENT);
    byte[] large = new byte[600 << 10];
    Arrays.fill(large, (byte) 'x');
    CompletableFuture<HttpResponse<String>> first =
        client.sendAsync(
            to("/telemetry").POST(BodyPublishers.ofByteArray(large)).build(),
            BodyHandlers.ofString());
    await().until(() -> gateway.offers() == 1);
    HttpResponse<String> second = send(to("/telemetry").POST(BodyPublishers.ofByteArray(large)));
    assertThat(second.statusCode()).isEqualTo(503);
    assertThat(second.headers().firstValue("retry-after")).contains("1");
    gateway.giveReceipts();
    assertThat(first.join().statusCode()).isEqualTo(200);
    assertThat(send(to("/telemetry").POST(BodyPublishers.ofByteArray(large))).statusCode())
        .as("its room is free again")
        .isEqualTo(200);
  }

  @Test
  void unpackedBodiesInHandAreBoundedToo() throws Exception {
    gateway.misbehave(Misconduct.SILENT);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(new byte[900 << 10]);
    }
    HttpRequest.Builder request =
        to("/telemetry")
            .header("Content-Encoding", "gzip")
            .POST(BodyPublishers.ofByteArray(out.toByteArray()));
    CompletableFuture<HttpResponse<String>> first =
        client.sendAsync(request.build(), BodyHandlers.ofString());
    await().until(() -> gateway.offers() == 1);
    assertThat(send(request).statusCode()).isEqualTo(503);
    gateway.giveReceipts();
    assertThat(first.join().statusCode()).isEqualTo(200);
    assertThat(send(request).statusCode()).as("its room is free again").isEqualTo(200);
  }

  @Test
  void timeIsThatOfEachRequest() throws Exception {
    String request = "GET /time HTTP/1.1\r\nHost: g\r\n\r\n";
    try (RawHttp raw = new RawHttp(AdapterContract.port(adapter))) {
      String before = raw.send(request).next().body();
      await().until(() -> !raw.send(request).next().body().equals(before));
    }
  }

  @Test
  void slowClientHoldsUpNoOther() throws Exception {
    String auth = "Authorization: " + HttpContractTest.basic("d1", "pw") + "\r\n";
    try (RawHttp slow = new RawHttp(AdapterContract.port(adapter));
        RawHttp deaf = new RawHttp(AdapterContract.port(adapter))) {
      slow.send("POST /telemetry HTTP/1.1\r\nHost: g\r\n" + auth + "Content-Length: 9\r\n\r\n1");
      deaf.send(("POST /telemetry HTTP/1.1\r\nHost: g\r\n" + auth + "\r\n").repeat(2_000));
      for (int i = 0; i < 20; i++) {
        assertThat(post("text/plain", "n" + i).statusCode()).isEqualTo(200);
      }
      for (int i = 0; i < 2_000; i++) {
        assertThat(deaf.next().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void limitOfConnectionsIsTold() throws Exception {
    gateway.entry = Limit.CONNECTIONS_PER_ADDRESS;
    RawHttp.Response refused = raw("POST /telemetry HTTP/1.1\r\nHost: g\r\n\r\n");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.field("retry-after")).isEqualTo("1");
    assertThat(gateway.refusals()).containsExactly(RejectReason.QUOTA);
  }
}
