package io.sluice.fleet.partition;

import static io.sluice.fleet.partition.Scene.MINUTE;
import static io.sluice.fleet.partition.Scene.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Quality;
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

  private static final String TELEMETRY = "sluice.telemetry";

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
  void whatIsAcknowledgedAtOneInstanceIsAtAll() throws Exception {
    scene.alarm("d", "gw-1", 7, "raised", "active");
    Acknowledgements ofOther = new Acknowledgements();
    long id = PartitionAlarms.idOf("gw-1", 7);

    AlarmView done =
        Objects.requireNonNull(
            instance(new Acknowledgements()).acknowledge(id, "anna", "seen from here"));
    ofOther.take(Scene.utf8("gw-1/" + id), topic.getFirst(), scene.now);

    AlarmView seen = Objects.requireNonNull(instance(ofOther).get(id));
    assertThat(seen).isEqualTo(done);
    assertThat(seen.state()).isEqualTo(State.ACKNOWLEDGED);
    assertThat(seen.acknowledgedBy()).isEqualTo("anna");
    assertThat(seen.note()).isEqualTo("seen from here");
    assertThat(instance(ofOther).counts()).isEqualTo(new Counts(0, 1));
  }

  @Test
  void aSilenceThatAGatewayTellsOfEndsAtTheFleetOnceTheDeviceIsHeardAtAnotherOne()
      throws Exception {
    scene.report("d", "gw-1", START, 1);
    scene.at(START + 10 * MINUTE);
    silence("gw-1", 3, "raised", START + 9 * MINUTE);
    assertThat(state("gw-1", 3)).isEqualTo(State.ACTIVE);

    // what came at the other one before it fell silent says nothing
    scene.put(TELEMETRY, "d", scene.ofClock("d", "gw-2", START + 8 * MINUTE));
    assertThat(state("gw-1", 3)).isEqualTo(State.ACTIVE);

    scene.at(START + 11 * MINUTE);
    scene.report("d", "gw-2", START + 11 * MINUTE, 1);
    AlarmView over = alarm("gw-1", 3);
    assertThat(over.state()).isEqualTo(State.CLEARED);
    assertThat(over.clearedMicros()).isEqualTo(START + 11 * MINUTE);
    assertThat(over.note()).isEqualTo("heard at gw-2");
    assertThat(instance(new Acknowledgements()).counts()).isEqualTo(new Counts(0, 0));
    assertThat(scene.takenOver().alarms()).isEqualTo(scene.book().alarms());

    // the gateway that it left does not know, and goes on
    silence("gw-1", 3, "escalated", START + 9 * MINUTE);
    assertThat(state("gw-1", 3)).isEqualTo(State.CLEARED);
  }

  @Test
  void aSilenceThatIsToldOfLateIsOverAtOnceAndALaterOneIsNot() {
    scene.at(START + 10 * MINUTE);
    reportAt("gw-2");
    silence("gw-1", 3, "raised", START + 9 * MINUTE);
    assertThat(state("gw-1", 3)).isEqualTo(State.CLEARED);

    // it is back at the first, and falls silent there
    scene.at(START + 20 * MINUTE);
    silence("gw-1", 3, "raised", START + 19 * MINUTE);
    assertThat(state("gw-1", 3)).isEqualTo(State.ACTIVE);
    scene.at(START + 21 * MINUTE);
    reportAt("gw-1");
    assertThat(state("gw-1", 3)).as("its own gateway says when it is over").isEqualTo(State.ACTIVE);
  }

  private void reportAt(String gateway) {
    scene.send("d", scene.record("d", gateway, scene.now, Quality.GOOD));
  }

  private void silence(String gateway, long id, String event, long raised) {
    scene.alarm("d", gateway, id, event, "active", "supervision", raised);
  }

  private AlarmView alarm(String gateway, long id) {
    return Objects.requireNonNull(
        instance(new Acknowledgements()).get(PartitionAlarms.idOf(gateway, id)));
  }

  private State state(String gateway, long id) {
    return alarm(gateway, id).state();
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

  @Test
  void aGatewayWhoseClockIsAnHourAheadDoesNotKeepASessionThatTheDeviceHasElsewhere()
      throws Exception {
    long hour = 60 * MINUTE;
    scene.status("gw-1", false, hour);
    scene.status("gw-2", false);
    scene.presence("d", "gw-1", "live", START + hour);
    scene.put(TELEMETRY, "d", scene.ofClock("d", "gw-1", START + hour));
    scene.at(START + 10_000_000L);
    scene.presence("d", "gw-2", "live", scene.now);
    scene.put(TELEMETRY, "d", scene.ofClock("d", "gw-2", scene.now));
    scene.presence("d", "gw-1", "ended", scene.now + hour);

    FleetDevice device =
        Objects.requireNonNull(scene.book().devices(any -> true, scene.now)).getFirst();
    assertThat(device.gateway()).isEqualTo("gw-2");
    assertThat(device.connected()).isTrue();
  }
}
