package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.command.CommandObservation;
import io.sluice.adapter.coap.command.CommandTransfers;
import io.sluice.adapter.coap.command.ObserveNumbers;
import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Drain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands to an observer that speaks bare datagrams. */
@Tag("slow")
class ObservationTest {
  private static final DeviceId DEVICE = new DeviceId("raw-1");
  private static final int OBSERVE = 6;
  private static final int PATH = 11;
  private static final int LOCATION_PATH = 8;
  private static final int MAX_AGE = 14;
  private static final int QUERY = 15;
  private static final int ACCEPT = 17;
  private static final int LOCATION_QUERY = 20;
  private static final int BLOCK2 = 23;
  private static final int NO_RESPONSE = 258;

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapSettings.onLoopback());
  private final List<RawPeer> peers = new ArrayList<>();
  private int messageId = 100;

  @BeforeEach
  void start() throws IOException {
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    peers.forEach(RawPeer::close);
    adapter.close();
    gateway.close();
  }

  private RawPeer peer() throws IOException {
    RawPeer opened = new RawPeer(adapter.address());
    peers.add(opened);
    return opened;
  }

  private static Command command(String id, int bytes) {
    byte[] payload = new byte[bytes];
    Arrays.fill(payload, (byte) id.charAt(0));
    return new Command(id, DEVICE, "open", ContentType.JSON, payload, 1_000, Long.MAX_VALUE);
  }

  /** Confirmable GET /command with good credentials; negative: the option is left out. */
  private byte[] get(int observe, int accept, int block2, int noResponse, String... queries) {
    ByteArrayOutputStream out = RawPeer.header(1, ++messageId);
    int last = 0;
    if (observe >= 0) {
      last = RawPeer.option(out, last, OBSERVE, new byte[] {(byte) observe});
    }
    last = RawPeer.option(out, last, PATH, "command".getBytes(UTF_8));
    last = RawPeer.option(out, last, QUERY, "d=raw-1".getBytes(UTF_8));
    last = RawPeer.option(out, last, QUERY, "k=secret".getBytes(UTF_8));
    for (String query : queries) {
      last = RawPeer.option(out, last, QUERY, query.getBytes(UTF_8));
    }
    if (accept >= 0) {
      last = RawPeer.option(out, last, ACCEPT, new byte[] {(byte) accept});
    }
    if (block2 >= 0) {
      last = RawPeer.option(out, last, BLOCK2, new byte[] {(byte) (block2 >> 8), (byte) block2});
    }
    if (noResponse >= 0) {
      RawPeer.option(out, last, NO_RESPONSE, new byte[] {(byte) noResponse});
    }
    return out.toByteArray();
  }

  private byte[] observe(RawPeer device, int block2, String... queries) throws IOException {
    device.send(get(0, -1, block2, -1, queries));
    byte[] answer = device.receive();
    assertThat(RawPeer.code(answer)).isEqualTo("2.05");
    await().until(() -> gateway.links.containsKey(DEVICE));
    return answer;
  }

  private static void acknowledge(RawPeer device, byte[] notification) throws IOException {
    assertThat(RawPeer.type(notification)).isEqualTo("CON");
    device.send(new byte[] {0x60, 0, notification[2], notification[3]});
  }

  /** Option number → value of the last with that number; -1: the payload. */
  private static NavigableMap<Integer, byte[]> options(byte[] message) {
    NavigableMap<Integer, byte[]> found = new TreeMap<>();
    int at = 4 + (message[0] & 15);
    int number = 0;
    while (at < message.length && message[at] != (byte) 0xff) {
      int delta = (message[at] >> 4) & 15;
      int length = message[at++] & 15;
      if (delta == 13) {
        delta += message[at++] & 0xff;
      }
      if (length == 13) {
        length += message[at++] & 0xff;
      }
      number += delta;
      found.put(number, Arrays.copyOfRange(message, at, at + length));
      at += length;
    }
    found.put(
        -1,
        at < message.length ? Arrays.copyOfRange(message, at + 1, message.length) : new byte[0]);
    return found;
  }

  private static List<String> locations(byte[] message) {
    List<String> paths = new ArrayList<>();
    int at = 4 + (message[0] & 15);
    int number = 0;
    while (at < message.length && message[at] != (byte) 0xff) {
      int delta = (message[at] >> 4) & 15;
      int length = message[at++] & 15;
      delta += delta == 13 ? message[at++] & 0xff : 0;
      length += length == 13 ? message[at++] & 0xff : 0;
      number += delta;
      if (number == LOCATION_PATH) {
        paths.add(new String(message, at, length, UTF_8));
      }
      at += length;
    }
    return paths;
  }

  /** A concentrator that has asked for them; without that they would be taken for its own. */
  @Test
  void commandsForChildrenComeToWhoAsksForThemAndSayForWhom() throws Exception {
    RawPeer device = peer();
    observe(device, -1);
    assertThat(gateway.links.get(DEVICE).takesForChildren()).isFalse();
    RawPeer concentrator = peer();
    observe(concentrator, -1, "children");
    await().until(() -> gateway.links.get(DEVICE).takesForChildren());
    Command command =
        new Command(
            "c1",
            new DeviceId("lamp-7"),
            "open",
            ContentType.JSON,
            new byte[1_500],
            1_000,
            Long.MAX_VALUE);
    assertThat(gateway.links.get(DEVICE).send(command)).isTrue();
    byte[] first = concentrator.receive();
    assertThat(locations(first)).containsExactly("command", "lamp-7", "open");
    acknowledge(concentrator, first);
    concentrator.send(get(-1, -1, 1 << 4 | 6, -1));
    assertThat(locations(concentrator.receive())).containsExactly("command", "lamp-7", "open");
    await().until(() -> gateway.links.get(DEVICE).send(command("2", 10)));
    assertThat(locations(concentrator.receive())).containsExactly("command", "open");
  }

  private static int number(byte[] message) {
    int value = 0;
    for (byte each : options(message).get(OBSERVE)) {
      value = (value << 8) | (each & 0xff);
    }
    return value;
  }

  private static String payload(byte[] message) {
    return new String(options(message).get(-1), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void commandInSmallBlocksIsAcknowledgedWithItsLastBlockAndTheNextComesThen(int szx)
      throws Exception {
    int size = 16 << szx;
    RawPeer device = peer();
    observe(device, szx);
    gateway.submit(command("a", 3 * size + 1));
    gateway.submit(command("b", 1));
    byte[] first = device.receive();
    assertThat(payload(first)).isEqualTo("a".repeat(size));
    assertThat(options(first).get(BLOCK2)).containsExactly(8 | szx);
    acknowledge(device, first);
    for (int block = 1; block <= 3; block++) {
      assertThat(gateway.acknowledged).as("before block " + block).isEmpty();
      device.send(get(-1, -1, block << 4 | szx, -1));
      byte[] next = device.receive();
      assertThat(RawPeer.code(next)).isEqualTo("2.05");
      assertThat(payload(next)).isEqualTo("a".repeat(block == 3 ? 1 : size));
      assertThat(options(next).get(4)).as("ETag").isEqualTo(options(first).get(4));
    }
    await().until(() -> gateway.acknowledged.contains("a"));
    byte[] second = device.receive();
    assertThat(payload(second)).isEqualTo("b");
    assertThat(gateway.acknowledged).containsExactly("a");
    acknowledge(device, second);
    await().until(() -> gateway.acknowledged.contains("b"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5})
  void commandWhoseBlocksAreNotFetchedComesAgain(int szx) throws Exception {
    RawPeer device = peer();
    observe(device, szx);
    gateway.submit(command("a", 1200));
    byte[] notification = device.receive();
    for (int i = 1; i <= CommandObservation.MAX_NOTIFICATIONS; i++) {
      assertThat(payload(notification)).isEqualTo("a".repeat(16 << szx));
      acknowledge(device, notification);
      device.send(get(-1, -1, 1 << 4 | szx, -1)); // and its answer is lost
      assertThat(RawPeer.code(device.receive())).isEqualTo("2.05");
      adapter.commands().sweep(System.nanoTime() + TimeUnit.SECONDS.toNanos(50));
      if (i < CommandObservation.MAX_NOTIFICATIONS) {
        notification = afterAMinute(device);
      }
    }
    await()
        .until(() -> {
          sweepInAMinute();
          return gateway.returned.contains("a");
        });
    assertThat(gateway.acknowledged).isEmpty();
    // the command is given back before the link ends; the device does not take it
    await().until(() -> gateway.links.isEmpty());
  }

  private void sweepInAMinute() {
    long idle = TimeUnit.SECONDS.toNanos(CommandTransfers.IDLE_SECONDS + 1);
    adapter.commands().sweep(System.nanoTime() + idle);
  }

  private byte[] afterAMinute(RawPeer device) {
    byte[][] received = new byte[1][];
    await()
        .until(() -> {
          sweepInAMinute(); // of no effect before the ACK has been read
          // long: a second sweep would end the transfer whose notification is still on its way
          received[0] = device.receive(1_000);
          return received[0] != null;
        });
    return received[0];
  }

  @Test
  void blockBehindTheEndIsRefused() throws Exception {
    RawPeer device = peer();
    gateway.submit(command("a", 100));
    device.send(get(-1, -1, 2, -1));
    assertThat(RawPeer.code(device.receive())).isEqualTo("2.05");
    device.send(get(-1, -1, 50 << 4 | 2, -1));
    assertThat(RawPeer.code(device.receive())).isEqualTo("4.02");
    device.send(get(-1, -1, 1 << 4 | 2, -1));
    assertThat(payload(device.receive())).isEqualTo("a".repeat(36));
  }

  @Test
  void blocksOfAnotherEndpointAreRefused() throws Exception {
    RawPeer device = peer();
    gateway.submit(command("a", 100));
    device.send(get(-1, -1, 2, -1));
    assertThat(RawPeer.code(device.receive())).isEqualTo("2.05");
    RawPeer other = peer();
    other.send(get(-1, -1, 1 << 4 | 2, -1));
    assertThat(RawPeer.code(other.receive())).isEqualTo("4.08");
  }

  @Test
  void numbersRiseOverRegistrationsAndRestarts() throws Exception {
    // they are milliseconds, cut to 24 bits: a true clock would begin anew each 4.7 hours
    long now = 1_795_802_400_000L;
    gateway.clock = () -> Instant.ofEpochMilli(now);
    RawPeer device = peer();
    List<Integer> numbers = new ArrayList<>();
    numbers.add(number(observe(device, -1)));
    gateway.submit(command("a", 1));
    byte[] notification = device.receive();
    numbers.add(number(notification));
    acknowledge(device, notification);
    await().until(() -> gateway.acknowledged.contains("a"));
    numbers.add(number(observe(device, -1)));
    numbers.add(number(observe(device, -1)));
    assertThat(numbers).isSorted().doesNotHaveDuplicates();
    assertThat(numbers.getFirst()).isBetween((int) (now & 0xff_ffff), (int) (now & 0xff_ffff) + 9);
  }

  @Test
  void numbersAreUniqueWithinAMillisecondAndWrap() {
    ObserveNumbers numbers = new ObserveNumbers(() -> Instant.ofEpochMilli(0xff_fffeL));
    assertThat(IntStream.range(0, 4).map(i -> numbers.next()))
        .containsExactly(0xff_fffe, 0xff_ffff, 0, 1);
  }

  @Test
  void registrationThatWantsNoResponseIsAcknowledgedAndObservesNothing() throws Exception {
    RawPeer device = peer();
    byte[] request = get(0, -1, -1, 2);
    device.send(request);
    assertThat(device.next()).containsExactly(0x60, 0, request[2], request[3]);
    gateway.submit(command("a", 1));
    assertThat(gateway.links).isEmpty();
    assertThat(gateway.queued()).isEqualTo(1);
  }

  @Test
  void registrationThatWantsNoErrorsObserves() throws Exception {
    RawPeer device = peer();
    device.send(get(0, -1, -1, 24));
    assertThat(RawPeer.code(device.receive())).isEqualTo("2.05");
    gateway.submit(command("a", 1));
    assertThat(payload(device.receive())).isEqualTo("a");
  }

  @Test
  void pollThatWantsNoResponseTakesNoCommand() throws Exception {
    RawPeer device = peer();
    gateway.submit(command("a", 1));
    byte[] request = get(-1, -1, -1, 26);
    device.send(request);
    assertThat(device.next()).containsExactly(0x60, 0, request[2], request[3]);
    device.send(get(-1, -1, -1, -1));
    assertThat(payload(device.receive())).isEqualTo("a");
  }

  @Test
  void commandOfAnotherFormatThanTheObserverAcceptsEndsTheObservation() throws Exception {
    RawPeer device = peer();
    device.send(get(0, 60, -1, -1));
    assertThat(RawPeer.code(device.receive())).isEqualTo("2.05");
    await().until(() -> gateway.links.containsKey(DEVICE));
    gateway.submit(command("a", 1));
    byte[] end = device.receive();
    assertThat(RawPeer.code(end)).isEqualTo("4.06");
    assertThat(payload(end)).contains("content format 50");
    acknowledge(device, end);
    await().until(() -> gateway.returned.contains("a"));
    await().until(() -> gateway.links.isEmpty()); // behind it
    device.send(get(0, 50, -1, -1));
    assertThat(RawPeer.code(device.receive())).isEqualTo("2.05");
    assertThat(payload(device.receive())).isEqualTo("a");
  }

  @Test
  void acknowledgementJustBeforeTheEndOfTheObservationCounts() throws Exception {
    for (int i = 0; i < 30; i++) {
      String id = (char) ('a' + i % 26) + "-" + i;
      RawPeer device = peer();
      observe(device, -1);
      gateway.submit(command(id, 1));
      byte[] notification = device.receive();
      acknowledge(device, notification);
      device.send(get(1, -1, -1, -1));
      assertThat(RawPeer.code(device.receive())).isEqualTo("2.05");
      await().until(() -> gateway.links.isEmpty());
      await().until(() -> gateway.acknowledged.contains(id));
      assertThat(gateway.returned).isEmpty();
    }
  }

  @Test
  void pollFromAnotherAddressGetsWhatADeadObserverDidNotTake() throws Exception {
    RawPeer dead = peer();
    observe(dead, -1);
    gateway.submit(command("a", 1));
    assertThat(payload(dead.receive())).isEqualTo("a");
    RawPeer rebooted = peer();
    rebooted.send(get(-1, -1, -1, -1));
    byte[] answer = rebooted.receive();
    assertThat(payload(answer)).isEqualTo("a");
    assertThat(options(answer).get(LOCATION_QUERY)).isEqualTo("id=a".getBytes(UTF_8));
    await().until(() -> gateway.links.isEmpty());
    byte[] end = dead.receive();
    while (payload(end).equals("a")) { // sent again before the poll came
      end = dead.receive();
    }
    assertThat(RawPeer.code(end)).isEqualTo("4.03");
    assertThat(dead.receive(4_000)).as("no retransmission").isNull();
    assertThat(gateway.acknowledged).isEmpty();
  }

  @Test
  void aDrainEndsObservationsByA503ThatSaysWhenToComeBack() throws IOException {
    RawPeer device = peer();
    observe(device, -1);
    assertThat(adapter.sessions()).isEqualTo(1);
    drain(Duration.ZERO);
    byte[] end = device.receive();
    assertThat(RawPeer.code(end)).isEqualTo("5.03");
    assertThat(options(end)).as("an error ends it, so it is no notification").doesNotContainKey(6);
    assertThat(options(end).get(MAX_AGE)).containsExactly(5);
    assertThat(new String(options(end).get(-1), UTF_8)).contains("the gateway is being drained");
    acknowledge(device, end);
    await().until(() -> adapter.sessions() == 0 && !gateway.links.containsKey(DEVICE));
    device.send(get(0, -1, -1, -1));
    assertThat(RawPeer.code(device.receive())).as("observes again too early").isEqualTo("5.03");
    gateway.drain = null;
    adapter.resume();
    assertThat(RawPeer.code(observe(device, -1))).isEqualTo("2.05");
  }

  @Test
  void aDrainWaitsForTheCommandThatIsUnderWay() throws IOException {
    RawPeer device = peer();
    observe(device, -1);
    gateway.links.get(DEVICE).send(command("a1", 3));
    byte[] notified = device.receive();
    assertThat(RawPeer.code(notified)).isEqualTo("2.05");
    drain(Duration.ZERO);
    acknowledge(device, notified);
    await().until(() -> gateway.acknowledged.contains("a1"));
    byte[] end = device.receive();
    assertThat(RawPeer.code(end)).isEqualTo("5.03");
    acknowledge(device, end);
    await().until(() -> adapter.sessions() == 0);
  }

  @Test
  void anObservationThatADrainWaitsForIsGivenNoFurtherCommand() throws IOException {
    RawPeer device = peer();
    observe(device, -1);
    gateway.submit(command("a1", 3));
    byte[] notified = device.receive();
    drain(Duration.ZERO);
    gateway.submit(command("a2", 3));
    acknowledge(device, notified);
    byte[] end = device.receive();
    assertThat(RawPeer.code(end)).isEqualTo("5.03");
    acknowledge(device, end);
    await().until(() -> adapter.sessions() == 0);
    assertThat(gateway.acknowledged).containsExactly("a1");
    assertThat(gateway.queued()).isEqualTo(1);
  }

  @Test
  void anObservationGoesOnWhenTheDrainIsCalledOff() throws IOException {
    RawPeer device = peer();
    observe(device, -1);
    gateway.submit(command("a1", 3));
    byte[] notified = device.receive();
    drain(Duration.ZERO);
    gateway.submit(command("a2", 3));
    gateway.drain = null;
    adapter.resume();
    acknowledge(device, notified);
    byte[] next = device.receive();
    assertThat(RawPeer.code(next)).isEqualTo("2.05");
    acknowledge(device, next);
    await().until(() -> gateway.acknowledged.equals(List.of("a1", "a2")));
  }

  private void drain(Duration spread) {
    gateway.drain = new Drain(null, false, spread);
    adapter.drain(gateway.drain);
  }
}
