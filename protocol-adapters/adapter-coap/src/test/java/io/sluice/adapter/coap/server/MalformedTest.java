package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reactions that RFC 7252 names, seen in bare datagrams. */
@Tag("slow")
class MalformedTest {
  private static final int SILENCE_MILLIS = 300;

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

  private void expectService() throws Exception {
    try (RawPeer good = new RawPeer(adapter.address())) {
      good.send(RawPeer.post(77, "1"));
      assertThat(RawPeer.code(good.receive())).isEqualTo("2.04");
    }
  }

  @Test
  void emptyConfirmableIsAnsweredReset() throws Exception {
    peer.send(new byte[] {0x40, 0, 0x12, 0x34});
    assertThat(peer.receive()).containsExactly(0x70, 0, 0x12, 0x34);
  }

  @Test
  void unknownVersionIsIgnored() throws Exception {
    byte[] message = RawPeer.post(1, "1");
    message[0] = (byte) ((message[0] & 0x3f) | 0x80);
    peer.send(message);
    assertThat(peer.receive(SILENCE_MILLIS)).isNull();
    await().until(() -> gateway.refused.contains(RejectReason.PROTOCOL_ERROR));
    expectService();
  }

  @Test
  void reservedTokenLengthIsRejectedWithReset() throws Exception {
    byte[] message = RawPeer.post(2, "1");
    message[0] = (byte) ((message[0] & 0xf0) | 9);
    peer.send(message);
    byte[] answer = peer.receive();
    assertThat(RawPeer.type(answer)).isEqualTo("RST");
    assertThat(RawPeer.messageId(answer)).isEqualTo(2);
    expectService();
  }

  @Test
  void truncatedOptionAndMarkerWithoutPayloadAreRefused() throws Exception {
    byte[] whole = RawPeer.post(3, "1");
    peer.send(Arrays.copyOf(whole, 10));
    assertThat(RawPeer.type(peer.receive())).isIn("RST", "ACK");
    whole = RawPeer.post(4, "");
    peer.send(whole);
    assertThat(RawPeer.type(peer.receive())).isIn("RST", "ACK");
    assertThat(gateway.accepted).isEmpty();
    await().until(() -> gateway.refused.size() == 2);
    expectService();
  }

  @Test
  void unknownCriticalOptionIsAnsweredBadOptionAndElectiveIsIgnored() throws Exception {
    peer.send(withOption(5, 41));
    byte[] answer = peer.receive();
    assertThat(RawPeer.code(answer)).isEqualTo("4.02");
    assertThat(gateway.accepted).isEmpty();
    peer.send(withOption(6, 42));
    assertThat(RawPeer.code(peer.receive())).isEqualTo("2.04");
  }

  private static byte[] withOption(int messageId, int number) {
    ByteArrayOutputStream out = RawPeer.header(2, messageId);
    int last = RawPeer.option(out, 0, 11, "telemetry".getBytes(UTF_8));
    last = RawPeer.option(out, last, 15, "d=raw-1".getBytes(UTF_8));
    last = RawPeer.option(out, last, 15, "k=secret".getBytes(UTF_8));
    RawPeer.option(out, last, number, new byte[] {1});
    return out.toByteArray();
  }

  @Test
  void unknownMethodIsAnsweredMethodNotAllowed() throws Exception {
    ByteArrayOutputStream out = RawPeer.header(30, 9);
    RawPeer.option(out, 0, 11, "telemetry".getBytes(UTF_8));
    peer.send(out.toByteArray());
    assertThat(RawPeer.code(peer.receive())).isEqualTo("4.05");
    expectService();
  }

  @Test
  void duplicateIsAcceptedOnceAndAnsweredAlike() throws Exception {
    peer.send(RawPeer.post(8, "1"));
    byte[] first = peer.receive();
    peer.send(RawPeer.post(8, "1"));
    assertThat(peer.receive()).isEqualTo(first);
    assertThat(gateway.accepted).hasSize(1);
  }

  @Test
  void laterBlockWithoutTheFirstIsAnsweredIncomplete() throws Exception {
    ByteArrayOutputStream out = RawPeer.header(2, 10);
    int last = RawPeer.option(out, 0, 11, "telemetry".getBytes(UTF_8));
    last = RawPeer.option(out, last, 15, "d=raw-1".getBytes(UTF_8));
    last = RawPeer.option(out, last, 15, "k=secret".getBytes(UTF_8));
    // Block1: number 5, more to come, 16 bytes
    RawPeer.option(out, last, 27, new byte[] {(5 << 4) | 8});
    out.write(0xff);
    out.writeBytes(new byte[16]);
    peer.send(out.toByteArray());
    assertThat(RawPeer.code(peer.receive())).isEqualTo("4.08");
    await().until(() -> gateway.refused.contains(RejectReason.PROTOCOL_ERROR));
  }

  @Test
  void blockThatIsLongerThanItsOptionSaysIsAnsweredBadRequest() throws Exception {
    peer.send(RawPeer.block(11, 27, 0x08, "0123456789abcdef0")); // Block1: 16 bytes, more to come
    assertThat(RawPeer.code(peer.receive())).isEqualTo("4.00");
    await().until(() -> gateway.refused.contains(RejectReason.PROTOCOL_ERROR));
    expectService();
  }

  @Test
  void diagnosticLongerThanTheBlocksAskedForIsAnswered() throws Exception {
    gateway.verdict =
        uplink ->
            new Receipt.Rejected(RejectReason.PAYLOAD_INVALID, "the whole sentence is long", false);
    peer.send(RawPeer.block(12, 23, 0x00, "1")); // Block2: 16 bytes
    byte[] answer = peer.receive();
    assertThat(RawPeer.code(answer)).isEqualTo("4.00");
    assertThat(new String(answer, UTF_8)).contains("the whole");
    byte[] wrongToken = RawPeer.block(13, 23, 0x00, "1");
    wrongToken[30] ^= 1; // in d=raw-1&k=secret
    peer.send(wrongToken);
    assertThat(RawPeer.code(peer.receive())).isEqualTo("4.01");
  }
}
