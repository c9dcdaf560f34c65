package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sluice.adapter.testkit.seeded.Campaign;
import io.sluice.api.Lane;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.writer.CrashableDisk.Fault;
import io.sluice.spool.writer.CrashableDisk.PowerCut;
import io.sluice.spool.writer.CrashableDisk.Survival;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Histories of crashes and faults; see docs/campaign.md. */
@Tag(Campaign.TAG)
@Tag("slow")
class SpoolCampaignTest {
  private static final int STEPS = 120;
  private static final int EVENTS_MAX = 20;

  /** What the spool says to thousands of faults would bury the seeds. */
  @BeforeAll
  static void quiet() {
    spoolLog().setLevel(Level.OFF);
  }

  @AfterAll
  static void loud() {
    spoolLog().setLevel(null);
  }

  private static Logger spoolLog() {
    return (Logger) LoggerFactory.getLogger(SegmentedSpool.class.getPackageName());
  }

  /** What may happen in a history. */
  private record Kind(boolean crashes, boolean faults, boolean damage) {}

  @Test
  void nothingAcknowledgedIsLostByCrashes() {
    Campaign.run("spool-crashes", 150, random -> run(random, new Kind(true, false, false)));
  }

  @Test
  void nothingAcknowledgedIsLostByAFailingDisk() {
    Campaign.run("spool-faults", 150, random -> run(random, new Kind(true, true, false)));
  }

  @Test
  void damageIsCountedAndNeverFatal() {
    Campaign.run("spool-damage", 150, random -> run(random, new Kind(true, false, true)));
  }

  @Test
  void damageOnAFailingDiskIsCountedAndNeverFatal() {
    Campaign.run("spool-damage-and-faults", 120, random -> run(random, new Kind(true, true, true)));
  }

  private static void run(SplittableRandom random, Kind kind) throws IOException {
    SpoolHistory history =
        new SpoolHistory(
            random,
            random.nextInt(3) == 0,
            random.nextBoolean() ? Policy.REFUSE : Policy.DROP_OLDEST,
            random.nextInt(4) == 0);
    history.open();
    for (int step = 0; step < STEPS; step++) {
      try {
        step(history, random, kind);
      } catch (PowerCut e) {
        crash(history, random, kind);
      }
    }
    wholeAgain(history);
    history.audit();
    history.drain();
    assertThat(history.acknowledged()).isPositive();
  }

  private static void step(SpoolHistory history, SplittableRandom random, Kind kind)
      throws IOException {
    Lane lane = Lane.values()[random.nextInt(3)];
    int reader = random.nextInt(2);
    switch (random.nextInt(EVENTS_MAX)) {
      case 0 -> history.split(reader, lane);
      case 1 -> history.clock.step(Duration.ofMinutes(random.nextInt(-90, 120)));
      case 2, 3 -> history.spool().upkeep();
      case 4, 5 -> history.keep();
      case 6 -> {
        history.closeCleanly();
        reopen(history, random);
      }
      case 7 -> crash(history, random, kind);
      case 8 -> history.disk.cutAtStep(1 + random.nextInt(60));
      case 9 -> fault(history, random, kind);
      case 10 -> damage(history, random, kind);
      case 11, 12, 13, 14 -> append(history, random, lane);
      default -> read(history, random, kind, lane);
    }
  }

  private static void append(SpoolHistory history, SplittableRandom random, Lane lane) {
    int length = random.nextInt(60) == 0 ? 70_000 : random.nextInt(1_200);
    history.append(lane, 1 + random.nextInt(60), length);
    if (!history.disk.isFaulty()) {
      history.balance();
    }
  }

  private static void read(SpoolHistory history, SplittableRandom random, Kind kind, Lane lane) {
    int reader = random.nextInt(2);
    Stream stream = random.nextBoolean() ? Stream.LIVE : Stream.BACKLOG;
    try {
      history.read(reader, lane, stream);
    } catch (IOException e) {
      assertThat(history.disk.isFaulty() || kind.damage()).as("%s", e).isTrue();
      history.rewind(reader);
    }
  }

  private static void crash(SpoolHistory history, SplittableRandom random, Kind kind)
      throws IOException {
    if (kind.crashes() && random.nextInt(4) > 0) {
      history.cutPower(Survival.values()[random.nextInt(3)]);
    } else {
      history.kill();
    }
    reopen(history, random);
  }

  /** Perhaps with the power going again while it opens, or on a disk that fails. */
  private static void reopen(SpoolHistory history, SplittableRandom random) throws IOException {
    boolean isCutAgain = random.nextInt(4) == 0;
    if (isCutAgain) {
      history.disk.cutAtStep(1 + random.nextInt(25));
    }
    try {
      history.open();
    } catch (PowerCut e) {
      history.cutPower(Survival.values()[random.nextInt(3)]);
      history.disk.heal();
      history.open();
    } catch (IOException | java.io.UncheckedIOException e) {
      if (!history.disk.isFaulty()) {
        throw new AssertionError(e);
      }
      history.kill();
      history.disk.heal();
      history.open();
    }
    if (!history.disk.isFaulty()) {
      SpoolHistory.untilThePowerGoes(history::audit);
    }
  }

  private static void fault(SpoolHistory history, SplittableRandom random, Kind kind) {
    if (!kind.faults()) {
      return;
    }
    if (history.disk.isFaulty()) {
      history.disk.heal();
      return;
    }
    Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
    boolean isForGood = fault == Fault.READ_ONLY || random.nextBoolean();
    history.disk.fault(fault, isForGood ? 1 : 0.2);
    if (fault == Fault.READ_ERROR) {
      // A page that fails for long enough counts as damaged.
      history.damaged();
    }
  }

  private static void damage(SpoolHistory history, SplittableRandom random, Kind kind) {
    if (!kind.damage()) {
      return;
    }
    List<Path> files =
        history.disk.files().stream()
            .filter(f -> !f.endsWith("lock") && !f.endsWith("key-check") && !f.endsWith("epoch"))
            .toList();
    Path file = files.get(random.nextInt(files.size()));
    if (file.toString().contains(".cursor")) {
      history.damagedCursors();
    }
    switch (random.nextInt(4)) {
      case 0 -> history.disk.flipBit(file, random.nextInt(64), random.nextInt(8));
      case 1 -> history.disk.flipBit(file, random.nextInt(64 << 10), random.nextInt(8));
      case 2 -> history.disk.wipe(file, 512L * random.nextInt(128), 512 * (1 + random.nextInt(8)));
      default -> history.disk.wearOut(file, random.nextInt(64 << 10));
    }
    history.damaged();
  }

  /** The disk is well again: records are taken without a restart. */
  private static void wholeAgain(SpoolHistory history) throws IOException {
    history.disk.kill();
    history.forget();
    history.disk.heal();
    history.open();
  }

  @Test
  void theSpoolGoesOnWithoutRestartWhenTheDiskIsWellAgain() {
    Campaign.run(
        "spool-recovers",
        100,
        random -> {
          SpoolHistory history =
              new SpoolHistory(random, random.nextBoolean(), Policy.DROP_OLDEST, false);
          history.open();
          for (int round = 0; round < 6; round++) {
            history.append(Lane.TELEMETRY, 1 + random.nextInt(50), random.nextInt(2_000));
            Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
            if (fault != Fault.READ_ERROR) {
              history.disk.fault(fault, random.nextBoolean() ? 1 : 0.3);
            }
            for (int i = 0; i < 4; i++) {
              history.append(Lane.TELEMETRY, 1 + random.nextInt(50), random.nextInt(2_000));
              history.spool().upkeep();
              history.keep();
            }
            history.disk.heal();
            history.spool().upkeep();
            assertThat(history.append(Lane.TELEMETRY, 7, 100)).isEqualTo(7);
            assertThat(history.spool().fault()).isNull();
            history.audit();
          }
          history.drain();
        });
  }

  /** One life of a spool in which every kind of step is done; the power goes at one of them. */
  private static void fixedLife(SpoolHistory history) throws IOException {
    history.open();
    for (int round = 0; round < 5; round++) {
      history.append(Lane.ALARM, 3, 200);
      history.append(Lane.TELEMETRY, 220, 900);
      history.append(Lane.EVENT, 40, 700);
      history.drain();
      history.keep();
      history.spool().upkeep();
    }
    history.closeCleanly();
    history.open();
    history.append(Lane.ALARM, 2, 50);
    history.closeCleanly();
  }

  @Test
  void thePowerMayGoAtEveryStepOfAppendRollDeleteAndCursorSave() throws IOException {
    SpoolHistory whole =
        new SpoolHistory(new SplittableRandom(1), false, Policy.DROP_OLDEST, false);
    fixedLife(whole);
    TreeMap<String, Integer> kinds = new TreeMap<>(whole.disk.stepsByKind());
    assertThat(kinds)
        .containsKeys(
            "write .seg",
            "force .seg",
            "create .seg",
            "move .free to .seg",
            "move .seg to .free",
            "delete .seg",
            "truncate .seg",
            "sync telemetry",
            "write .cursor",
            "force .cursor",
            "write .partial",
            "move .partial to .free");
    long steps = whole.disk.steps();
    Campaign.run(
        "spool-each-step",
        1,
        random -> {
          for (long cut = 1; cut <= steps; cut++) {
            for (Survival survival : Survival.values()) {
              lifeWithACut(cut, survival, random.nextLong());
            }
          }
        });
  }

  private static void lifeWithACut(long cut, Survival survival, long chance) throws IOException {
    SpoolHistory history =
        new SpoolHistory(new SplittableRandom(1), false, Policy.DROP_OLDEST, false);
    history.disk.cutAtStep(cut);
    SpoolHistory.untilThePowerGoes(() -> fixedLife(history));
    history.disk.reseed(chance);
    history.cutPower(survival);
    try {
      history.open();
      history.audit();
      history.append(Lane.TELEMETRY, 3, 100);
      history.audit();
    } catch (AssertionError | IOException e) {
      throw new AssertionError("power cut at step " + cut + ", " + survival, e);
    }
  }
}
