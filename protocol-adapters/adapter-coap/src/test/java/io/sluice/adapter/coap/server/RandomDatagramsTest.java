package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.adapter.testkit.seeded.Mutator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random and damaged datagrams at the listener's socket: honest requests are answered in between
 * and afterwards, no thread ends, nobody gets in.
 */
@Tag(Fuzz.TAG)
@Tag("slow")
class RandomDatagramsTest {
  private static final int MAX_BYTES = 1_400;
  private static final int DATAGRAMS_A_RUN = 50;

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapSettings.onLoopback());
  private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();
  private final Thread.UncaughtExceptionHandler handlerBefore =
      Thread.getDefaultUncaughtExceptionHandler();
  private final Mutator mutator = new Mutator(requests(), words(), MAX_BYTES);
  private int honestId;

  @BeforeEach
  void start() throws Exception {
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
    gateway.keep = false;
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    Thread.setDefaultUncaughtExceptionHandler(handlerBefore);
    adapter.close();
    gateway.close();
  }

  @Test
  void noDatagramStopsTheServiceOrEndsAThread() throws Exception {
    honestRequestIsAnswered();
    Set<Thread> before = threads();
    Fuzz.of("CoAP datagrams", 150)
        .check(random -> {
          send(random);
          honestRequestIsAnswered();
          gateway.refused.clear();
        });
    honestRequestIsAnswered();
    assertThat(before).allMatch(Thread::isAlive);
    assertThat(uncaught).isEmpty();
  }

  private void send(SplittableRandom random) throws Exception {
    try (RawPeer peer = new RawPeer(adapter.address())) {
      for (int i = 0; i < DATAGRAMS_A_RUN; i++) {
        peer.send(mutator.next(random));
      }
    }
  }

  /** A datagram may be lost where those before it fill the socket's buffer: it is sent again. */
  private void honestRequestIsAnswered() throws Exception {
    honestId = (honestId + 1) & 0xffff;
    byte[] request = RawPeer.post(honestId, "1");
    try (RawPeer good = new RawPeer(adapter.address())) {
      await()
          .until(() -> {
            good.send(request);
            byte[] answer = good.receive(500);
            return answer != null && RawPeer.code(answer).equals("2.04");
          });
    }
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.getName().startsWith("fuzz-"))
        .filter(thread -> thread.getName().toLowerCase(java.util.Locale.ROOT).contains("coap"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static List<byte[]> requests() {
    List<byte[]> requests = new ArrayList<>();
    requests.add(RawPeer.post(1, "{\"a\":1}"));
    requests.add(RawPeer.get("command", "d=raw-1", "k=secret", 2, true));
    requests.add(RawPeer.get(".well-known", "d=raw-1", "k=secret", 3, false));
    requests.add(RawPeer.block(4, 27, 0x08, "0123456789abcdef"));
    requests.add(RawPeer.block(4, 27, 0x16, "0123456789abcdef"));
    requests.add(RawPeer.block(4, 23, 0x06, ""));
    requests.add(HexFormat.of().parseHex("40000001")); // ping
    requests.add(HexFormat.of().parseHex("60000002")); // acknowledgement
    requests.add(HexFormat.of().parseHex("70000003")); // reset
    return requests;
  }

  private static List<byte[]> words() {
    return List.of(
        "telemetry".getBytes(UTF_8),
        "command".getBytes(UTF_8),
        "d=raw-1".getBytes(UTF_8),
        "k=".getBytes(UTF_8),
        new byte[] {(byte) 0xff},
        new byte[] {(byte) 0xf0},
        new byte[] {0x0f},
        new byte[] {(byte) 0xdd, (byte) 0xff, (byte) 0xff},
        new byte[] {(byte) 0xee, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff},
        new byte[] {0x48, 2},
        new byte[] {0x50, 1},
        new byte[] {(byte) 0x9f},
        new byte[0x10]);
  }
}
