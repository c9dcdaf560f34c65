package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.settings.CoapSettings;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Critical options that are not followed, and messages that are no requests though they look so.
 */
class UnsupportedOptionTest {
  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapSettings.onLoopback());
  private RawPeer peer;

  @BeforeEach
  void start() throws Exception {
    adapter.start(gateway);
    peer = new RawPeer(adapter.address());
  }

  @AfterEach
  void stop() {
    peer.close();
    adapter.close();
    gateway.close();
  }

  /** With an option in its place among the others. */
  private static byte[] request(int code, String path, int option, byte[] value) {
    ByteArrayOutputStream out = RawPeer.header(code, 9);
    int last = 0;
    if (option < 11) {
      last = RawPeer.option(out, last, option, value);
    }
    last = RawPeer.option(out, last, 11, path.getBytes(UTF_8));
    last = RawPeer.option(out, last, 15, "d=raw-1".getBytes(UTF_8));
    last = RawPeer.option(out, last, 15, "k=secret".getBytes(UTF_8));
    if (option > 15) {
      RawPeer.option(out, last, option, value);
    }
    if (code == 2) {
      out.write(0xff);
      out.write('1');
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"9, 0", "9, 5", "19, 1", "31, 1", "21, 0"})
  void oscoreAndQBlockAreAnsweredBadOption(int option, int length) throws Exception {
    for (int code : new int[] {1, 2}) {
      peer.send(request(code, code == 1 ? "time" : "telemetry", option, new byte[length]));
      assertThat(RawPeer.code(peer.receive())).isEqualTo("4.02");
    }
    assertThat(gateway.accepted).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"252, 8", "292, 4", "60, 1", "258, 1"})
  void optionsThatAreKnownPass(int option, int length) throws Exception {
    peer.send(request(2, "telemetry", option, new byte[length]));
    assertThat(RawPeer.code(peer.receive())).isEqualTo("2.04");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x61, 0x71})
  void requestInAnAcknowledgementOrAResetIsIgnored(int firstByte) throws Exception {
    for (int code : new int[] {1, 2}) {
      byte[] message = request(code, code == 1 ? "time" : "telemetry", 60, new byte[] {1});
      message[0] = (byte) firstByte;
      peer.send(message);
    }
    assertThat(peer.receive(700)).isNull();
    assertThat(gateway.accepted).isEmpty();
  }

  @Test
  void plainUplinkInAnAcknowledgementIsIgnored() throws Exception {
    byte[] message = RawPeer.post(3, "1");
    message[0] |= 0x20;
    peer.send(message);
    assertThat(peer.receive(700)).isNull();
    assertThat(gateway.accepted).isEmpty();
  }
}
