package io.sluice.sim.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTailTest {
  @TempDir Path folder;

  private static String record(String messageClass) {
    return "{\"class\":\"%s\",\"t\":%d,\"m\":[]}%n"
        .formatted(messageClass, System.currentTimeMillis() * 1000);
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static void await(FileTail tail, long alarms) {
    Awaitility.await().until(() -> tail.alarmLatencies().getTotalCount() == alarms);
  }

  @Test
  void alarmsThatArriveAreTimedAcrossHalfLinesAndRenaming() throws Exception {
    Path archive = folder.resolve("archive");
    Files.createDirectories(archive);
    Path open = archive.resolve("r-0.jsonl.open");
    append(open, record("alarm")); // before: passed over
    try (FileTail tail = new FileTail(archive)) {
      append(open, record("telemetry") + record("alarm"));
      await(tail, 1);
      String line = record("alarm");
      append(open, line.substring(0, 10));
      append(open, line.substring(10));
      Files.move(open, archive.resolve("r-0.jsonl"));
      append(archive.resolve("r-1.jsonl.open"), record("alarm"));
      await(tail, 3);
    }
  }

  /** The gateway renames a file when it is full, also in the middle of a look. */
  @Test
  void aFileThatIsRenamedDuringALookIsFollowed() throws Exception {
    Path archive = Files.createDirectories(folder.resolve("renamed"));
    Path open = archive.resolve("r-0.jsonl.open");
    try (FileTail tail = new FileTail(archive)) {
      append(open, record("alarm"));
      await(tail, 1);
      long end = System.nanoTime() + Duration.ofMillis(500).toNanos();
      while (System.nanoTime() - end < 0) {
        Files.move(open, archive.resolve("r-0.jsonl"));
        Files.move(archive.resolve("r-0.jsonl"), open);
      }
      append(open, record("alarm"));
      await(tail, 2);
    }
  }

  @Test
  void aFolderThatComesLaterIsFollowed() throws Exception {
    Path archive = folder.resolve("later");
    try (FileTail tail = new FileTail(archive)) {
      Files.createDirectories(archive.resolve("2026"));
      append(archive.resolve("2026/r-0.jsonl.open"), record("alarm"));
      await(tail, 1);
    }
  }
}
