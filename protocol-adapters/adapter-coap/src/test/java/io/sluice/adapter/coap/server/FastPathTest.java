package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.coap.settings.FastPath;
import io.sluice.api.DeviceId;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.config.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Plain uplinks as datagrams. An elective option that nobody knows (number {@value #ELECTIVE})
 * makes the same request one for Californium.
 */
@Tag("slow")
class FastPathTest {
  private static final int ELECTIVE = 42;

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

  private byte[] answered(byte[] request) throws Exception {
    peer.send(request);
    return peer.receive();
  }

  @Test
  void changedIsFourBytesAndTheToken() throws Exception {
    byte[] request = RawPeer.post(0xFEDC, "1");
    assertThat(answered(request)).containsExactly(0x61, 0x44, 0xFE, 0xDC, 0x55);
  }

  @Test
  void duplicateWhileTheFirstIsInHandIsStoredOnce() throws Exception {
    CompletableFuture<Void> disk = new CompletableFuture<>();
    answered(RawPeer.post(1, "1"));
    gateway.blockWriter(disk);
    for (int i = 0; i < 3; i++) {
      peer.send(RawPeer.post(2, "2"));
    }
    peer.send(RawPeer.post(3, "3"));
    await().until(() -> gateway.accepted.size() == 3);
    disk.complete(null);
    assertThat(RawPeer.messageId(peer.next())).isEqualTo(2);
    assertThat(gateway.accepted)
        .extracting(uplink -> new String(uplink.payload(), UTF_8))
        .containsExactly("1", "2", "3");
  }

  @Test
  void duplicateOfARefusedOneGetsTheSameBytesAndIsNotJudgedAgain() throws Exception {
    gateway.verdict = _ -> new Receipt.Rejected(RejectReason.PAYLOAD_INVALID, "no: ü", true);
    byte[] refused = answered(RawPeer.post(1, "1"));
    gateway.verdict = gateway::stored;
    assertThat(answered(RawPeer.post(1, "1"))).isEqualTo(refused);
    byte[] wrong = RawPeer.post(2, "1");
    wrong[wrong.length - 3] ^= 1; // the token's last letter
    byte[] unknown = answered(wrong);
    assertThat(RawPeer.code(unknown)).isEqualTo("4.01");
    int admissions = gateway.admissions.get();
    assertThat(answered(wrong)).isEqualTo(unknown);
    assertThat(gateway.admissions).hasValue(admissions);
  }

  @Test
  void nonConfirmableIsStoredOnceAndAnsweredWithIdsOfOurOwn() throws Exception {
    byte[] request = RawPeer.post(1, "1");
    request[0] = 0x51;
    byte[] first = answered(request);
    assertThat(RawPeer.type(first)).isEqualTo("NON");
    assertThat(RawPeer.code(first)).isEqualTo("2.04");
    assertThat(answered(request)).isEqualTo(first);
    assertThat(gateway.accepted).hasSize(1);
    request[3] = 2;
    assertThat(RawPeer.messageId(answered(request))).isNotEqualTo(RawPeer.messageId(first));
  }

  @Test
  void messageIdThatARestartedDeviceUsesAgainIsNoDuplicate() throws Exception {
    assertThat(RawPeer.code(answered(RawPeer.post(1, "before")))).isEqualTo("2.04");
    assertThat(RawPeer.code(answered(RawPeer.post(1, "after")))).isEqualTo("2.04");
    assertThat(gateway.accepted)
        .extracting(uplink -> new String(uplink.payload(), UTF_8))
        .containsExactly("before", "after");
  }

  @Test
  void lateAnswerIsSeparateAndADuplicateIsAcknowledgedMeanwhile() throws Exception {
    CompletableFuture<Void> disk = new CompletableFuture<>();
    answered(RawPeer.post(1, "1"));
    gateway.blockWriter(disk);
    peer.send(RawPeer.post(2, "2"));
    byte[] empty = peer.next();
    assertThat(empty).containsExactly(0x60, 0, 0, 2);
    peer.send(RawPeer.post(2, "2"));
    assertThat(peer.next()).isEqualTo(empty);
    disk.complete(null);
    byte[] separate = peer.next();
    assertThat(RawPeer.type(separate)).isEqualTo("CON");
    assertThat(RawPeer.code(separate)).isEqualTo("2.04");
    assertThat(separate[4]).as("the token").isEqualTo((byte) 0x55);
    byte[] again = peer.next();
    assertThat(again).as("until it is acknowledged").isEqualTo(separate);
    peer.send(new byte[] {0x60, 0, separate[2], separate[3]});
    assertThat(gateway.accepted).hasSize(2);
  }

  @Test
  void receiptThatOvertakesTheHandoverIsTheOnlyAnswer() throws Exception {
    adapter.close();
    CoapAdapter narrow =
        new CoapAdapter(new CoapSettings("127.0.0.1", 0, FastPath.ON, withThreads(1)));
    CompletableFuture<Void> protocolThread = new CompletableFuture<>();
    CompletableFuture<Void> disk = new CompletableFuture<>();
    narrow.start(gateway);
    try (RawPeer device = new RawPeer(narrow.address())) {
      device.send(RawPeer.post(1, "1"));
      device.receive();
      gateway.clock =
          () -> {
            if (Thread.currentThread().getName().matches("coap-[0-9]+")) {
              protocolThread.join();
            }
            return Instant.now();
          };
      device.send(RawPeer.post(2, ELECTIVE, new byte[] {1}, "2")); // holds the protocol thread
      gateway.blockWriter(disk);
      device.send(RawPeer.post(3, "3"));
      assertThat(device.receive(1_500)).as("nobody is there to acknowledge it").isNull();
      disk.complete(null);
      assertThat(device.next()).containsExactly(0x61, 0x44, 0, 3, 0x55);
      protocolThread.complete(null);
      List<String> codes = new ArrayList<>();
      for (byte[] next = device.next(); next != null; next = device.receive(500)) {
        codes.add(RawPeer.code(next));
      }
      assertThat(codes).containsOnly("2.04");
      assertThat(gateway.refused).isEmpty();
      assertThat(gateway.accepted).hasSize(3);
    } finally {
      protocolThread.complete(null);
      disk.complete(null);
      narrow.close();
    }
  }

  private static CoapOptions withThreads(int threads) {
    CoapOptions base = CoapOptions.DEFAULTS;
    return new CoapOptions(
        base.maxPayload(),
        base.blockSize(),
        base.maxTransfers(),
        new Bytes(1 << 20),
        threads,
        base.maxExchanges(),
        base.maxRemembered(),
        base.maxRememberedPerPeer(),
        Duration.ofSeconds(247),
        base.maxObservers(),
        base.admissionCache());
  }

  /** A NON is not sent again by anybody. */
  @Test
  void whatTheGatewayGetsReadyForIsOfferedAgainByBothWaysIn() throws Exception {
    CompletableFuture<Void> vendors = new CompletableFuture<>();
    gateway.verdict =
        uplink -> vendors.isDone() ? gateway.stored(uplink) : new Receipt.Busy(20, vendors);
    byte[] non = RawPeer.post(1, "1");
    non[0] |= 0x10;
    peer.send(non);
    peer.send(RawPeer.post(2, "2"));
    peer.send(RawPeer.post(3, ELECTIVE, new byte[] {1}, "3"));
    await().until(() -> gateway.accepted.size() == 3);
    vendors.complete(null);
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      codes.add(RawPeer.code(peer.receive()));
    }
    assertThat(codes).containsOnly("2.04");
    assertThat(gateway.accepted).hasSize(6);
  }

  @Test
  void bothWaysInAnswerAlike() throws Exception {
    List<Function<Uplink, Receipt>> verdicts =
        List.of(
            gateway::stored,
            _ -> new Receipt.Rejected(RejectReason.PAYLOAD_INVALID, "byte 3: ü", true),
            _ -> new Receipt.Rejected(RejectReason.NOT_AUTHORIZED, "x".repeat(900), true),
            _ -> new Receipt.Rejected(RejectReason.NOT_AUTHORIZED, "ü".repeat(900), true),
            _ -> new Receipt.Rejected(RejectReason.UNMAPPED_TOPIC, "", true),
            _ -> new Receipt.Rejected(RejectReason.TOO_LARGE, "too large", true),
            _ -> new Receipt.Limited(Limit.MESSAGE_RATE_PER_DEVICE, "slow down", 1500),
            _ -> new Receipt.Busy(2500));
    int id = 100;
    for (Function<Uplink, Receipt> verdict : verdicts) {
      gateway.verdict = verdict;
      bothAlike(id++, RawPeer.post(0, ELECTIVE, new byte[] {1}, "{}"));
    }
    gateway.verdict = gateway::stored;
    bothAlike(id, with(RawPeer.post(0, ELECTIVE, new byte[] {1}, "{}"), "k=wrong!"));
  }

  /** Sends it with the elective option and without, and compares all but the Message ID. */
  private void bothAlike(int messageId, byte[] withOption) throws Exception {
    byte[] ordinary = withOption.clone();
    ordinary[2] = (byte) 0x77;
    ordinary[3] = (byte) messageId;
    byte[] plain = withoutElective(withOption);
    plain[3] = (byte) messageId;
    byte[] one = answered(ordinary);
    byte[] other = answered(plain);
    one[2] = other[2];
    assertThat(other).isEqualTo(one);
  }

  private static byte[] with(byte[] request, String token) {
    byte[] changed = request.clone();
    String text = new String(request, ISO_8859_1);
    int at = text.indexOf("k=secret");
    System.arraycopy(token.getBytes(UTF_8), 0, changed, at, token.length());
    return changed;
  }

  /** Removes the option's three bytes: 0xD1, the delta, one byte of value. */
  private static byte[] withoutElective(byte[] request) {
    for (int i = 0; i < request.length - 3; i++) {
      if (request[i] == (byte) 0xD1 && request[i + 1] == ELECTIVE - 15 - 13) {
        byte[] without = Arrays.copyOf(request, request.length - 3);
        System.arraycopy(request, i + 3, without, i, request.length - i - 3);
        return without;
      }
    }
    throw new AssertionError("no such option");
  }

  @Test
  void sameMessageIdOnBothWaysIsTwoMessages() throws Exception {
    byte[] ordinary = RawPeer.post(5, ELECTIVE, new byte[] {1}, "1");
    byte[] plain = RawPeer.post(5, "1");
    byte[] one = answered(ordinary);
    byte[] other = answered(plain);
    assertThat(answered(ordinary)).isEqualTo(one);
    assertThat(answered(plain)).isEqualTo(other);
    assertThat(gateway.accepted).hasSize(2);
  }

  @Test
  void revokedDeviceIsCheckedAgainAtOnce() throws Exception {
    answered(RawPeer.post(1, "1"));
    answered(RawPeer.post(2, "1"));
    assertThat(gateway.admissions).hasValue(1);
    gateway.revoke("raw-1");
    answered(RawPeer.post(3, "1"));
    assertThat(gateway.admissions).hasValue(2);
  }

  @Test
  void otherCredentialsOfTheSameAddressAreCheckedForThemselves() throws Exception {
    for (int id = 1; id <= 3; id++) {
      assertThat(RawPeer.code(answered(RawPeer.post(id, "1")))).isEqualTo("2.04");
    }
    assertThat(gateway.admissions).hasValue(1);
    assertThat(RawPeer.code(answered(RawPeer.post(4, "raw-2", "secret", "1")))).isEqualTo("2.04");
    assertThat(RawPeer.code(answered(RawPeer.post(5, "raw-1", "wrong", "1")))).isEqualTo("4.01");
    assertThat(RawPeer.code(answered(RawPeer.post(6, "raw-2", "wrong", "1")))).isEqualTo("4.01");
    assertThat(gateway.admissions).hasValue(4);
    assertThat(RawPeer.code(answered(RawPeer.post(7, "1")))).isEqualTo("2.04");
    assertThat(gateway.admissions).hasValue(4);
    assertThat(gateway.accepted)
        .extracting(uplink -> uplink.device().value())
        .containsExactly("raw-1", "raw-1", "raw-1", "raw-2", "raw-1");
  }

  @Test
  void revokedDeviceThatSentAgainAndAgainIsCheckedAgainAtOnce() throws Exception {
    for (int id = 1; id <= 5; id++) {
      answered(RawPeer.post(id, "1"));
    }
    gateway.revoke("raw-1");
    answered(RawPeer.post(6, "1"));
    answered(RawPeer.post(7, "1"));
    assertThat(gateway.admissions).hasValue(2);
    assertThat(gateway.seen).contains(new DeviceId("raw-1"));
  }

  @Test
  void datagramOf60KilobytesIsTakenWhole() throws Exception {
    String payload = "x".repeat(60_000);
    assertThat(RawPeer.code(answered(RawPeer.post(1, payload)))).isEqualTo("2.04");
    assertThat(gateway.accepted.getFirst().payload()).hasSize(60_000);
  }

  @Test
  void severalSocketsShareThePortAndADuplicateComesToTheSame() throws Exception {
    CoapOptions eight = withThreads(8);
    CoapAdapter wide = new CoapAdapter(new CoapSettings("127.0.0.1", 0, FastPath.ON, eight));
    wide.start(gateway);
    try {
      for (int i = 0; i < 32; i++) {
        try (RawPeer one = new RawPeer(wide.address())) {
          one.send(RawPeer.post(i, "1"));
          byte[] first = one.receive();
          one.send(RawPeer.post(i, "1"));
          assertThat(one.receive()).isEqualTo(first);
        }
      }
      assertThat(gateway.accepted).hasSize(32);
      CoapAdapter second =
          new CoapAdapter(
              new CoapSettings("127.0.0.1", wide.address().getPort(), FastPath.ON, eight));
      assertThatThrownBy(() -> second.start(gateway)).hasMessageContaining("listeners.coap.port");
    } finally {
      wide.close();
    }
  }
}
