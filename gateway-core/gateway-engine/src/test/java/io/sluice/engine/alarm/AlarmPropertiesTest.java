package io.sluice.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any sequence of messages and operators' doings leaves the book as a simple model says: several
 * names and points, gauges by rules, drills, clocks that are off, arrays, back-fill, noise.
 */
class AlarmPropertiesTest {
  private static final int STEPS = 150;
  private static final String[] PROFILE = {
    "metrics: { gas: { }, mode: { type: string } }",
    "alarm-fields: { point: [point, loop], state: mode }",
    "alarms:",
    "  - { when: gas >= 25, point: [], severity: Severe }",
    "  - { when: gas >= 10, point: [], severity: Moderate }",
    "  - { name: fire, when: mode == fire, severity: Extreme }"
  };

  @TempDir Path data;

  private final AlarmModel model = new AlarmModel();
  private final List<String> sent = new ArrayList<>();
  private AlarmBench bench;
  private Random random;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void bookIsWhatTheModelSays(long seed) throws Exception {
    random = new Random(seed);
    try (AlarmBench opened = AlarmBench.of(data, PROFILE)) {
      bench = opened;
      for (int i = 0; i < STEPS; i++) {
        bench.clock.forward(
            Duration.ofSeconds(random.nextInt(10) == 0 ? 200 : 1 + random.nextInt(40)));
        step();
        bench.book.escalate();
        model.escalate(now());
        assertThat(view()).as("seed %d, after %s", seed, sent).isEqualTo(model.view());
      }
      assertThat(events())
          .as("each change goes upstream once")
          .containsExactlyInAnyOrderElementsOf(
              model.changes.stream().map(AlarmPropertiesTest::event).toList());
    }
  }

  private void step() {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> named();
      case 3, 4 -> gas();
      case 5, 6 -> fire();
      case 7 -> several();
      case 8 -> noise();
      case 9 -> acknowledge();
      case 10 -> clear();
      default -> named();
    }
  }

  private long now() {
    return bench.clock.millis() / 1_000;
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** Something that a device says of an alarm which it names. */
  private String namedSaying(boolean isPast, long when) {
    String name = any(List.of("smoke", "heat"));
    String point = any(List.of("", "", "1", "2"));
    Boolean isOn = random.nextInt(8) == 0 ? null : (Boolean) random.nextBoolean();
    String severity = severity();
    String status = status();
    model.says(key(name, point), isOn, severity, status, isPast, when, now());
    return "'alarm':'"
        + name
        + "','active':"
        + (isOn == null
            ? "'silenced'"
            : any(isOn ? List.of("true", "1", "'ALARM'") : List.of("false", "0", "' Normal'")))
        + ",'value':"
        + random.nextInt(2)
        + (point.isEmpty() ? "" : ",'point':" + any(List.of(point, "'" + point + "'")))
        + cap(severity, status);
  }

  private void named() {
    boolean isPast = random.nextInt(5) == 0;
    long when = isPast ? now() - random.nextInt(400) : now();
    String time = isPast ? "'hist':true,'t':" + when + ',' : clock();
    alarm('{' + time + namedSaying(isPast, when) + '}');
  }

  private void several() {
    StringBuilder rows = new StringBuilder("[");
    for (int i = 2 + random.nextInt(2); i > 0; i--) {
      rows.append('{').append(namedSaying(false, now())).append(i == 1 ? "}]" : "},");
    }
    alarm(rows.toString());
  }

  private void gas() {
    int gas = random.nextInt(40);
    String status = status();
    String severity = gas >= 25 ? "Severe" : "Moderate";
    boolean isOn = gas >= 10;
    if (isOn || model.keys().contains("gas")) {
      model.says(
          "gas",
          isOn,
          isOn ? severity : null,
          isOn && status == null ? "Actual" : status,
          false,
          now(),
          now());
    }
    telemetry("{" + clock() + "'gas':" + gas + ",'loop':3" + cap(null, status) + "}");
  }

  private void fire() {
    String mode = any(List.of("fire", "FIRE ", "normal", "Reset", "silenced", "walk test"));
    boolean isFire = mode.strip().equalsIgnoreCase("fire");
    boolean isOver = mode.equals("normal") || mode.equals("Reset");
    String loop = any(List.of("", "1", "2"));
    String key = loop.isEmpty() ? "fire" : "fire/loop " + loop;
    if (isFire || (isOver && model.keys().contains(key))) {
      model.says(
          key, isFire, isFire ? "Extreme" : null, isFire ? "Actual" : null, false, now(), now());
    }
    telemetry(
        "{" + clock() + "'mode':'" + mode + "'" + (loop.isEmpty() ? "" : ",'loop':" + loop) + "}");
  }

  private void noise() {
    alarm(
        any(
            List.of(
                "{'n':3,'text':'fire'}",
                "{'state':17}",
                "{'code':0,'cause':'smoke','severity':'Extreme'}",
                "{'alarm':'','value':0}")));
  }

  private void acknowledge() {
    AlarmView alarm = anyOpen();
    if (alarm != null) {
      model.acknowledge(key(alarm.name(), alarm.point()));
      bench.book.acknowledge(alarm.id(), "ann", null);
    }
  }

  private void clear() {
    AlarmView alarm = anyOpen();
    if (alarm != null) {
      model.clear(key(alarm.name(), alarm.point()), now());
      bench.book.clear(alarm.id(), "ann", null);
    }
  }

  private @Nullable AlarmView anyOpen() {
    List<AlarmView> open = bench.open();
    return open.isEmpty() ? null : any(open);
  }

  /** The device's clock: right, years off, or none. */
  private String clock() {
    return switch (random.nextInt(4)) {
      case 0 -> "'t':" + now() + ',';
      case 1 -> "'t':" + (now() + 31_536_000L) + ',';
      case 2 -> "'t':" + (now() - 31_536_000L) + ',';
      default -> "";
    };
  }

  private @Nullable String severity() {
    return random.nextInt(3) == 0 ? null : any(List.of("Minor", "Moderate", "Severe", "Extreme"));
  }

  private @Nullable String status() {
    return random.nextInt(3) > 0 ? null : any(List.of("Actual", "Exercise", "Test"));
  }

  private static String cap(@Nullable String severity, @Nullable String status) {
    return (severity == null ? "" : ",'severity':'" + severity + "'")
        + (status == null ? "" : ",'status':'" + status + "'");
  }

  private void alarm(String payload) {
    sent.add(payload);
    bench.alarm(payload);
  }

  private void telemetry(String payload) {
    sent.add(payload);
    bench.telemetry(payload);
  }

  private static String key(String name, String point) {
    return point.isEmpty() ? name : name + '/' + point;
  }

  private List<String> view() {
    return bench.open().stream()
        .map(alarm ->
            key(alarm.name(), alarm.point())
                + ' '
                + alarm.severity()
                + ' '
                + alarm.status()
                + (alarm.urgency().equals("Past") ? " past" : "")
                + (alarm.state() == State.ACTIVE ? " active" : " acknowledged")
                + (alarm.escalatedMicros() == null ? "" : " escalated"))
        .sorted()
        .toList();
  }

  /** Names and events, as the outbox has them. */
  private List<String> events() {
    return OutboxRecords.of(bench.book).stream()
        .map(text -> text.replaceAll(" by .*", ""))
        .toList();
  }

  private static String event(String change) {
    int space = change.indexOf(' ');
    return change.substring(space + 1).replaceAll("/.*", "") + ' ' + change.substring(0, space);
  }
}
