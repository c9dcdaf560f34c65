package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that appends is killed; what it was told to be stored must be there. */
class SpoolKillTest {
  private static final int ROUNDS = 3;
  private static final int ACKNOWLEDGED_PER_ROUND = 300;
  private static final int BODY_BYTES = 500;

  @TempDir Path directory;

  @Test
  @Timeout(120)
  void whatWasAcknowledgedOutlivesAKilledProcess() throws Exception {
    Map<Long, Long> acknowledged = new TreeMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      killWhileItAppends(acknowledged);
      check(acknowledged);
    }
  }

  /** Room for all that a child appends while nobody reads what it prints: the pipe bounds that. */
  private static SpoolSettings settings() {
    SpoolSettings small = SegmentedSpoolTest.settings(Policy.REFUSE);
    return new SpoolSettings(
        new Bytes(64 << 20),
        small.segmentBytes(),
        small.alarmShare(),
        small.eventShare(),
        small.telemetryPolicy(),
        small.eventPolicy(),
        small.alarmPolicy(),
        small.maxAge(),
        small.deadLetterBytes(),
        small.queueBytes(),
        null);
  }

  private void killWhileItAppends(Map<Long, Long> acknowledged) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Appender.class.getName(),
                directory.toString(),
                String.valueOf(acknowledged.size()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
      int seen = 0;
      String line = out.readLine();
      while (line != null) {
        String[] fields = line.split(" ", -1);
        if (fields.length == 4 && fields[3].equals("end")) {
          assertThat(acknowledged.put(Long.valueOf(fields[1]), Long.valueOf(fields[2]))).isNull();
          if (++seen == ACKNOWLEDGED_PER_ROUND) {
            // Through its handle: what it printed until then can still be read.
            child.toHandle().destroyForcibly();
          }
        }
        line = out.readLine();
      }
      assertThat(seen).isGreaterThanOrEqualTo(ACKNOWLEDGED_PER_ROUND);
    } finally {
      child.destroyForcibly();
      assertThat(child.waitFor(45, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void check(Map<Long, Long> acknowledged) throws IOException {
    try (SegmentedSpool spool = SegmentedSpool.open(settings(), directory, Clock.systemUTC());
        SpoolReader reader = spool.reader("check")) {
      Map<Long, Long> found = new TreeMap<>();
      SpoolBatch batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 1_000, 1 << 20);
      while (batch != null) {
        for (int i = 0; i < batch.count(); i++) {
          assertThat(batch.length(i)).isEqualTo(BODY_BYTES);
          found.put(batch.sequence(i), Appends.number(batch, i));
        }
        batch = reader.read(Lane.TELEMETRY, Stream.LIVE, 1_000, 1 << 20);
      }
      assertThat(found).containsAllEntriesOf(acknowledged);
    }
  }

  /** The child: appends without end, and prints what is stored. */
  static final class Appender {
    private Appender() {}

    public static void main(String[] arguments) throws Exception {
      SegmentedSpool spool =
          SegmentedSpool.open(settings(), Path.of(arguments[0]), Clock.systemUTC());
      long number = Long.parseLong(arguments[1]);
      while (true) {
        Appends entry = Appends.of(Lane.TELEMETRY, number, BODY_BYTES);
        if (!spool.append(entry)) {
          throw new IllegalStateException("the spool refuses");
        }
        System.out.println("acked " + entry.verdict().get() + " " + number++ + " end");
      }
    }
  }
}
