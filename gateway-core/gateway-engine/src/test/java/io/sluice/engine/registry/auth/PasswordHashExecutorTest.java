package io.sluice.engine.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.AddressKey;
import io.sluice.engine.registry.auth.PasswordHashExecutor.Standing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PasswordHashExecutorTest {
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());

  private FairLane.Work work(String name) {
    return new FairLane.Work() {
      @Override
      public void run() {
        done.add(name);
      }

      @Override
      public void givenUp() {
        done.add("not " + name);
      }
    };
  }

  @Test
  void theKnownHaveThreeOfFourTurnsAndRoomOfTheirOwn() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (PasswordHashExecutor lanes = new PasswordHashExecutor(1, 6)) {
      FairLane.Work first =
          new FairLane.Work() {
            @Override
            public void run() {
              begun.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }

            @Override
            public void givenUp() {
              done.add("not the first");
            }
          };
      lanes.offer(Standing.TRUSTED, AddressKey.of("192.0.2.99"), first);
      begun.await();
      lanes.offer(Standing.SUSPECT, AddressKey.of("192.0.2.98"), work("s"));
      for (int i = 0; i < 7; i++) {
        lanes.offer(Standing.TRUSTED, AddressKey.of("192.0.2." + i), work("t" + i));
      }
      for (int i = 0; i < 6; i++) {
        lanes.offer(Standing.KNOWN, AddressKey.of("198.51.100." + i), work("k" + i));
      }
      assertThat(lanes.waiting()).isEqualTo(13);
      goOn.countDown();
      await().until(() -> done.size() == 14);
    }
    assertThat(done)
        .containsExactly(
            "not t6", "k0", "k1", "t0", "k2", "k3", "k4", "t1", "k5", "t2", "t3", "t4", "t5", "s");
  }
}
