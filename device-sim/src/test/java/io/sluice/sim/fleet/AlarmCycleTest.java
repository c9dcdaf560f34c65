package io.sluice.sim.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device says of its alarm, second by second. */
class AlarmCycleTest {
  private static final long START_MILLIS = 1_790_000_000_000L;

  @TempDir Path folder;

  private SimDevice device(String profile, String alarms) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("scenario.yaml"),
            """
            name: t
            seed: 3
            groups:
              - { profile: %s, id: "a-{n}", alarms: { %s } }
            """
                .formatted(profile, alarms));
    return new SimDevice(Scenario.load(file).devices().getFirst(), START_MILLIS * 1000);
  }

  /** Everything of a minute, in order. */
  private static List<Kind> minute(SimDevice device) {
    AlarmCycle cycle = new AlarmCycle(device, START_MILLIS);
    List<Kind> said = new ArrayList<>();
    for (int second = 0; second < 60; second++) {
      Kind kind = cycle.next(START_MILLIS + second * 1_000L, START_MILLIS + second);
      if (kind != null) {
        said.add(kind);
      }
    }
    return said;
  }

  /** Of the message; empty where it has no such field. */
  private static String field(SimDevice device, Kind kind, String name) {
    Sample sample = device.sample(START_MILLIS, START_MILLIS * 1000, kind);
    List<String> values =
        sample.fields().stream()
            .filter(field -> field.name().equals(name))
            .map(field -> Objects.toString(field.value()))
            .toList();
    assertThat(values).hasSizeLessThan(2);
    return String.join("", values);
  }

  @Test
  void anAlarmIsRaisedAndEnded() throws Exception {
    SimDevice device = device("gas-detector", "every: 50s, clear-after: 5s");
    assertThat(minute(device)).containsExactly(Kind.ALARM_RAISED, Kind.ALARM_CLEARED);
    assertThat(field(device, Kind.ALARM_RAISED, "alarmName")).isEqualTo("gas-leak");
    assertThat(field(device, Kind.ALARM_RAISED, "point")).isEmpty();
    assertThat(field(device, Kind.TELEMETRY, "alarmName")).isEmpty();
  }

  @Test
  void ofTwoPointsOneIsEnded() throws Exception {
    SimDevice device = device("fire-panel", "every: 50s, clear-after: 5s, points: 2");
    assertThat(minute(device))
        .containsExactly(Kind.ALARM_RAISED, Kind.SECOND_RAISED, Kind.ALARM_CLEARED);
    assertThat(field(device, Kind.ALARM_RAISED, "point")).isEqualTo("1");
    assertThat(field(device, Kind.SECOND_RAISED, "point")).isEqualTo("2");
    assertThat(field(device, Kind.SECOND_RAISED, "active")).isEqualTo("true");
    assertThat(field(device, Kind.ALARM_CLEARED, "point")).isEqualTo("1");
    assertThat(field(device, Kind.TELEMETRY, "point")).isNotEmpty();
  }

  @Test
  void aDrillBecomesActual() throws Exception {
    SimDevice device = device("flood-gauge", "every: 50s, clear-after: 5s, becomes-actual: true");
    assertThat(minute(device))
        .containsExactly(Kind.ALARM_RAISED, Kind.ALARM_ACTUAL, Kind.ALARM_CLEARED);
    assertThat(field(device, Kind.ALARM_RAISED, "status")).isEqualTo("Exercise");
    assertThat(field(device, Kind.ALARM_ACTUAL, "status")).isEqualTo("Actual");
    assertThat(field(device, Kind.ALARM_CLEARED, "status")).isEqualTo("Actual");
  }

  @Test
  void anAlarmIsNotCalledAsAMetricIs() throws Exception {
    SimDevice device = device("slope-sensor", "every: 50s, cause: displacement");
    assertThat(field(device, Kind.ALARM_RAISED, "alarmName")).isEqualTo("displacement-alarm");
    assertThat(field(device, Kind.ALARM_RAISED, "cause")).isEqualTo("displacement");
  }
}
