package io.sluice.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HangUpTest {
  @Test
  void signalRunsTheActionAndEndsNothing() throws Exception {
    assumeFalse(isIgnored(), "under nohup the virtual machine leaves SIGHUP ignored");
    CountDownLatch twice = new CountDownLatch(2);
    HangUp.install(twice::countDown);
    for (int i = 0; i < 2; i++) {
      long before = twice.getCount();
      Process kill =
          new ProcessBuilder("kill", "-HUP", Long.toString(ProcessHandle.current().pid())).start();
      assertThat(kill.waitFor()).isZero();
      org.awaitility.Awaitility.await().until(() -> twice.getCount() < before);
    }
    assertThat(twice.await(45, TimeUnit.SECONDS)).isTrue();
  }

  /** Whether the process was started with SIGHUP, the first signal, ignored. */
  private static boolean isIgnored() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) == 1);
  }
}
