package io.sluice.upstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.upstream.Delivery;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class BatchVerdictTest {
  private final BatchVerdict verdict = new BatchVerdict(3);

  @Test
  void allThatArriveAreDelivered() {
    verdict.arrived(2);
    verdict.arrived(0);
    assertThat(verdict.future()).isNotDone();
    verdict.arrived(1);
    assertThat(verdict.future()).isCompletedWithValue(new Delivery.Delivered());
  }

  @Test
  void oneThatIsRefusedLeavesTheOthersTheirs() {
    verdict.arrived(0);
    verdict.failed(1, new RecordTooLargeException("too large"));
    verdict.arrived(2);
    Delivery.Parted parted = (Delivery.Parted) verdict.future().join();
    assertThat(parted.ended()).isNull();
    assertThat(parted.records().isConfirmed(0)).isTrue();
    assertThat(parted.records().cause(1)).contains("too large");
    assertThat(parted.records().isConfirmed(2)).isTrue();
  }

  @Test
  void aTopicThatIsNotThereEndsNothing() {
    assertThat(
            BatchVerdict.isOfTopic(
                new TimeoutException("Topic sluice.alarm not present in metadata after 2000 ms.")))
        .isTrue();
    assertThat(BatchVerdict.isOfTopic(new TimeoutException("Expiring 1 record(s)"))).isFalse();
    verdict.withoutTopic(0, "topic sluice.alarm is not there");
    verdict.arrived(1);
    verdict.arrived(2);
    Delivery.Parted parted = (Delivery.Parted) verdict.future().join();
    assertThat(parted.ended()).isNull();
    assertThat(parted.records().confirmedCount()).isEqualTo(2);
    assertThat(parted.records().cause(0)).contains("sluice.alarm");
  }

  @Test
  void whatArrivedBeforeTheConnectionFailedIsKept() {
    verdict.arrived(1);
    verdict.failed(0, new NotEnoughReplicasException("too few in sync"));
    verdict.arrived(2);
    Delivery.Parted parted = (Delivery.Parted) verdict.future().join();
    assertThat(parted.ended()).contains("too few in sync");
    assertThat(parted.records().confirmedCount()).isEqualTo(1);
  }
}
