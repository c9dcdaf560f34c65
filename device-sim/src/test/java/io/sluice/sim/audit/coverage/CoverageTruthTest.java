package io.sluice.sim.audit.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.audit.coverage.CoverageTruth.Counts;
import io.sluice.sim.audit.coverage.CoverageTruth.Looks;
import io.sluice.sim.audit.coverage.CoverageTruth.Outcome;
import io.sluice.sim.device.Kind;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One device of three metrics that is to report each 10 s. */
class CoverageTruthTest {
  private static final long METRICS = 3;

  @TempDir Path folder;
  private Scenario scenario;
  private SimDevice device;
  private final SentLog log = new SentLog(0);

  @BeforeEach
  void oneDevice() throws Exception {
    play("{ profile: irrigation-valve, id: \"v-{n}\", interval: 10s }");
  }

  private void play(String group) throws Exception {
    Path file = folder.resolve("scenario.yaml");
    Files.writeString(
        file,
        """
        name: t
        seed: 3
        groups:
          - %s
        """
            .formatted(group));
    scenario = Scenario.load(file);
    device = new SimDevice(scenario.devices().getFirst(), 0);
    assertThat(device.spec().group().profile().metrics()).hasSize((int) METRICS);
  }

  private void sent(long... millis) {
    for (long each : millis) {
      log.append(Kind.TELEMETRY, each);
    }
  }

  private Counts counts(Looks looks) {
    return counts(looks, 0);
  }

  private long lateMicros;

  private Counts counts(Looks looks, long copies) {
    return CoverageTruth.of(
            scenario,
            List.of(new Played(device, log)),
            new CoverageTruth.Arrival() {
              @Override
              public Outcome of(Played played, int index) {
                return Outcome.ARRIVED;
              }

              @Override
              public Long lateness(Played played, int index) {
                return lateMicros;
              }

              @Override
              public Long copies(Played played) {
                return copies;
              }
            },
            site -> true,
            looks)
        .values()
        .iterator()
        .next();
  }

  @Test
  void dueIsTheCountOfSlotsWhoseCentreHasCome() {
    sent(3_000, 13_000, 33_000);
    // centres at 3, 13, 23, 33 and 43 s; one more may have been due before the first sample
    Counts counts = counts(new Looks(-100, 0, 43_001, 43_002));
    assertThat(counts.dueHigh()).isEqualTo(5 * METRICS);
    assertThat(counts.dueLow()).isEqualTo(4 * METRICS);
    assertThat(counts(new Looks(-100, 0, 42_999, 43_000)).dueHigh()).isEqualTo(4 * METRICS);
    assertThat(counts.filledLow()).isEqualTo(3 * METRICS);
    assertThat(counts.filledHigh()).isEqualTo(3 * METRICS);
  }

  @Test
  void aSlotThatIsFilledAheadCountsWhenItsCentreComes() {
    sent(0, 6_000);
    assertThat(counts(new Looks(-2, -1, 9_999, 10_000)).filledHigh()).isEqualTo(METRICS);
    assertThat(counts(new Looks(-2, -1, 10_001, 10_002)).filledLow()).isEqualTo(2 * METRICS);
  }

  @Test
  void samplesAreCountedEachNotBySlotOrMessage() {
    sent(0, 1_000, 2_000, 10_000);
    Counts counts = counts(new Looks(-2, -1, 20_001, 20_002));
    assertThat(counts.samples()).isEqualTo(4);
    assertThat(counts.filledLow()).isEqualTo(2 * METRICS);
  }

  @Test
  void aCopyWithoutATimeOfItsOwnMayFillASlotOfItsOwn() throws Exception {
    play("{ profile: irrigation-valve, id: \"v-{n}\", interval: 10s, dialect: aws-iot }");
    sent(0, 10_000, 20_000);
    Looks looks = new Looks(-2, -1, 60_000, 60_000);
    assertThat(counts(looks).filledHigh()).isEqualTo(3 * METRICS);
    assertThat(counts(looks, 1).filledHigh()).as("sent again at 40 s").isEqualTo(4 * METRICS);
  }

  @Test
  void slotsMayLieAtTheFirstAlarmWhichIsCountedAheadOfTheRest() {
    sent(0, 4_000);
    log.append(Kind.ALARM_RAISED, 16_000);
    // at 0 s: two in the first slot, one in the third; at 16 s: -16 s, -12 s and 0 s of it, in
    // three
    Counts counts = counts(new Looks(-2, -1, 60_000, 60_000));
    assertThat(counts.filledLow()).isEqualTo(2 * METRICS);
    assertThat(counts.filledHigh()).isEqualTo(3 * METRICS);
  }

  @Test
  void aSampleFarAheadOfWhenItWasReceivedIsOfNoSlot() {
    sent(0, 10_000);
    lateMicros = -300_000_000;
    assertThat(counts(new Looks(-2, -1, 60_000, 60_000)).filledLow()).isEqualTo(2 * METRICS);
    lateMicros = -300_000_001;
    assertThat(counts(new Looks(-2, -1, 60_000, 60_000)).filledHigh()).isZero();
  }

  @Test
  void completenessOnTheWayIsNeverMoreThanWhole() {
    sent(0, 6_000, 16_000, 26_000);
    for (long at = 1; at < 40_000; at += 777) {
      Counts counts = counts(Looks.until(at));
      assertThat(counts.filledLow()).as("at %d ms", at).isLessThanOrEqualTo(counts.dueHigh());
    }
  }

  @Test
  void aDeviceThatNeverSentIsDueFromWhenItWasExpected() {
    Counts counts = counts(new Looks(-100, 0, 60_000, 60_100));
    assertThat(counts.filledHigh()).isZero();
    assertThat(counts.dueLow()).isEqualTo(5 * METRICS);
    assertThat(counts.dueHigh()).isEqualTo(7 * METRICS);
  }

  @Test
  void nothingIsDueInAnOutageAndNothingFillsIt() {
    sent(0, 10_000, 20_000, 30_000, 40_000);
    Counts all = counts(new Looks(-100, 0, 45_000, 45_000));
    Counts without =
        counts(new Looks(-100, 0, 45_000, 45_000, List.of(new OutageAudit.Outage(9_000, 25_000))));
    assertThat(all.dueHigh() - without.dueHigh()).isEqualTo(2 * METRICS);
    assertThat(all.filledHigh() - without.filledHigh()).isEqualTo(2 * METRICS);
    assertThat(without.filledLow()).isEqualTo(3 * METRICS);
  }

  @Test
  void whatIsInItsRangeIsGood() {
    sent(0, 10_000);
    Counts counts = counts(new Looks(-100, 0, 15_000, 15_000));
    assertThat(counts.goodLow()).isEqualTo(counts.filledLow());
    assertThat(counts.goodHigh()).isEqualTo(counts.filledHigh());
  }
}
