package io.sluice.engine.audit;

import static io.sluice.engine.audit.AuditFixture.event;
import static io.sluice.engine.audit.AuditFixture.holds;
import static io.sluice.engine.audit.AuditFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.config.Bytes;
import io.sluice.engine.audit.AuditVerifier.Holds;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kill -9 in the midst of writing. */
class AuditCrashTest {
  private static final AuditSettings SETTINGS =
      new AuditSettings(null, new Bytes(64 << 10), 10_000, Duration.ofDays(1), null);

  @TempDir Path directory;

  /** Writes events without end and prints each number that is on disk. */
  static final class Endless {
    private Endless() {}

    public static void main(String[] args) throws IOException {
      try (AuditLog log = AuditLog.open(SETTINGS, Path.of(args[0]), Clock.systemUTC())) {
        long printed = 0;
        for (int i = 0; ; i++) {
          log.record(event(i));
          long onDisk = log.head().seq();
          if (onDisk > printed) {
            printed = onDisk;
            System.out.println(onDisk);
          }
        }
      }
    }
  }

  @Test
  void whatWasOnDiskIsThereAfterAKillAndTheChainHolds() throws Exception {
    for (int round = 0; round < 3; round++) {
      long durable = killAfter(2_000);
      write(directory, SETTINGS, 0, 1);
      Holds holds = holds(directory);
      assertThat(holds.lastSeq()).isGreaterThan(durable);
    }
  }

  private long killAfter(long events) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Endless.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long first = -1;
    long last = -1;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        last = Long.parseLong(line);
        first = first < 0 ? last : first;
        if (last - first > events) {
          process.destroyForcibly().waitFor();
          break;
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(last).as("events before the kill").isPositive();
    return last;
  }
}
