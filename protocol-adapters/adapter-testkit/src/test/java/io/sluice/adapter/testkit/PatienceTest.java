package io.sluice.adapter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PatienceTest {

  @Test
  void aWaitThatNamesNoTimeHasTheKitsPatience() {
    AtomicReference<Duration> most = new AtomicReference<>();
    await()
        .conditionEvaluationListener(told ->
            most.set(Duration.ofMillis(told.getElapsedTimeInMS() + told.getRemainingTimeInMS())))
        .until(() -> true);
    assertThat(most.get()).isBetween(Patience.LONGEST.minusSeconds(1), Patience.LONGEST);
  }
}
