package io.sluice.engine.alarm.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.State;
import io.sluice.engine.alarm.AlarmBook;
import io.sluice.engine.alarm.AlarmSettings;
import io.sluice.engine.alarm.SteppedClock;
import io.sluice.engine.alarm.watch.DestinationRule.Standing;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DestinationRuleTest {
  private static final List<Standing> WELL =
      List.of(new Standing("cloud", true, List.of()), new Standing("archive", true, List.of()));
  private static final List<Standing> MISSING =
      List.of(
          new Standing("cloud", true, List.of("sluice.alarm", "b", "c", "d")),
          new Standing("archive", true, List.of()));
  private static final List<Standing> DOWN =
      List.of(new Standing("cloud", false, List.of()), new Standing("archive", true, List.of()));

  @TempDir Path data;

  private AlarmBook book;
  private DestinationRule rule;
  private List<Standing> standing = WELL;

  @BeforeEach
  void open() throws Exception {
    book = AlarmBook.open(data, AlarmSettings.DEFAULTS, "edge-01", new SteppedClock());
    rule = new DestinationRule(book, () -> standing);
  }

  @AfterEach
  void close() {
    book.close();
  }

  private List<AlarmView> alarmsAfter(int looks, List<Standing> now) {
    standing = now;
    for (int i = 0; i < looks; i++) {
      rule.run();
    }
    return book.list(new Filter(List.of(State.ACTIVE, State.ACKNOWLEDGED), null, null, null, 1000));
  }

  @Test
  void aDestinationThatStaysMissingIsOneAlarmUntilItIsThere() {
    assertThat(alarmsAfter(3, WELL)).isEmpty();
    assertThat(alarmsAfter(DestinationRule.LOOKS - 1, MISSING)).isEmpty();
    assertThat(alarmsAfter(30, MISSING))
        .singleElement()
        .satisfies(alarm -> {
          assertThat(alarm.name()).isEqualTo("destination missing: cloud");
          assertThat(alarm.text()).contains("sluice.alarm, b, c and 1 more are not there");
        });
    assertThat(alarmsAfter(DestinationRule.LOOKS - 1, WELL)).hasSize(1);
    assertThat(alarmsAfter(1, WELL)).isEmpty();
    assertThat(alarmsAfter(30, WELL)).isEmpty();
  }

  @Test
  void oneThatIsJustBeingMadeIsNone() {
    for (int i = 0; i < 5; i++) {
      assertThat(alarmsAfter(DestinationRule.LOOKS - 1, MISSING)).isEmpty();
      assertThat(alarmsAfter(1, WELL)).isEmpty();
    }
  }

  @Test
  void aConnectionThatIsDownSaysNothingOfDestinations() {
    alarmsAfter(DestinationRule.LOOKS, MISSING);
    assertThat(alarmsAfter(100, DOWN)).hasSize(1);
    rule = new DestinationRule(book, () -> standing); // as after a restart
    assertThat(alarmsAfter(100, DOWN)).hasSize(1);
    assertThat(alarmsAfter(DestinationRule.LOOKS, WELL)).isEmpty();
  }

  @Test
  void theAlarmOfAnUpstreamThatIsGoneIsOver() {
    alarmsAfter(DestinationRule.LOOKS, MISSING);
    rule = new DestinationRule(book, () -> standing);
    assertThat(alarmsAfter(1, List.of(new Standing("archive", true, List.of())))).isEmpty();
  }

  @Test
  void oneThatAnOperatorClearedAndIsStillMissingComesAgain() {
    AlarmView raised = alarmsAfter(DestinationRule.LOOKS, MISSING).getFirst();
    assertThat(book.clear(raised.id(), "anna", "made")).isNotNull();
    assertThat(alarmsAfter(DestinationRule.LOOKS, MISSING)).hasSize(1);
  }
}
