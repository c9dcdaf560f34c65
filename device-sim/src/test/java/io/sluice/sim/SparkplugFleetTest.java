package io.sluice.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.sim.FleetRunTest.Mosquitto;
import io.sluice.sim.device.Kind;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An edge node and its device at Mosquitto, with a host that is written by hand. */
@Timeout(240)
class SparkplugFleetTest {
  private static final String STATE = "spBv1.0/STATE/scada";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The metric Node Control/Rebirth, Boolean, true. */
  private static final byte[] REBIRTH =
      HexFormat.of()
          .parseHex(
              "121a0a14"
                  + HexFormat.of().formatHex("Node Control/Rebirth".getBytes(UTF_8))
                  + "200b7001");

  /** The metric Outputs/Setpoint, Double, 21. */
  private static final byte[] SET_21 =
      HexFormat.of()
          .parseHex(
              "121d0a10"
                  + HexFormat.of().formatHex("Outputs/Setpoint".getBytes(UTF_8))
                  + "200a690000000000003540");

  @TempDir private Path folder;

  private record Heard(String topic, String hex, int qos, boolean isRetained) {
    boolean is(String type) {
      return topic.contains("/" + type + "/");
    }
  }

  private final List<Heard> heard = new CopyOnWriteArrayList<>();

  private void take(String topic, MqttMessage message) {
    if (!topic.contains("STATE") && !topic.contains("CMD")) {
      heard.add(
          new Heard(
              topic,
              HexFormat.of().formatHex(message.getPayload()),
              message.getQos(),
              message.isRetained()));
    }
  }

  private MqttClient host(Mosquitto broker) throws Exception {
    MqttClient host =
        new MqttClient(
            broker.uri().toString().replace("mqtt:", "tcp:"), "scada", new MemoryPersistence());
    host.connect();
    host.subscribe(
        new MqttSubscription[] {new MqttSubscription("spBv1.0/#", 1)},
        new org.eclipse.paho.mqttv5.client.IMqttMessageListener[] {this::take});
    return host;
  }

  private static void state(MqttClient host, boolean isOnline) throws Exception {
    byte[] state =
        "{\"online\":%s,\"timestamp\":1795802400000}".formatted(isOnline).getBytes(UTF_8);
    host.publish(STATE, state, 1, true);
  }

  private void awaitHeard(int from, String... types) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          List<Heard> since = heard.stream().skip(from).toList(); // more comes meanwhile
          for (String type : types) {
            assertThat(since).anyMatch(each -> each.is(type));
          }
        });
  }

  private Scenario scenario() throws Exception {
    Path file = folder.resolve("s.yaml");
    Files.writeString(
        file,
        """
        name: s
        groups:
          - { profile: cnc, id: "press-{n}", site: hall, interval: 100ms, dialect: sparkplug,
              concentrator: line-7, primary-host: scada }
        """);
    return Scenario.load(file);
  }

  @Test
  void nodeWaitsForItsHostIsBornObeysDiesAndForwardsWhatItStored() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder);
        FleetRun run = FleetRun.start(scenario(), new Endpoints(broker.uri(), null))) {
      MqttClient host = host(broker);
      await().atMost(PATIENCE).until(() -> run.snapshot().connected() == 1);
      assertThat(heard).as("its host is not there").isEmpty();
      state(host, true);
      awaitHeard(0, "NBIRTH", "DBIRTH", "DDATA");
      assertThat(heard.get(0).topic()).isEqualTo("spBv1.0/hall/NBIRTH/line-7");
      assertThat(heard.get(1).topic()).isEqualTo("spBv1.0/hall/DBIRTH/line-7/press-1");
      assertThat(heard).allMatch(each -> each.qos() == 0 && !each.isRetained());

      int before = heard.size();
      host.publish("spBv1.0/hall/NCMD/line-7", REBIRTH, 0, false);
      awaitHeard(before, "NBIRTH", "DBIRTH");
      host.publish("spBv1.0/hall/DCMD/line-7/press-1", SET_21, 0, false);
      await()
          .atMost(PATIENCE)
          .until(() -> heard.stream().anyMatch(each -> each.hex().endsWith("690000000000003540")));

      before = heard.size();
      state(host, false);
      awaitHeard(before, "NDEATH");
      long sent = run.snapshot().sent();
      await().atMost(PATIENCE).until(() -> run.snapshot().sent() > sent + 3);
      assertThat(heard.getLast().is("NDEATH")).as("it stores meanwhile").isTrue();
      before = heard.size();
      state(host, true);
      awaitHeard(before, "NBIRTH", "DBIRTH", "DDATA");
      Heard first =
          heard.stream().skip(before).filter(each -> each.is("DDATA")).findFirst().orElseThrow();
      assertThat(first.hex()).as("is_historical").contains("2801");
      run.stop();
      await().atMost(PATIENCE).until(() -> heard.getLast().is("NDEATH"));
      check(run.ledger());
      host.disconnect();
    }
  }

  /** Section 5.9: hosts have to take messages that servers bring in another order. */
  @Test
  void messagesThatComeInAnotherOrderAreAllThereWithTheNumbersThatTheyHad() throws Exception {
    Path file = folder.resolve("r.yaml");
    Files.writeString(
        file,
        """
        name: r
        groups:
          - { profile: cnc, id: "press-{n}", site: hall, interval: 50ms, dialect: sparkplug,
              concentrator: line-7 }
        faults: [ { kind: reorder, chance: 30% } ]
        """);
    try (Mosquitto broker = Mosquitto.start(folder)) {
      MqttClient host = host(broker);
      try (FleetRun run = FleetRun.start(Scenario.load(file), new Endpoints(broker.uri(), null))) {
        await().atMost(PATIENCE).until(() -> heard.size() > 40);
        run.stop();
      }
      await().atMost(PATIENCE).until(() -> heard.getLast().is("NDEATH"));
      List<Integer> numbers =
          heard.stream().filter(each -> !each.is("NDEATH")).map(SparkplugFleetTest::seq).toList();
      assertThat(numbers).startsWith(0, 1).isNotEqualTo(numbers.stream().sorted().toList());
      assertThat(numbers.stream().sorted().toList())
          .isEqualTo(IntStream.range(0, numbers.size()).boxed().toList());
      host.disconnect();
    }
  }

  /** Field 3 of a payload, which stands behind the time. */
  private static int seq(Heard message) {
    byte[] bytes = HexFormat.of().parseHex(message.hex());
    int at = 1;
    while (bytes[at] < 0) {
      at++;
    }
    assertThat(bytes[at + 1]).isEqualTo((byte) 0x18);
    int low = bytes[at + 2];
    return low >= 0 ? low : (low & 0x7F) | bytes[at + 3] << 7; // a varint, below 256
  }

  private static void check(List<Played> ledger) {
    Played press = ledger.getLast();
    for (int i = 0; i < press.log().size(); i++) {
      assertThat(press.log().ackedAt(i)).isEqualTo(press.log().kindAt(i) != Kind.DEATH);
    }
    assertThat(press.log().size()).isGreaterThan(10);
  }
}
