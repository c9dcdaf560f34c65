package io.sluice.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.LoggerContext;
import io.sluice.api.config.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogRotationTest {
  private static final Logger LOG = LoggerFactory.getLogger(LogRotationTest.class);
  private static final int MAX_BYTES = 4096;

  @TempDir Path directory;

  /** The log is the process's: other tests find it as it was. */
  @AfterEach
  void restore() {
    new LogOutput().configure((LoggerContext) LoggerFactory.getILoggerFactory());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void floodIsBoundedInSizeAndCountAndKeepsTheLatest() throws Exception {
    LogOutput.direct(new LoggingSettings(directory.resolve("s.log"), new Bytes(MAX_BYTES), 3));
    for (int i = 0; i < 2_000; i++) {
      LOG.info("line {} of a flood that would fill the disk of a small box", i);
    }
    assertThat(files())
        .extracting(file -> file.getFileName().toString())
        .containsExactly("s.log", "s.log.1", "s.log.2", "s.log.3");
    for (Path file : files()) {
      assertThat(Files.size(file)).as(file.toString()).isLessThan(MAX_BYTES + 200);
    }
    String newest = Files.readString(directory.resolve("s.log"));
    assertThat(newest + Files.readString(directory.resolve("s.log.1"))).contains("line 1999 of");
  }

  @Test
  void restartGoesOnInTheSameFile() throws Exception {
    Path file = directory.resolve("logs/s.log");
    LoggingSettings settings = new LoggingSettings(file, new Bytes(MAX_BYTES), 3);
    LogOutput.direct(settings);
    LOG.info("before");
    LogOutput.direct(settings);
    LOG.info("after");
    assertThat(Files.readString(file)).contains("before", "after");
  }

  @Test
  void fileThatCannotBeWrittenIsOneLineWithTheRemedy() {
    assertThatThrownBy(
            () -> LogOutput.direct(new LoggingSettings(directory, new Bytes(MAX_BYTES), 3)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the log cannot be written to " + directory)
        .hasMessageContaining("logging.file");
  }

  @Test
  void withoutAFileNothingChanges() throws Exception {
    LogOutput.direct(LoggingSettings.DEFAULTS);
    LOG.info("to standard error");
    assertThat(files()).isEmpty();
  }
}
