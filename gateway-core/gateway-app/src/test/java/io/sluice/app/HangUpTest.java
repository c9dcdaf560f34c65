package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HangUpTest {
  @Test
  void signalRunsTheActionAndEndsNothing() throws Exception {
    CountDownLatch twice = new CountDownLatch(2);
    HangUp.install(twice::countDown);
    for (int i = 0; i < 2; i++) {
      long before = twice.getCount();
      Process kill =
          new ProcessBuilder("kill", "-HUP", Long.toString(ProcessHandle.current().pid())).start();
      assertThat(kill.waitFor()).isZero();
      org.awaitility.Awaitility.await().until(() -> twice.getCount() < before);
    }
    assertThat(twice.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
