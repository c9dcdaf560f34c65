package io.sluice.fleet.partition;

import static io.sluice.fleet.partition.Scene.MINUTE;
import static io.sluice.fleet.partition.Scene.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Counts;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.State;
import io.sluice.fleet.alarm.Acknowledgements;
import io.sluice.fleet.alarm.FleetAlarms;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alarms of all gateways in one book, and one acknowledgement that all instances have. */
class FleetAlarmsTest {
  private static final Filter ALL = new Filter(List.of(State.values()), null, null, null, 100);

  @TempDir Path directory;
  private Scene scene;
  private final List<byte[]> topic = new ArrayList<>();

  @BeforeEach
  void open() {
    scene = new Scene(directory);
    scene.register("d", "a");
  }

  @AfterEach
  void close() {
    scene.close();
  }

  /** An instance, by the clock that goes on with each look. */
  private FleetAlarms instance(Acknowledgements acts) {
    Clock later =
        Clock.offset(
            Clock.fixed(Instant.ofEpochMilli(scene.now / 1_000), ZoneOffset.UTC),
            Duration.ofSeconds(1));
    return new FleetAlarms(
        () -> Objects.requireNonNull(scene.book().alarms()),
        acts,
        (key, value) -> topic.add(value),
        later);
  }

  @Test
  void alarmsOfSeveralGatewaysAreToldApartThoughTheirNumbersAreTheSame() throws Exception {
    scene.alarm("d", "gw-1", 7, "raised", "active");
    scene.alarm("d", "gw-2", 7, "raised", "active");
    scene.at(START + MINUTE);
    scene.alarm("d", "gw-1", 7, "cleared", "cleared");

    FleetAlarms alarms = instance(new Acknowledgements());
    assertThat(alarms.find(ALL).alarms())
        .extracting(AlarmView::gateway, AlarmView::state)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("gw-1", State.CLEARED),
            org.assertj.core.groups.Tuple.tuple("gw-2", State.ACTIVE));
    assertThat(alarms.counts()).isEqualTo(new Counts(1, 0));
    assertThat(scene.takenOver().alarms()).isEqualTo(scene.book().alarms());
  }

  @Test
  void whatIsAcknowledgedAtOneInstanceIsAtAll() {
    scene.alarm("d", "gw-1", 7, "raised", "active");
    Acknowledgements ofOther = new Acknowledgements();
    long id = PartitionAlarms.idOf("gw-1", 7);

    AlarmView done =
        Objects.requireNonNull(
            instance(new Acknowledgements()).acknowledge(id, "anna", "seen from here"));
    topic.forEach(ofOther::take);

    AlarmView seen = Objects.requireNonNull(instance(ofOther).get(id));
    assertThat(seen).isEqualTo(done);
    assertThat(seen.state()).isEqualTo(State.ACKNOWLEDGED);
    assertThat(seen.acknowledgedBy()).isEqualTo("anna");
    assertThat(seen.note()).isEqualTo("seen from here");
    assertThat(instance(ofOther).counts()).isEqualTo(new Counts(0, 1));
  }

  @Test
  void aSessionThatEndsAtTheGatewayThatTheDeviceHasLeftEndsNotTheOneThatItHas() throws Exception {
    scene.status("gw-1", false);
    scene.status("gw-2", false);
    scene.presence("d", "gw-1", "live", START);
    scene.presence("d", "gw-2", "live", START + MINUTE);
    scene.presence("d", "gw-1", "ended", START + MINUTE + 1);
    FleetDevice device =
        Objects.requireNonNull(scene.book().devices(any -> true, scene.now)).getFirst();
    assertThat(device.connected()).isTrue();
    assertThat(device.gateway()).isEqualTo("gw-2");

    scene.at(START + 2 * MINUTE); // nothing was heard of either gateway for longer than 35 s
    assertThat(scene.gateways.silent()).containsExactly("gw-1", "gw-2");
    assertThat(
            Objects.requireNonNull(scene.book().devices(any -> true, scene.now))
                .getFirst()
                .connected())
        .isFalse();
  }
}
