package io.sluice.upstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.broker.KafkaLogin;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.testkit.FreePort;
import io.sluice.testkit.KafkaBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The newest value of each key is at the cluster, also when that was away. */
class FleetBusIT {
  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir Path directory;

  private final Map<String, String> values = new ConcurrentHashMap<>();

  @Test
  void newestValuesArriveWhereverTheClusterHasBeen() throws Exception {
    try (KafkaBroker broker = new KafkaBroker(directory)) {
      follow(broker);
      assertThat(newest(broker)).containsEntry("d1", "last words");
    }
  }

  private void follow(KafkaBroker broker) throws Exception {
    int other = FreePort.next();
    String either = broker.address() + ",127.0.0.1:" + other;
    try (FleetBus bus = new FleetBus("edge-01", settings(either))) {
      FleetBus.Table table = bus.table("fleet.presence", this::value);
      bus.start();
      values.put("d1", "one");
      table.changed("d1");
      await()
          .atMost(LONG)
          .untilAsserted(() -> {
            FleetBus.Standing standing = bus.standing();
            assertThat(standing.detail())
                .contains(
                    "there is no topic sluice.fleet.presence; have it made: sluice fleet init");
            assertThat(standing.waiting()).isEqualTo(1);
          });
      broker.makeTopics("sluice.fleet.presence");
      // counted by the client's thread, before the bus says that values are taken again
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> assertThat(bus.standing()).isEqualTo(new FleetBus.Standing(true, null, 0, 1)));

      broker.stop();
      for (int i = 0; i < 5_000; i++) { // each device many times: only the last counts
        values.put("d" + i % 50, "newest of " + i);
        table.changed("d" + i % 50);
      }
      values.remove("d7");
      table.changed("d7");
      assertThat(bus.standing().waiting()).isLessThanOrEqualTo(50);
      broker.startAgain(other, Map.of());
      await().atMost(LONG).until(() -> bus.standing().waiting() == 0 && bus.standing().connected());
      await().atMost(LONG).untilAsserted(() -> assertThat(newest(broker)).isEqualTo(expected()));
      values.put("d1", "last words");
      table.changed("d1");
    }
  }

  private byte[] value(String key) {
    String value = values.get(key);
    return value == null ? null : value.getBytes(UTF_8);
  }

  private Map<String, String> expected() {
    Map<String, String> all = new HashMap<>(values);
    all.put("d7", null);
    return all;
  }

  private static Map<String, String> newest(KafkaBroker broker) {
    Map<String, String> newest = new HashMap<>();
    for (ConsumerRecord<String, String> each : broker.read("sluice.fleet.presence")) {
      newest.put(each.key(), each.value());
    }
    return newest;
  }

  private static FleetBusSettings settings(String servers) {
    return new FleetBusSettings(
        servers, "sluice", null, null, null, KafkaLogin.Mechanism.SCRAM_SHA_512, null, Map.of());
  }
}
