package io.sluice.fleet.partition;

import static io.sluice.fleet.partition.Scene.HOUR;
import static io.sluice.fleet.partition.Scene.MINUTE;
import static io.sluice.fleet.partition.Scene.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sluice.api.Quality;
import io.sluice.engine.record.PoisonRecordException.Kind;
import io.sluice.engine.registry.presence.Presence.Contact;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that the registry does not tell of, or that another part has. */
class NobodysDevicesTest {
  @TempDir private Path directory;

  @Test
  void sessionsOfDevicesThatNobodyRegistersAreBoundedAndForgotten() throws Exception {
    try (Scene scene = new Scene(directory)) {
      scene.presence("n0", "gw", "live", START);
      for (int i = 1; i < UnregisteredSessions.MAX; i++) {
        SessionWord live = new SessionWord("gw", "r1", Contact.LIVE, START, START);
        assertThat(scene.book().session("n" + i, live, START)).isTrue();
      }
      assertThat(scene.live.counted("sessions.unknown")).isZero();
      scene.presence("n-more", "gw", "live", START);
      scene.presence("n-more", "gw", "live", START);
      assertThat(scene.live.counted("sessions.unknown")).isEqualTo(2);
      assertThat(scene.book().size()).as("devices").isZero();

      // one that is known, and one that becomes it, have theirs
      scene.register("d", "a");
      scene.presence("d", "gw", "live", START);
      scene.tell("n7", "a", START);
      scene.presence("n-more", "gw", "live", START);
      assertThat(scene.live.counted("sessions.unknown")).isEqualTo(2);
      assertThat(scene.book().devices(any -> true, START))
          .extracting(FleetDevice::id, FleetDevice::gateway)
          .containsExactlyInAnyOrder(tuple("d", "gw"), tuple("n7", "gw"));

      scene.at(START + HOUR - MINUTE);
      scene.presence("n8", "gw", "live", START);
      scene.at(START + HOUR + 10 * MINUTE);
      assertThat(scene.live.counted("sessions.unknown"))
          .isEqualTo(2 + UnregisteredSessions.MAX - 1);
      assertThat(scene.book().size()).isEqualTo(2);
      scene.tell("n8", "a", START);
      scene.tell("n9", "a", START);
      assertThat(scene.book().devices(any -> true, scene.now))
          .extracting(FleetDevice::id, FleetDevice::gateway)
          .contains(tuple("n8", "gw"), tuple("n9", null));
    }
  }

  @Test
  void whatAnEarlierRunKeptIsForgottenAnHourAfterItWasReadAgain() throws Exception {
    try (Scene scene = new Scene(directory)) {
      scene.presence("n", "gw", "live", START);
      PartitionBook again = scene.takenOver();
      assertThat(again.size()).isZero();
      assertThat(again.forgetUnregistered(START + 5 * HOUR)).isZero();
      assertThat(again.forgetUnregistered(START + 6 * HOUR)).isZero();
      assertThat(again.forgetUnregistered(START + 6 * HOUR + MINUTE)).isOne();
      assertThat(scene.store().get(StoreKeys.device("n"))).isNull();
    }
  }

  /** One that Kafka's own producer would write there. */
  private static String of(int partition) {
    return IntStream.range(0, 1_000)
        .mapToObj(i -> "d" + i)
        .filter(id ->
            BuiltInPartitioner.partitionForKey(id.getBytes(StandardCharsets.UTF_8), 4) == partition)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatLiesOnAnotherPartitionThanItsKeySaysIsLeftOutAndNamed() throws Exception {
    try (Scene scene = new Scene(directory, 4)) {
      String here = of(0);
      String elsewhere = of(3);
      scene.register(here, "a");
      scene.at(START + MINUTE);
      scene.report(here, "gw", scene.now, 1);
      scene.send(elsewhere, scene.record(elsewhere, "gw", scene.now, Quality.GOOD));
      scene.presence(elsewhere, "gw", "live", START);
      assertThat(scene.refusals.counted("sluice.telemetry", Kind.ELSEWHERE)).isOne();
      assertThat(scene.refusals.counted("sluice.fleet.presence", Kind.ELSEWHERE)).isOne();
      assertThat(scene.refusals.counts()).hasSize(2);
      assertThat(scene.live.counted("waited")).isZero();
      assertThat(scene.ofFleet()).isEqualTo(scene.ofGateway());
    }
  }
}
