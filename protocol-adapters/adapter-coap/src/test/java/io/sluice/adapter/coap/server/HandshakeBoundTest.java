package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.api.Limit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What peers cost that begin a DTLS handshake and do not end it. */
class HandshakeBoundTest {
  private static final int MAX_HANDSHAKES = 3;
  private static final byte[] KEY = "sixteen bytes!!!".getBytes(UTF_8);

  private final Random random = new Random(31);
  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter =
      new CoapAdapter(
          new CoapsSettings(
              "127.0.0.1",
              0,
              CoapsSettings.Psk.REGISTRY,
              null,
              false,
              1000,
              Duration.ofMinutes(30),
              6,
              MAX_HANDSHAKES,
              CoapOptions.DEFAULTS));

  @BeforeEach
  void start() throws IOException {
    gateway.pskKeys.put("d1", KEY);
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private long kept() throws Exception {
    LongAdder counter = new LongAdder();
    adapter.dtls().count(counter);
    return counter.sum();
  }

  @Test
  void helloWithoutTheRightCookieIsForgotten() throws Exception {
    try (RawPeer peer = new RawPeer(adapter.address())) {
      for (byte[] cookie : List.of(new byte[0], bytes(32), bytes(1))) {
        byte[] hello = RawHello.clientHello(bytes(32), cookie, 0);
        peer.send(hello);
        byte[] answer = peer.receive();
        assertThat(RawHello.messageType(answer)).isEqualTo(RawHello.HELLO_VERIFY_REQUEST);
        assertThat(answer.length).as("no amplification").isLessThanOrEqualTo(hello.length);
      }
    }
    assertThat(adapter.dtls().handshakesUnderWay()).isZero();
    assertThat(kept()).isZero();
  }

  @Test
  void handshakesThatAreNotEndedLeaveNoRoomForMoreUntilTheyFail() throws Exception {
    List<RawPeer> halfOpen = new ArrayList<>();
    CoapClient honest = null;
    try {
      for (int i = 0; i < MAX_HANDSHAKES; i++) {
        RawPeer peer = new RawPeer(adapter.address());
        halfOpen.add(peer);
        byte[] clientRandom = bytes(32);
        peer.send(RawHello.clientHello(clientRandom, new byte[0], 0));
        byte[] cookie = RawHello.cookie(peer.receive());
        peer.send(RawHello.clientHello(clientRandom, cookie, 1));
        assertThat(RawHello.messageType(peer.receive())).isEqualTo(RawHello.SERVER_HELLO);
      }
      assertThat(adapter.dtls().handshakesUnderWay()).isEqualTo(MAX_HANDSHAKES);
      try (RawPeer late = new RawPeer(adapter.address())) {
        late.send(RawHello.clientHello(bytes(32), new byte[0], 0));
        await().until(() -> gateway.limited.contains(Limit.HANDSHAKES));
        assertThat(late.receive(100)).isNull();
      }
      halfOpen.getFirst().send(RawHello.alert(2));
      await().until(() -> adapter.dtls().handshakesUnderWay() < MAX_HANDSHAKES);
      honest = DtlsClients.psk(adapter.address(), "d1", KEY);
      assertThat(honest.post("{}", 50).getCode()).isEqualTo(ResponseCode.CHANGED);
      assertThat(adapter.connections()).isEqualTo(1);
    } finally {
      halfOpen.forEach(RawPeer::close);
      if (honest != null) {
        Clients.close(honest);
      }
    }
  }
}
