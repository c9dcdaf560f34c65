package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.coap.settings.FastPath;
import io.sluice.api.config.Bytes;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may begin a block-wise transfer, and how many. */
class UploadAdmissionTest {
  private static final int BLOCK1 = 27;
  private static final int SIZE1 = 60;
  private static final int MORE_OF_16 = 0x08;
  private static final String SIXTEEN = "0123456789abcdef";

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter =
      new CoapAdapter(new CoapSettings("127.0.0.1", 0, FastPath.ON, bounded(2)));

  private static CoapOptions bounded(int transfers) {
    CoapOptions base = CoapOptions.DEFAULTS;
    return new CoapOptions(
        base.maxPayload(),
        base.blockSize(),
        transfers,
        new Bytes(1 << 20),
        1,
        base.maxExchanges(),
        base.maxRemembered(),
        base.maxRememberedPerPeer(),
        Duration.ofSeconds(247),
        base.maxObservers(),
        base.admissionCache());
  }

  @BeforeEach
  void start() throws Exception {
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  /** A first block to a path without credentials, or with wrong ones; Size1 says 1 MiB. */
  private static byte[] forged(int messageId, boolean confirmable, String path, boolean wrong) {
    ByteArrayOutputStream out = RawPeer.header(2, messageId);
    int last = RawPeer.option(out, 0, 11, path.getBytes(UTF_8));
    if (wrong) {
      last = RawPeer.option(out, last, 15, "d=raw-1".getBytes(UTF_8));
      last = RawPeer.option(out, last, 15, "k=wrong".getBytes(UTF_8));
    }
    last = RawPeer.option(out, last, BLOCK1, new byte[] {MORE_OF_16});
    RawPeer.option(out, last, SIZE1, new byte[] {0x10, 0, 0});
    out.write(0xff);
    out.writeBytes(SIXTEEN.getBytes(UTF_8));
    byte[] bytes = out.toByteArray();
    bytes[0] = (byte) (confirmable ? 0x41 : 0x51);
    return bytes;
  }

  @Test
  void firstBlockWithoutCredentialsIsRefusedAndTakesNoRoom() throws Exception {
    try (RawPeer attacker = new RawPeer(adapter.address())) {
      int id = 0;
      for (boolean confirmable : new boolean[] {true, false}) {
        for (boolean wrong : new boolean[] {false, true}) {
          for (String path : new String[] {"aa", "telemetry"}) {
            attacker.send(forged(++id, confirmable, path, wrong));
            assertThat(RawPeer.code(attacker.receive()))
                .isEqualTo(path.equals("aa") ? "4.04" : "4.01");
          }
        }
      }
      for (int i = 0; i < 200; i++) {
        attacker.send(forged(++id, false, "aa", false));
      }
    }
    CoapClient honest = Clients.client(adapter.address());
    try {
      honest.setURI(Clients.uri(adapter.address(), "telemetry?d=d1&k=secret"));
      CoapResponse answer = honest.post("x".repeat(30_000), MediaTypeRegistry.TEXT_PLAIN);
      assertThat(answer).isNotNull();
      assertThat(answer.getCode()).hasToString("2.04");
      assertThat(gateway.accepted.getFirst().payload()).hasSize(30_000);
    } finally {
      Clients.close(honest);
    }
  }

  @Test
  void blocksToWhatTakesNoneAreAnsweredAtOnce() throws Exception {
    try (RawPeer attacker = new RawPeer(adapter.address())) {
      attacker.send(forged(1, true, "command", false));
      assertThat(RawPeer.code(attacker.receive())).isEqualTo("4.01");
      byte[] get = forged(2, true, "time", false);
      get[1] = 1;
      attacker.send(get);
      assertThat(RawPeer.code(attacker.receive())).isIn("2.05", "4.02", "4.05");
    }
  }

  @Test
  void fullListenerSaysWhenToComeAgain() throws Exception {
    try (RawPeer one = new RawPeer(adapter.address());
        RawPeer two = new RawPeer(adapter.address());
        RawPeer three = new RawPeer(adapter.address())) {
      for (RawPeer each : new RawPeer[] {one, two}) {
        each.send(RawPeer.block(1, BLOCK1, MORE_OF_16, SIXTEEN));
        assertThat(each.receive()[1]).isEqualTo((byte) 0x5F); // 2.31
      }
      three.send(RawPeer.block(1, BLOCK1, MORE_OF_16, SIXTEEN));
      byte[] answer = three.receive();
      assertThat(RawPeer.code(answer)).isEqualTo("5.03");
      assertThat(new String(answer, UTF_8)).contains("transfers are under way; try again in");
      one.send(RawPeer.block(2, BLOCK1, 0x10, "end"));
      assertThat(RawPeer.code(one.receive())).isEqualTo("2.04");
      three.send(RawPeer.block(2, BLOCK1, MORE_OF_16, SIXTEEN));
      assertThat(three.receive()[1]).isEqualTo((byte) 0x5F);
    }
    assertThat(gateway.accepted)
        .singleElement()
        .satisfies(uplink -> assertThat(uplink.payload()).hasSize(19));
  }
}
