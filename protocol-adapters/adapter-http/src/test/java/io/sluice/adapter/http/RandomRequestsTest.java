package io.sluice.adapter.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.sluice.adapter.http.server.HttpAdapter;
import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.adapter.testkit.seeded.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Random and mutated requests: every connection ends, no buffer leaks, the listener lives on. */
@Tag(Fuzz.TAG)
class RandomRequestsTest {
  private static final int ROUNDS = 400;
  private static final String AUTH =
      "Authorization: " + HttpContractTest.basic("d1", "pw") + "\r\n";
  private static final Logger DETECTOR =
      (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
  private final ListAppender<ILoggingEvent> leaks = new ListAppender<>();
  private final ResourceLeakDetector.Level levelBefore = ResourceLeakDetector.getLevel();

  @BeforeEach
  void watchLeaks() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    leaks.start();
    DETECTOR.addAppender(leaks);
  }

  @AfterEach
  void restore() {
    ResourceLeakDetector.setLevel(levelBefore);
    DETECTOR.detachAppender(leaks);
  }

  @Test
  void nothingLeaksAndTheListenerLivesOn() throws IOException {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        HttpAdapter adapter =
            (HttpAdapter) new HttpAdapterFactory().create("http", HttpSettings.onLoopback(0))) {
      adapter.start(gateway);
      Fuzz.of("HTTP connections", ROUNDS).check(random -> play(adapter, random));
      await().until(() -> adapter.endpoints().getFirst().links() == 0);
      try (RawHttp honest = new RawHttp(AdapterContract.port(adapter))) {
        honest.send(
            "POST /telemetry HTTP/1.1\r\nHost: g\r\n" + AUTH + "Content-Length: 2\r\n\r\n{}");
        assertThat(honest.next().status()).isEqualTo(200);
      }
    }
    System.gc();
    ByteBufAllocator.DEFAULT.buffer(16).release(); // the detector reports at the next allocation
    assertThat(leaks.list).isEmpty();
  }

  private static void play(HttpAdapter adapter, SplittableRandom random) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = random.nextInt(6); i >= 0; i--) {
      all.writeBytes(mutated(request(random), random));
    }
    byte[] bytes = all.toByteArray();
    try (RawHttp client = new RawHttp(AdapterContract.port(adapter))) {
      int at = 0;
      while (at < bytes.length) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(200));
        client.send(Arrays.copyOfRange(bytes, at, end));
        at = end;
      }
    } catch (SocketException _) {
      // closed while we were sending: as it should be
    }
  }

  private static byte[] request(SplittableRandom random) {
    String method = random.nextInt(4) == 0 ? "GET" : "POST";
    String path =
        switch (random.nextInt(5)) {
          case 0 -> "/telemetry?batch";
          case 1 -> "/api/v1/token/telemetry";
          case 2 -> "/time";
          case 3 -> "/telemetry/%63hild?d=d1&k=pw";
          default -> "/telemetry";
        };
    String fields =
        switch (random.nextInt(7)) {
          case 0 -> "Content-Length: 7\r\n\r\n{\"t\":1}";
          case 1 -> "Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2;x\r\n2]\r\n0\r\nA: b\r\n\r\n";
          case 2 -> "Content-Type: application/x-ndjson\r\nContent-Length: 6\r\n\r\n1\n\n2\n3";
          case 3 -> "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd";
          case 4 -> "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}";
          case 5 -> "Idempotency-Key: k\r\nContent-Length: 2\r\n\r\n{}";
          default -> "Content-Length: 0\r\n\r\n";
        };
    return (method + " " + path + " HTTP/1.1\r\nHost: g\r\n" + AUTH + fields).getBytes(ISO_8859_1);
  }

  private static byte[] mutated(byte[] bytes, SplittableRandom random) {
    for (int i = random.nextInt(3); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }
}
