package io.sluice.adapter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.api.ByteSink;
import io.sluice.api.MessageClass;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every upstream must pass. A test class implements it and says how its far end is made, taken
 * away and read.
 */
public interface UpstreamContract {
  long PATIENCE_SECONDS = 60;

  /** The far end of one test. */
  interface FarEnd extends AutoCloseable {
    /** Ids of all records that it has, in the order in which they came. */
    List<String> ids() throws Exception;

    /** From now on nothing can be delivered. */
    void goAway() throws Exception;

    /** It is there again, with what it had kept. */
    void comeBack() throws Exception;

    @Override
    void close() throws IOException;
  }

  /** A far end that is there. */
  FarEnd farEnd() throws Exception;

  /** An upstream to it, not opened. */
  Upstream upstream(FarEnd farEnd);

  private static Delivery verdict(CompletableFuture<Delivery> sent) throws Exception {
    return sent.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** As the Forwarder does between two sessions. */
  private static void disconnect(Upstream upstream) {
    upstream.close();
  }

  private static void awaitIds(FarEnd farEnd, List<String> wanted) {
    await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .untilAsserted(() -> assertThat(farEnd.ids()).containsExactlyElementsOf(wanted));
  }

  @Test
  default void batchArrivesWholeAndInItsOrder() throws Exception {
    try (FarEnd farEnd = farEnd();
        Upstream upstream = upstream(farEnd)) {
      upstream.open();
      TestBatch batch = new TestBatch("a", 0, 500);
      assertThat(verdict(upstream.send(batch))).isEqualTo(new Delivery.Delivered());
      awaitIds(farEnd, batch.ids());
    }
  }

  @Test
  default void batchesUnderWayTogetherKeepTheOrderOfEachDevice() throws Exception {
    try (FarEnd farEnd = farEnd();
        Upstream upstream = upstream(farEnd)) {
      upstream.open();
      List<TestBatch> batches = TestBatch.inRow(6);
      List<CompletableFuture<Delivery>> sent = new ArrayList<>();
      batches.forEach(batch -> sent.add(upstream.send(batch)));
      for (CompletableFuture<Delivery> each : sent) {
        assertThat(verdict(each)).isEqualTo(new Delivery.Delivered());
      }
      List<String> wanted = new ArrayList<>();
      batches.forEach(batch -> wanted.addAll(batch.ids()));
      awaitIds(farEnd, wanted);
    }
  }

  @Test
  default void oneRecordIsABatch() throws Exception {
    try (FarEnd farEnd = farEnd();
        Upstream upstream = upstream(farEnd)) {
      upstream.open();
      TestBatch alarm = new TestBatch("alarm", 0, 1, 100, MessageClass.ALARM);
      assertThat(verdict(upstream.send(alarm))).isEqualTo(new Delivery.Delivered());
      awaitIds(farEnd, alarm.ids());
    }
  }

  @Test
  default void farEndThatIsNotThereIsSaidInOneLine() throws Exception {
    try (FarEnd farEnd = farEnd();
        Upstream upstream = upstream(farEnd)) {
      farEnd.goAway();
      assertThatThrownBy(upstream::open)
          .isInstanceOf(IOException.class)
          .message()
          .isNotBlank()
          .doesNotContain("\n")
          .doesNotContain("Exception");
    }
  }

  @Test
  default void farEndThatWasNotThereIsOpenedLater() throws Exception {
    try (FarEnd farEnd = farEnd();
        Upstream upstream = upstream(farEnd)) {
      farEnd.goAway();
      assertThatThrownBy(upstream::open).isInstanceOf(IOException.class);
      disconnect(upstream);
      farEnd.comeBack();
      upstream.open();
      TestBatch batch = new TestBatch("late", 0, 50);
      assertThat(verdict(upstream.send(batch))).isEqualTo(new Delivery.Delivered());
      awaitIds(farEnd, batch.ids());
    }
  }

  @Test
  default void farEndThatGoesAwayIsAVerdictAndNotAFault() throws Exception {
    try (FarEnd farEnd = farEnd();
        Upstream upstream = upstream(farEnd)) {
      upstream.open();
      verdict(upstream.send(new TestBatch("a", 0, 50)));
      farEnd.goAway();
      // what is sent into a line that is about to break may still be taken
      for (int i = 0; i < 100; i++) {
        Delivery delivery = verdict(upstream.send(new TestBatch("b", i * 50, 50)));
        if (!(delivery instanceof Delivery.Delivered)) {
          assertThat(delivery).isInstanceOfAny(Delivery.Retry.class, Delivery.Parted.class);
          return;
        }
      }
      throw new AssertionError("all was delivered to nobody");
    }
  }

  @Test
  default void nothingIsMissingAfterItCameBack() throws Exception {
    try (FarEnd farEnd = farEnd();
        Upstream upstream = upstream(farEnd)) {
      List<TestBatch> batches = TestBatch.inRow(20);
      Resending.sendAll(upstream, batches.subList(0, 5));
      farEnd.goAway();
      CompletableFuture<Void> rest = Resending.inBackground(upstream, batches.subList(5, 20));
      farEnd.comeBack();
      rest.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      Set<String> wanted = new HashSet<>();
      batches.forEach(batch -> wanted.addAll(batch.ids()));
      await()
          .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
          .untilAsserted(() -> assertThat(Set.copyOf(farEnd.ids())).isEqualTo(wanted));
    }
  }

  @Test
  default void openedAgainAfterItWasClosed() throws Exception {
    try (FarEnd farEnd = farEnd();
        Upstream upstream = upstream(farEnd)) {
      List<String> wanted = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        upstream.open();
        TestBatch batch = new TestBatch("r", i * 10, 10);
        assertThat(verdict(upstream.send(batch))).isEqualTo(new Delivery.Delivered());
        wanted.addAll(batch.ids());
        disconnect(upstream);
      }
      awaitIds(farEnd, wanted);
    }
  }

  @Test
  default void closingTwiceOrBeforeItWasOpenedIsNothing() throws Exception {
    try (FarEnd farEnd = farEnd()) {
      Upstream upstream = upstream(farEnd);
      assertThatCode(upstream::close).doesNotThrowAnyException();
      upstream.open();
      upstream.close();
      assertThatCode(upstream::close).doesNotThrowAnyException();
    }
  }

  @Test
  default void recordThatCannotBeWrittenIsThrownOutAndTheNextBatchGoesOn() throws Exception {
    try (FarEnd farEnd = farEnd();
        Upstream upstream = upstream(farEnd)) {
      upstream.open();
      Unwritable bad = new Unwritable(new TestBatch("bad", 0, 5));
      assertThatThrownBy(() -> upstream.send(bad)).hasMessage(Unwritable.FAULT);
      TestBatch good = new TestBatch("good", 0, 5);
      Resending.sendAll(upstream, List.of(good));
      await()
          .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
          .untilAsserted(() -> assertThat(farEnd.ids()).containsAll(good.ids()));
      assertThat(farEnd.ids()).doesNotContain(bad.id(4));
    }
  }

  @Test
  default void lineThatHoldsIsNotEnded() throws Exception {
    try (FarEnd farEnd = farEnd();
        Upstream upstream = upstream(farEnd)) {
      upstream.open();
      verdict(upstream.send(new TestBatch("a", 0, 10)));
      assertThat(upstream.ended()).isNull();
    }
  }

  @Test
  default void progressNeverGoesBack() throws Exception {
    try (FarEnd farEnd = farEnd();
        Upstream upstream = upstream(farEnd)) {
      upstream.open();
      long confirmations = upstream.confirmations();
      long progress = upstream.progress();
      for (int i = 0; i < 5; i++) {
        verdict(upstream.send(new TestBatch("p", i * 100, 100)));
        assertThat(upstream.confirmations()).isGreaterThanOrEqualTo(confirmations);
        assertThat(upstream.progress()).isGreaterThanOrEqualTo(progress);
        confirmations = upstream.confirmations();
        progress = upstream.progress();
      }
    }
  }

  /** A batch whose last record cannot be written. */
  record Unwritable(TestBatch batch) implements OutboundBatch {
    static final String FAULT = "no such value";

    @Override
    public io.sluice.api.Lane lane() {
      return batch.lane();
    }

    @Override
    public int count() {
      return batch.count();
    }

    @Override
    public String device(int index) {
      return batch.device(index);
    }

    @Override
    public MessageClass messageClass(int index) {
      return batch.messageClass(index);
    }

    @Override
    public String sector(int index) {
      return batch.sector(index);
    }

    @Override
    public String site(int index) {
      return batch.site(index);
    }

    @Override
    public String model(int index) {
      return batch.model(index);
    }

    @Override
    public long timeMicros(int index) {
      return batch.timeMicros(index);
    }

    @Override
    public String id(int index) {
      return batch.id(index);
    }

    @Override
    public void encode(int index, ByteSink out) {
      if (index == count() - 1) {
        throw new IllegalStateException(FAULT);
      }
      batch.encode(index, out);
    }
  }
}
