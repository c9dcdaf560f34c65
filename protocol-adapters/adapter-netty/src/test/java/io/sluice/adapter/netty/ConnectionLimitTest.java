package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
  @Test
  void placesAreTakenAndGivenBack() {
    ConnectionLimit places = new ConnectionLimit("listeners.lines", 2, Integer.MAX_VALUE);
    assertThat(places.take()).isTrue();
    assertThat(places.take()).isTrue();
    assertThat(places.take()).isFalse();
    assertThat(places.open()).isEqualTo(2);
    places.giveBack();
    assertThat(places.take()).isTrue();
  }

  @Test
  void lastPlaceIsOnesOnly() throws Exception {
    ConnectionLimit places = new ConnectionLimit("listeners.lines", 100, Integer.MAX_VALUE);
    List<Callable<Integer>> takers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      takers.add(() -> {
        int taken = 0;
        for (int turn = 0; turn < 100; turn++) {
          taken += places.take() ? 1 : 0;
        }
        return taken;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(takers.size())) {
      int taken = 0;
      for (Future<Integer> each : threads.invokeAll(takers)) {
        taken += each.get();
      }
      assertThat(taken).isEqualTo(100);
    }
    assertThat(places.open()).isEqualTo(100);
  }

  @Test
  void refusalNamesWhatIsToBeRaised() {
    assertThat(new ConnectionLimit("listeners.lines", 10, Integer.MAX_VALUE).refusal())
        .isEqualTo("refused: 10 connections are open; raise listeners.lines.max-connections");
    assertThat(new ConnectionLimit("listeners.lines", 5000, 1024).refusal())
        .startsWith("refused: " + (1024 - OpenFiles.RESERVED) + " connections are open")
        .endsWith("raise the limit of open files, which is 1024 (ulimit -n, LimitNOFILE=)");
  }
}
