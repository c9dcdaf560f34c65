package io.sluice.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sluice.adapter.testkit.LoopDisk;
import io.sluice.adapter.testkit.seeded.Campaign;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Histories of SQLite beside the spool on a real disk that fails; see docs/campaign.md. */
@Tag(Campaign.TAG)
class SqliteFileCampaignTest {
  private static final int DISK_MB = 24;
  private static final int STEPS = 50;
  private static final int SECTOR = 512;
  private static final int TRIES_ON_DAMAGE = 6;

  @TempDir static Path directory;

  private static @Nullable LoopDisk disk;

  /** What is the matter with the disk. */
  private enum SqliteFault {
    NONE,
    FULL,
    /** Read-only or without power, until it is mounted anew. */
    GONE
  }

  @BeforeAll
  static void mount() throws IOException {
    log().setLevel(Level.OFF);
    try {
      disk = LoopDisk.make(directory, DISK_MB);
    } catch (IOException e) {
      boolean mustRun =
          System.getenv("SLUICE_REQUIRE_TOOLS") != null
              && "root".equals(System.getProperty("user.name"));
      if (mustRun) {
        throw e;
      }
      Assumptions.abort("no small disk can be mounted here (it needs root): " + e.getMessage());
    }
  }

  @AfterAll
  static void unmount() throws IOException {
    log().setLevel(null);
    if (disk != null) {
      disk.close();
    }
  }

  /** What the stores say to thousands of faults would bury the seeds. */
  private static Logger log() {
    return (Logger) LoggerFactory.getLogger(SqliteFile.class.getPackageName());
  }

  @Test
  void whatWasConfirmedStaysAndWhatWasRefusedIsNotThere() {
    Campaign.run(
        "side-store",
        3,
        random -> {
          try (Life life = new Life(random, random.nextBoolean())) {
            life.run();
          }
        });
  }

  /** One history. */
  private static final class Life implements AutoCloseable {
    private final SplittableRandom random;
    private final boolean beginsAnew;
    private final Path place;
    private final SqliteFileHistory history;
    private SqliteFault trouble = SqliteFault.NONE;
    private @Nullable Path ballast;
    private int lives;

    Life(SplittableRandom random, boolean beginsAnew) throws IOException {
      this.random = random;
      this.beginsAnew = beginsAnew;
      this.place = Files.createDirectories(disk.root().resolve("life"));
      this.history = new SqliteFileHistory(place.resolve("side-0.db"), beginsAnew);
      history.open();
    }

    void run() throws IOException {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(20)) {
          case 0, 1 -> fill();
          case 2 -> goneWith(LoopDisk::remountReadOnly);
          case 3 -> goneWith(LoopDisk::cutPower);
          case 4, 5, 6 -> heal();
          case 7 -> kill(false);
          case 8 -> kill(true);
          case 9 -> damage();
          case 10 -> reopen();
          case 11 -> audit();
          default -> put();
        }
      }
      heal();
      assertThat(history.put(random, () -> {})).as("it heals").isTrue();
      reopen();
      assertThat(history.confirmed()).isPositive();
    }

    private void put() {
      boolean isConfirmed = history.put(random, () -> {});
      assertThat(isConfirmed || trouble != SqliteFault.NONE)
          .as("refused on a disk that is well: %s", history.store().trouble())
          .isTrue();
    }

    /** A disk that is only full is read from. */
    private void audit() {
      if (trouble != SqliteFault.GONE) {
        history.audit();
      }
    }

    private void fill() throws IOException {
      if (trouble == SqliteFault.NONE) {
        ballast = disk.fill();
        trouble = SqliteFault.FULL;
        put();
      }
    }

    /** What happens to a disk. */
    private interface Loss {
      void of(LoopDisk disk) throws IOException;
    }

    private void goneWith(Loss loss) throws IOException {
      heal();
      loss.of(disk);
      trouble = SqliteFault.GONE;
    }

    /** Full: without a restart. Gone: by one. */
    private void heal() throws IOException {
      SqliteFault before = trouble;
      if (before == SqliteFault.GONE) {
        history.close();
        disk.unmount();
        disk.mount();
        history.open();
      } else if (ballast != null) {
        Files.delete(ballast);
        ballast = null;
        history.store().probe();
      }
      trouble = SqliteFault.NONE;
      if (before != SqliteFault.NONE) {
        assertThat(history.store().trouble()).isNull();
        history.audit();
        put();
      }
    }

    private void reopen() throws IOException {
      heal();
      history.close();
      history.open();
      history.audit();
    }

    private void kill(boolean isInTheMiddle) throws IOException {
      heal();
      Path left = place.resolve("side-" + ++lives + ".db");
      if (isInTheMiddle) {
        boolean isConfirmed =
            history.put(
                random,
                () -> {
                  history.leaveTo(left);
                  throw new SqliteFileHistory.Killed();
                });
        assertThat(isConfirmed).isFalse();
      } else {
        history.leaveTo(left);
      }
      history.goOnWith(left);
      history.audit();
    }

    /** What a damaged file still has may be anything that was confirmed; then it is mended. */
    private void damage() throws IOException {
      heal();
      Path backup = place.resolve("backup.db");
      history.backUp(backup);
      boolean isOpen = random.nextBoolean();
      if (!isOpen) {
        history.close();
      }
      for (int places = random.nextInt(1, 4); places > 0; places--) {
        spoil();
      }
      if (isOpen || opens()) {
        for (int i = 0; i < TRIES_ON_DAMAGE; i++) {
          history.put(random, () -> {});
          history.auditDamaged();
        }
      }
      if (beginsAnew) {
        if (!history.isAnew()) {
          history.beginAnew();
        }
        Files.deleteIfExists(backup);
      } else {
        history.restore(backup);
      }
      history.audit();
      put();
    }

    private boolean opens() throws IOException {
      try {
        history.open();
        return true;
      } catch (IOException e) {
        if (beginsAnew) {
          throw e;
        }
        assertThat(e).hasMessageStartingWith(history.file().toString());
        return false;
      }
    }

    private void spoil() throws IOException {
      Path log = history.file().resolveSibling(history.file().getFileName() + "-wal");
      boolean isLog = random.nextInt(3) == 0 && Files.exists(log) && Files.size(log) > 0;
      try (RandomAccessFile open =
          new RandomAccessFile((isLog ? log : history.file()).toFile(), "rw")) {
        long sectors = Math.max(1, open.length() / SECTOR);
        long at = random.nextInt(4) == 0 ? 0 : random.nextLong(sectors) * SECTOR;
        byte[] sector = new byte[SECTOR];
        open.seek(at);
        int length = open.read(sector);
        if (length <= 0) {
          return;
        }
        if (random.nextBoolean()) {
          sector[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
        } else {
          random.nextBytes(sector);
        }
        open.seek(at);
        open.write(sector, 0, length);
      }
    }

    @Override
    public void close() throws IOException {
      history.close();
      if (trouble == SqliteFault.GONE) {
        disk.unmount();
        disk.mount();
      }
      if (ballast != null) {
        Files.delete(ballast);
      }
      try (Stream<Path> files = Files.walk(place)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
