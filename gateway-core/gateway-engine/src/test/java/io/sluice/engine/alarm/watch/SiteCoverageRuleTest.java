package io.sluice.engine.alarm.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.State;
import io.sluice.engine.alarm.AlarmBook;
import io.sluice.engine.alarm.AlarmSettings;
import io.sluice.engine.alarm.SteppedClock;
import io.sluice.engine.alarm.watch.SiteCoverageRule.SiteRatio;
import io.sluice.engine.alarm.watch.SiteCoverageRule.Threshold;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Below 90 % raises, 92 % clears, each after 60 s. */
class SiteCoverageRuleTest {
  @TempDir Path data;

  private AlarmBook book;
  private SiteCoverageRule rule;
  private List<SiteRatio> ratios = List.of();
  private long nanos = -7;

  @BeforeEach
  void open() throws Exception {
    book = AlarmBook.open(data, AlarmSettings.DEFAULTS, "edge-01", new SteppedClock());
    rule = rule();
  }

  private SiteCoverageRule rule() {
    return new SiteCoverageRule(
        book,
        new Threshold("completeness (1h)", 0.90, 0.02, TimeUnit.SECONDS.toNanos(60)),
        () -> ratios,
        () -> nanos);
  }

  @AfterEach
  void close() {
    book.close();
  }

  /** So many seconds with these figures of one site. */
  private void pass(int seconds, @Nullable Double ratio) {
    ratios = List.of(new SiteRatio("farm", "north", ratio), new SiteRatio("farm", "south", 1.0));
    run(seconds);
  }

  private void run(int seconds) {
    for (int second = 0; second < seconds; second++) {
      rule.run();
      nanos += TimeUnit.SECONDS.toNanos(1);
    }
  }

  private List<AlarmView> in(State... states) {
    return book.list(new Filter(List.of(states), null, null, null, 1000));
  }

  private List<AlarmView> open(int most) {
    List<AlarmView> open = in(State.ACTIVE, State.ACKNOWLEDGED);
    assertThat(open).hasSizeLessThanOrEqualTo(most);
    return open;
  }

  @Test
  void oneAlarmIsRaisedAfterTheHoldTimeAndClearedAboveTheHysteresis() {
    pass(60, 0.5);
    assertThat(open(0)).isEmpty();
    pass(600, 0.899);
    AlarmView raised = open(1).getFirst();
    assertThat(raised.site()).isEqualTo("north");
    assertThat(raised.device()).isNull();
    assertThat(raised.text()).isEqualTo("completeness (1h) is 89.9 %, threshold 90.0 %");
    pass(600, 0.919);
    assertThat(open(1)).hasSize(1);
    pass(60, 0.92);
    assertThat(open(1)).hasSize(1);
    pass(20, 0.93);
    assertThat(open(0)).isEmpty();
    assertThat(in(State.CLEARED)).hasSize(1);
  }

  @Test
  void ratioThatSwingsWithinTheHoldTimeChangesNothing() {
    for (int i = 0; i < 50; i++) {
      pass(40, 0.2);
      pass(20, 0.95);
    }
    assertThat(in(State.values())).isEmpty();
  }

  @Test
  void siteOfWhichNothingIsExpectedNeitherRaisesNorClears() {
    pass(600, null);
    assertThat(in(State.values())).isEmpty();
    pass(80, 0.1);
    pass(600, null);
    assertThat(open(1)).hasSize(1);
  }

  @Test
  void alarmOfASiteThatIsGoneIsCleared() {
    pass(80, 0.1);
    ratios = List.of(new SiteRatio("farm", "south", 1.0));
    run(10);
    assertThat(open(0)).isEmpty();
  }

  @Test
  void openAlarmIsKnownAgainAfterARestart() {
    pass(80, 0.1);
    rule = rule();
    pass(600, 0.1);
    assertThat(open(1)).hasSize(1);
    pass(80, 1.0);
    assertThat(open(0)).isEmpty();
    assertThat(in(State.values())).hasSize(1);
  }

  @Test
  void alarmEndedByHandIsRaisedAgainWhereTheSiteIsStillBelow() {
    pass(80, 0.1);
    book.clear(open(1).getFirst().id(), "ann", null);
    pass(80, 0.1);
    assertThat(open(1)).hasSize(1);
    assertThat(in(State.CLEARED)).hasSize(1);
  }
}
