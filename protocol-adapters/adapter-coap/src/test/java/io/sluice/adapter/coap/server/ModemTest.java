package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Habits of modems, what unasked peers send, and what they are told. */
class ModemTest {
  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapSettings.onLoopback());
  private RawPeer peer;
  private int messageId = 100;

  @BeforeEach
  void start() throws IOException {
    adapter.start(gateway);
    peer = new RawPeer(adapter.address());
  }

  @AfterEach
  void stop() {
    peer.close();
    adapter.close();
    gateway.close();
  }

  /** Confirmable, with these segments and parameters as they are. */
  private byte[] request(int code, String[] segments, String... parameters) throws IOException {
    ByteArrayOutputStream out = RawPeer.header(code, messageId++);
    int last = 0;
    for (String segment : segments) {
      last = option(out, last, 11, segment.getBytes(UTF_8));
    }
    for (String parameter : parameters) {
      last = option(out, last, 15, parameter.getBytes(UTF_8));
    }
    if (code == 2) {
      out.write(0xff);
      out.write('1');
    }
    peer.send(out.toByteArray());
    return peer.receive();
  }

  /** Of any length up to 268 bytes; options come in the order of their numbers. */
  private static int option(ByteArrayOutputStream out, int last, int number, byte[] value) {
    int extended = value.length < 13 ? -1 : value.length - 13;
    out.write((number - last) << 4 | Math.min(13, value.length));
    if (extended >= 0) {
      out.write(extended);
    }
    out.writeBytes(value);
    return number;
  }

  private static String text(byte[] message) {
    return new String(message, UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "telemetry/child, d=raw-1, k=secret, telemetry/child",
    "/telemetry, d=raw-1, k=secret, telemetry",
    "telemetry/, d=raw-1, k=secret, telemetry",
    "telemetry, d=raw-1&k=secret, x=1, telemetry",
    "telemetry, k=secret&d=raw-1, x=1, telemetry",
    "telemetry, ?d=raw-1&k=secret, x=1, telemetry",
    "/telemetry/child, d=raw-1&k=secret, x=1, telemetry/child",
    "telemetry?d=raw-1&k=secret, x=1, y=1, telemetry",
    "/event?d=raw-1&k=secret, x=1, y=1, event"
  })
  void wholePathInOneOptionAndAllParametersInOne(
      String path, String first, String second, String topic) throws IOException {
    byte[] answer = request(2, new String[] {path}, first, second);
    assertThat(RawPeer.code(answer)).isEqualTo("2.04");
    assertThat(gateway.accepted)
        .singleElement()
        .satisfies(uplink -> {
          assertThat(uplink.topic()).isEqualTo(topic);
          assertThat(uplink.device().value()).isEqualTo("raw-1");
        });
  }

  @Test
  void commandsAndTimeAreFoundSoAsWell() throws IOException {
    assertThat(RawPeer.code(request(1, new String[] {"/time"}))).isEqualTo("2.05");
    assertThat(RawPeer.code(request(1, new String[] {"/command"}, "d=raw-1&k=secret")))
        .isEqualTo("2.05");
    assertThat(RawPeer.code(request(1, new String[] {"/.well-known/core"}))).isEqualTo("2.05");
  }

  @Test
  void tokenMayHaveAnAmpersand() throws IOException {
    assertThat(RawPeer.code(request(2, new String[] {"event"}, "d=raw-1", "k=a&b")))
        .isEqualTo("4.01");
    assertThat(gateway.admissions.get()).isEqualTo(1);
  }

  @Test
  void pathThatNothingMapsIsNotFoundBeforeCredentialsAreAskedFor() throws IOException {
    byte[] lwm2m = request(2, new String[] {"rd"}, "ep=urn:imei:35");
    assertThat(RawPeer.code(lwm2m)).isEqualTo("4.04");
    assertThat(text(lwm2m)).contains("LwM2M is not offered here");
    for (String path : new String[] {"bs", "nothing", "a/b"}) {
      assertThat(RawPeer.code(request(2, new String[] {path}))).as(path).isEqualTo("4.04");
      assertThat(RawPeer.code(request(2, new String[] {path}, "d=raw-1", "k=wrong")))
          .as(path)
          .isEqualTo("4.04");
    }
    byte[] elsewhere = request(2, new String[] {"nothing", "there"});
    assertThat(RawPeer.code(elsewhere)).isEqualTo("4.04");
    assertThat(text(elsewhere)).contains("usable: POST or PUT /telemetry");
    assertThat(RawPeer.code(request(2, new String[] {"telemetry"}))).isEqualTo("4.01");
  }

  @Test
  void unmappedPathOfADeviceNamesPathsOfCoap() throws IOException {
    gateway.verdict =
        uplink -> new Receipt.Rejected(RejectReason.UNMAPPED_TOPIC, "topic is not mapped", true);
    byte[] answer = request(2, new String[] {"nothing"}, "d=raw-1", "k=secret");
    assertThat(RawPeer.code(answer)).isEqualTo("4.04");
    assertThat(text(answer)).contains("no such path; usable: POST or PUT /telemetry");
  }

  @Test
  void whoShowsNoTokenIsToldWhereItGoes() throws IOException {
    assertThat(text(request(2, new String[] {"telemetry"}, "d=raw-1")))
        .contains("send ?d={id}&k={token}");
    assertThat(text(request(2, new String[] {"telemetry"}))).contains("send ?d={id}&k={token}");
  }

  /** RFC 7252 section 4.2: rejected, whatever its Message ID, and nothing else happens. */
  @Test
  void responsesThatNobodyAskedForAreRejectedAndCounted() throws IOException {
    Logger library = (Logger) LoggerFactory.getLogger("org.eclipse.californium");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    library.addAppender(lines);
    try {
      for (String path : new String[] {"time", "nothing"}) {
        byte[] asked = request(1, new String[] {path});
        int id = RawPeer.messageId(asked);
        for (int code : new int[] {0x41, 0x45, 0x84, 0xA0, 0x5F}) {
          byte[] response = {0x40, (byte) code, (byte) (id >> 8), (byte) id};
          peer.send(response);
          assertThat(peer.receive()).containsExactly(0x70, 0, id >> 8, id);
          peer.send(new byte[] {0x60, (byte) code, (byte) (id >> 8), (byte) id});
          peer.send(new byte[] {0x50, (byte) code, (byte) (id >> 8), (byte) id});
        }
      }
      assertThat(RawPeer.code(request(1, new String[] {"time"}))).isEqualTo("2.05");
    } finally {
      library.detachAppender(lines);
    }
    // counted on another thread than that which answers what comes behind them
    await()
        .untilAsserted(() ->
            assertThat(gateway.refused)
                .filteredOn(r -> r == RejectReason.PROTOCOL_ERROR)
                .hasSize(30));
    assertThat(lines.list).filteredOn(line -> line.getThrowableProxy() != null).isEmpty();
  }
}
