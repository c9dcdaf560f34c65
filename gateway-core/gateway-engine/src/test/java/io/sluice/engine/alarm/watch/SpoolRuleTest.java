package io.sluice.engine.alarm.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.State;
import io.sluice.engine.alarm.AlarmBook;
import io.sluice.engine.alarm.AlarmSettings;
import io.sluice.engine.alarm.SteppedClock;
import io.sluice.spool.LaneStats;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolRuleTest {
  @TempDir Path data;

  private boolean alarmsAtBound;
  private boolean telemetryAtBound;

  private List<LaneStats> lanes() {
    return List.of(
        new LaneStats(Lane.ALARM, 1, 1, 1, 0, 1, alarmsAtBound),
        new LaneStats(Lane.TELEMETRY, 1, 1, 1, 0, 1, telemetryAtBound));
  }

  private static List<AlarmView> open(AlarmBook book) {
    return book.list(new Filter(List.of(State.ACTIVE, State.ACKNOWLEDGED), null, null, null, 1000));
  }

  @Test
  void alarmLaneAtItsBoundIsAnAlarmUntilItHasRoom() throws Exception {
    try (AlarmBook book =
        AlarmBook.open(data, AlarmSettings.DEFAULTS, "edge-01", new SteppedClock())) {
      SpoolRule rule = new SpoolRule(book, this::lanes);
      telemetryAtBound = true;
      rule.run();
      assertThat(open(book)).isEmpty();
      alarmsAtBound = true;
      rule.run();
      rule.run();
      assertThat(open(book))
          .singleElement()
          .satisfies(alarm -> {
            assertThat(alarm.name()).isEqualTo(SpoolRule.NAME);
            assertThat(alarm.text()).contains("not taken");
          });
      alarmsAtBound = false;
      new SpoolRule(book, this::lanes).run(); // as after a restart
      assertThat(open(book)).isEmpty();
    }
  }
}
