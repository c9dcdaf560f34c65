package io.sluice.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.Terms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which readings are taken for ends, while records are on their way into the book. */
class OpenAlarmsTest {
  private static final String DEVICE = "gas-1";
  private static final String GAS = Signal.key("gas", "");

  @TempDir Path data;

  private final OpenAlarms open = new OpenAlarms();

  @BeforeEach
  void judge() throws Exception {
    Path file =
        Files.writeString(
            data.resolve("own.yaml"),
            """
            metrics: { gas: { }, smoke: { type: boolean } }
            alarms:
              - { when: gas >= 10 }
              - { when: smoke == true, latch: true }
            """);
    open.judgeBy(Profiles.load(List.of(file)).profiles(), Terms.NONE);
  }

  private static byte[] gas(double value) {
    RecordWriter writer = new RecordWriter();
    writer
        .begin(MessageClass.TELEMETRY, 1, TimeSource.SERVER, 1, false)
        .identity(DEVICE, "emergency", "depot", "own", "edge-01", "mqtt", "telemetry;json")
        .measurement("gas", null, Quality.GOOD, null, RecordFormat.NO_TIME)
        .value(value);
    writer.measurement("smoke", null, Quality.GOOD, null, RecordFormat.NO_TIME).value(false);
    return writer.finish();
  }

  private boolean isEnd(double value) {
    return open.isOpen(DEVICE) && open.ending(DEVICE, gas(value)) != null;
  }

  @Test
  void readingEndsWhatIsOpenAlone() {
    assertThat(isEnd(3)).isFalse();
    open.stored(DEVICE, 4);
    open.begin(Map.of());
    assertThat(isEnd(3)).as("of a former process, not taken yet").isTrue();
    assertThat(isEnd(30)).isFalse();
    open.takenUpTo(4);
    open.begin(Map.of(DEVICE, Set.of(GAS)));
    assertThat(isEnd(3)).isTrue();
  }

  @Test
  void raiseThatTheBookHasNotTakenYetIsEndedAllTheSame() {
    open.begin(Map.of());
    open.underWay(DEVICE);
    assertThat(isEnd(3)).as("not on disk yet").isTrue();
    open.stored(DEVICE, 7);
    assertThat(isEnd(3)).as("on disk, not in the book").isTrue();
    open.publish(DEVICE, Set.of(GAS), 7);
    open.takenUpTo(7);
    assertThat(isEnd(3)).as("in the book").isTrue();
    open.publish(DEVICE, Set.of(), 8);
    open.takenUpTo(8);
    assertThat(isEnd(3)).as("over").isFalse();
    assertThat(open.isOpen(DEVICE)).isFalse();
  }

  @Test
  void endOfAnEarlierAlarmHidesNoLaterOne() {
    open.begin(Map.of(DEVICE, Set.of(GAS)));
    open.underWay(DEVICE);
    open.stored(DEVICE, 8);
    open.underWay(DEVICE); // raised again, while the end is taken
    open.publish(DEVICE, Set.of(), 8);
    open.takenUpTo(8);
    assertThat(isEnd(3)).isTrue();
    open.stored(DEVICE, 9);
    open.sweep();
    assertThat(isEnd(3)).isTrue();
  }

  @Test
  void recordThatWasNotStoredLeavesNothingBehind() {
    open.begin(Map.of());
    open.underWay(DEVICE);
    open.lost(DEVICE);
    assertThat(open.isOpen(DEVICE)).isFalse();
  }

  @Test
  void otherAlarmsAndLatchedOnesAreNotEnded() {
    open.begin(Map.of(DEVICE, Set.of(Signal.key("smoke", ""), Signal.key("gas", "2"))));
    assertThat(isEnd(3)).isFalse();
  }
}
