package io.sluice.engine.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Lane;
import io.sluice.api.MessageBounds;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link SpoolReader} keeps to, whatever its spool keeps the records in: the tests of
 * the forwarders read from memory, the gateway reads from disk.
 */
@Timeout(60)
abstract class SpoolReaderContract {
  private static final int ALL_BYTES = 1 << 20;
  private static final long LONG_MILLIS = 90_000;

  /** Keeps a record; returns when readers may read it. */
  abstract void append(Lane lane, long receivedMicros, byte[] body) throws Exception;

  /** The reader of that name, where it was; a new one begins at the oldest record. */
  abstract SpoolReader reader(String name);

  /** Records with these numbers as bodies, received a second apart. */
  private void append(Lane lane, long from, long to) throws Exception {
    for (long number = from; number < to; number++) {
      append(lane, number * 1_000_000, body(number));
    }
  }

  private static byte[] body(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  private static byte[] body(SpoolBatch batch, int index) {
    int from = batch.offset(index);
    return Arrays.copyOfRange(batch.bytes(), from, from + batch.length(index));
  }

  private static List<Long> numbers(SpoolBatch batch) {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < batch.count(); i++) {
      assertThat(batch.length(i)).isEqualTo(Long.BYTES);
      numbers.add(ByteBuffer.wrap(batch.bytes()).getLong(batch.offset(i)));
    }
    return numbers;
  }

  private static List<Long> range(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }

  /** What is there is to be a batch. */
  private static SpoolBatch read(SpoolReader reader, Lane lane, Stream stream, int maxRecords)
      throws IOException {
    SpoolBatch batch = reader.read(lane, stream, maxRecords, ALL_BYTES);
    assertThat(batch).as("batch of %s, %s", lane, stream).isNotNull();
    assertThat(batch.lane()).isEqualTo(lane);
    assertThat(batch.stream()).isEqualTo(stream);
    assertThat(batch.count()).isBetween(1, maxRecords);
    return batch;
  }

  private static void commitAll(SpoolReader reader, SpoolBatch batch) {
    reader.commit(batch, batch.count(), Map.of());
  }

  private static void assertNothingToRead(SpoolReader reader, Lane lane, Stream stream)
      throws IOException {
    assertThat(reader.read(lane, stream, 10, ALL_BYTES)).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void emptyLaneHasNothing(Lane lane) throws Exception {
    SpoolReader reader = reader("a");
    reader.rewind();
    reader.splitBacklog(lane);
    assertNothingToRead(reader, lane, Stream.LIVE);
    assertNothingToRead(reader, lane, Stream.BACKLOG);
    assertThat(reader.queued(lane)).isZero();
    assertThat(reader.backlog(lane)).isZero();
    assertThat(reader.oldestMicros(lane)).isNull();
    assertThat(reader.awaitReadable(1)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void recordsAreReadInOrderAndOnce(Lane lane) throws Exception {
    append(lane, 0, 10);
    SpoolReader reader = reader("a");
    SpoolBatch first = read(reader, lane, Stream.LIVE, 4);
    SpoolBatch second = read(reader, lane, Stream.LIVE, 100);
    assertNothingToRead(reader, lane, Stream.LIVE);
    assertThat(numbers(first)).isEqualTo(range(0, 4));
    assertThat(numbers(second)).isEqualTo(range(4, 10));
    for (int i = 0; i < second.count(); i++) {
      assertThat(second.sequence(i)).isEqualTo(first.sequence(0) + 4 + i);
      assertThat(second.receivedMicros(i)).isEqualTo((4 + i) * 1_000_000L);
    }
  }

  @Test
  void lanesAreReadApart() throws Exception {
    append(Lane.ALARM, 0, 2);
    append(Lane.TELEMETRY, 2, 5);
    SpoolReader reader = reader("a");
    assertNothingToRead(reader, Lane.EVENT, Stream.LIVE);
    assertThat(numbers(read(reader, Lane.TELEMETRY, Stream.LIVE, 10))).isEqualTo(range(2, 5));
    assertThat(numbers(read(reader, Lane.ALARM, Stream.LIVE, 10))).isEqualTo(range(0, 2));
  }

  @Test
  void whatWasReadIsQueuedUntilItIsCommitted() throws Exception {
    append(Lane.EVENT, 0, 10);
    SpoolReader reader = reader("a");
    SpoolBatch first = read(reader, Lane.EVENT, Stream.LIVE, 4);
    SpoolBatch second = read(reader, Lane.EVENT, Stream.LIVE, 10);
    assertThat(reader.queued(Lane.EVENT)).isEqualTo(10);
    commitAll(reader, first);
    assertThat(reader.queued(Lane.EVENT)).isEqualTo(6);
    reader.commit(second, 3, Map.of("refused", 2, "unwanted", 1));
    assertThat(reader.queued(Lane.EVENT)).isZero();
  }

  @Test
  void batchHasNoMoreBytesThanAskedForButOneRecord() throws Exception {
    for (int i = 0; i < 4; i++) {
      append(Lane.TELEMETRY, 0, new byte[1_000]);
    }
    SpoolReader reader = reader("a");
    SpoolBatch two = reader.read(Lane.TELEMETRY, Stream.LIVE, 10, 2_500);
    SpoolBatch one = reader.read(Lane.TELEMETRY, Stream.LIVE, 10, 1);
    assertThat(two.count()).isEqualTo(2);
    assertThat(one.count()).isEqualTo(1);
  }

  @Test
  void largestRecordIsReadWholeAndTheNextBehindIt() throws Exception {
    byte[] large = new byte[MessageBounds.ENTRY_MAX_BYTES];
    large[0] = 1;
    large[large.length - 1] = 2;
    append(Lane.ALARM, 1, large);
    append(Lane.ALARM, 2, new byte[] {3});
    SpoolReader reader = reader("a");
    SpoolBatch first = reader.read(Lane.ALARM, Stream.LIVE, 10, 1);
    SpoolBatch second = reader.read(Lane.ALARM, Stream.LIVE, 10, 1);
    assertThat(first.count()).isEqualTo(1);
    assertThat(Arrays.equals(body(first, 0), large)).as("the same bytes").isTrue();
    assertThat(body(second, 0)).containsExactly(3);
  }

  @Test
  void rewoundReaderReadsAgainWhatIsNotCommitted() throws Exception {
    append(Lane.EVENT, 0, 10);
    SpoolReader reader = reader("a");
    commitAll(reader, read(reader, Lane.EVENT, Stream.LIVE, 4));
    read(reader, Lane.EVENT, Stream.LIVE, 3);
    reader.rewind();
    assertThat(numbers(read(reader, Lane.EVENT, Stream.LIVE, 10))).isEqualTo(range(4, 10));
  }

  @Test
  void batchOutOfOrderIsNotCommitted() throws Exception {
    append(Lane.EVENT, 0, 10);
    SpoolReader reader = reader("a");
    SpoolBatch first = read(reader, Lane.EVENT, Stream.LIVE, 4);
    SpoolBatch second = read(reader, Lane.EVENT, Stream.LIVE, 10);
    assertThatIllegalStateException().isThrownBy(() -> commitAll(reader, second));
    assertThat(reader.queued(Lane.EVENT)).as("nothing is counted").isEqualTo(10);
    commitAll(reader, first);
    commitAll(reader, second);
    assertThat(reader.queued(Lane.EVENT)).isZero();
  }

  @Test
  void batchIsCommittedOnce() throws Exception {
    append(Lane.EVENT, 0, 10);
    SpoolReader reader = reader("a");
    SpoolBatch batch = read(reader, Lane.EVENT, Stream.LIVE, 4);
    commitAll(reader, batch);
    assertThatIllegalStateException().isThrownBy(() -> commitAll(reader, batch));
    assertThat(reader.queued(Lane.EVENT)).isEqualTo(6);
  }

  @Test
  void batchOfBeforeARewindIsNotCommitted() throws Exception {
    append(Lane.EVENT, 0, 10);
    SpoolReader reader = reader("a");
    SpoolBatch forgotten = read(reader, Lane.EVENT, Stream.LIVE, 4);
    reader.rewind();
    read(reader, Lane.EVENT, Stream.LIVE, 4);
    assertThatIllegalStateException().isThrownBy(() -> commitAll(reader, forgotten));
    assertThat(reader.queued(Lane.EVENT)).isEqualTo(10);
  }

  @Test
  void batchOfAnotherReaderIsNotCommitted() throws Exception {
    append(Lane.EVENT, 0, 10);
    SpoolReader reader = reader("a");
    SpoolBatch of = read(reader("b"), Lane.EVENT, Stream.LIVE, 4);
    read(reader, Lane.EVENT, Stream.LIVE, 4);
    assertThatIllegalStateException().isThrownBy(() -> commitAll(reader, of));
    assertThat(reader.queued(Lane.EVENT)).isEqualTo(10);
  }

  @Test
  void batchIsCommittedAsAsManyRecordsAsItHas() throws Exception {
    append(Lane.EVENT, 0, 10);
    SpoolReader reader = reader("a");
    SpoolBatch batch = read(reader, Lane.EVENT, Stream.LIVE, 10);
    assertThatIllegalArgumentException().isThrownBy(() -> reader.commit(batch, 9, Map.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> reader.commit(batch, 9, Map.of("refused", 2)));
    assertThat(reader.queued(Lane.EVENT)).isEqualTo(10);
    commitAll(reader, batch);
    assertThat(reader.queued(Lane.EVENT)).isZero();
  }

  @Test
  void splitMakesBacklogOfWhatIsNotCommitted() throws Exception {
    append(Lane.TELEMETRY, 0, 5);
    SpoolReader reader = reader("a");
    commitAll(reader, read(reader, Lane.TELEMETRY, Stream.LIVE, 2));
    reader.splitBacklog(Lane.TELEMETRY);
    assertNothingToRead(reader, Lane.TELEMETRY, Stream.LIVE);
    append(Lane.TELEMETRY, 5, 7);
    assertThat(reader.backlog(Lane.TELEMETRY)).isEqualTo(3);
    assertThat(reader.queued(Lane.TELEMETRY)).isEqualTo(5);
    SpoolBatch live = read(reader, Lane.TELEMETRY, Stream.LIVE, 10);
    SpoolBatch backlog = read(reader, Lane.TELEMETRY, Stream.BACKLOG, 10);
    assertThat(numbers(live)).isEqualTo(range(5, 7));
    assertThat(numbers(backlog)).isEqualTo(range(2, 5));
    commitAll(reader, live);
    assertThat(reader.queued(Lane.TELEMETRY)).isEqualTo(3);
    commitAll(reader, backlog);
    assertThat(reader.queued(Lane.TELEMETRY)).isZero();
    assertThat(reader.backlog(Lane.TELEMETRY)).isZero();
  }

  @Test
  void severalBacklogsAreReadOldestFirst() throws Exception {
    SpoolReader reader = reader("a");
    for (int outage = 0; outage < 3; outage++) {
      append(Lane.EVENT, outage * 10L, outage * 10L + 4);
      reader.splitBacklog(Lane.EVENT);
    }
    assertThat(reader.backlog(Lane.EVENT)).isEqualTo(12);
    List<Long> read = new ArrayList<>();
    while (reader.backlog(Lane.EVENT) > 0) {
      SpoolBatch batch = read(reader, Lane.EVENT, Stream.BACKLOG, 3);
      read.addAll(numbers(batch));
      commitAll(reader, batch);
    }
    assertThat(read).containsExactly(0L, 1L, 2L, 3L, 10L, 11L, 12L, 13L, 20L, 21L, 22L, 23L);
  }

  @Test
  void rewoundReaderReadsItsBacklogAgainFromWhatIsCommitted() throws Exception {
    append(Lane.EVENT, 0, 10);
    SpoolReader reader = reader("a");
    reader.splitBacklog(Lane.EVENT);
    commitAll(reader, read(reader, Lane.EVENT, Stream.BACKLOG, 4));
    read(reader, Lane.EVENT, Stream.BACKLOG, 10);
    reader.rewind();
    assertThat(reader.backlog(Lane.EVENT)).isEqualTo(6);
    assertThat(numbers(read(reader, Lane.EVENT, Stream.BACKLOG, 10))).isEqualTo(range(4, 10));
  }

  @Test
  void oldestIsTheOldestThatIsNotCommitted() throws Exception {
    append(Lane.ALARM, 1, 4);
    SpoolReader reader = reader("a");
    SpoolBatch first = read(reader, Lane.ALARM, Stream.LIVE, 1);
    assertThat(reader.oldestMicros(Lane.ALARM)).isEqualTo(1_000_000);
    commitAll(reader, first);
    assertThat(reader.oldestMicros(Lane.ALARM)).isEqualTo(2_000_000);
    reader.splitBacklog(Lane.ALARM);
    append(Lane.ALARM, 4, 5);
    commitAll(reader, read(reader, Lane.ALARM, Stream.LIVE, 1));
    assertThat(reader.oldestMicros(Lane.ALARM)).as("of the backlog").isEqualTo(2_000_000);
    commitAll(reader, read(reader, Lane.ALARM, Stream.BACKLOG, 2));
    assertThat(reader.oldestMicros(Lane.ALARM)).isNull();
  }

  @Test
  void readersOfOneLaneHoldEachOtherUpInNothing() throws Exception {
    append(Lane.TELEMETRY, 0, 10);
    SpoolReader fast = reader("fast");
    SpoolReader slow = reader("slow");
    SpoolBatch taken = read(slow, Lane.TELEMETRY, Stream.LIVE, 3);
    slow.splitBacklog(Lane.EVENT);
    commitAll(fast, read(fast, Lane.TELEMETRY, Stream.LIVE, 10));
    assertThat(fast.queued(Lane.TELEMETRY)).isZero();
    assertThat(slow.queued(Lane.TELEMETRY)).isEqualTo(10);
    fast.rewind();
    fast.close();
    assertThat(numbers(taken)).isEqualTo(range(0, 3));
    assertThat(numbers(read(slow, Lane.TELEMETRY, Stream.LIVE, 10))).isEqualTo(range(3, 10));
    commitAll(slow, taken);
    assertThat(slow.queued(Lane.TELEMETRY)).isEqualTo(7);
  }

  @Test
  void nextReaderOfTheNameGoesOnBehindWhatWasCommitted() throws Exception {
    append(Lane.EVENT, 0, 10);
    append(Lane.ALARM, 0, 3);
    SpoolReader reader = reader("a");
    reader.splitBacklog(Lane.ALARM);
    commitAll(reader, read(reader, Lane.EVENT, Stream.LIVE, 4));
    read(reader, Lane.EVENT, Stream.LIVE, 3);
    reader.close();
    SpoolReader next = reader("a");
    assertThat(next.queued(Lane.EVENT)).isEqualTo(6);
    assertThat(next.backlog(Lane.ALARM)).isEqualTo(3);
    assertThat(numbers(read(next, Lane.EVENT, Stream.LIVE, 10))).isEqualTo(range(4, 10));
    assertThat(numbers(read(next, Lane.ALARM, Stream.BACKLOG, 10))).isEqualTo(range(0, 3));
  }

  @Test
  void pauseIsKeptForTheNextReaderOfTheName() throws Exception {
    SpoolReader reader = reader("a");
    assertThat(reader.isPaused()).isFalse();
    reader.pause(true);
    assertThat(reader("b").isPaused()).isFalse();
    reader.close();
    SpoolReader next = reader("a");
    assertThat(next.isPaused()).isTrue();
    next.pause(false);
    assertThat(next.isPaused()).isFalse();
  }

  @Test
  void waitingEndsWhenARecordIsThere() throws Exception {
    SpoolReader reader = reader("a");
    Waiting waiting = new Waiting(reader);
    append(Lane.TELEMETRY, 0, 1);
    assertThat(waiting.outcome()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void onlyWhatIsUnreadIsReadable(Stream stream) throws Exception {
    append(Lane.EVENT, 0, 3);
    SpoolReader reader = reader("a");
    if (stream == Stream.BACKLOG) {
      reader.splitBacklog(Lane.EVENT);
    }
    assertThat(reader.awaitReadable(LONG_MILLIS)).isTrue();
    read(reader, Lane.EVENT, stream, 3);
    assertThat(reader.awaitReadable(1)).as("read, not committed").isFalse();
    reader.rewind();
    assertThat(reader.awaitReadable(LONG_MILLIS)).isTrue();
  }

  @Test
  void waitingEndsByAnInterrupt() throws Exception {
    Waiting waiting = new Waiting(reader("a"));
    waiting.thread.interrupt();
    await().untilAsserted(() -> assertThat(waiting.thread.isAlive()).isFalse());
    assertThat(waiting.task.state()).isEqualTo(FutureTask.State.FAILED);
    assertThat(waiting.task.exceptionNow()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void waitingEndsWhenTheReaderIsClosed() throws Exception {
    append(Lane.EVENT, 0, 3);
    SpoolReader reader = reader("a");
    read(reader, Lane.EVENT, Stream.LIVE, 3);
    Waiting waiting = new Waiting(reader);
    reader.close();
    assertThat(waiting.outcome()).as("closed, although its records are unread again").isFalse();
    assertThat(reader("a").queued(Lane.EVENT)).isEqualTo(3);
  }

  @Test
  void whatComesInALaneBehindThoseThatAreWaitedForWakesNobody() throws Exception {
    SpoolReader reader = reader("a");
    append(Lane.TELEMETRY, 0, 3);
    CountDownLatch woken = new CountDownLatch(1);
    Thread thread =
        Thread.ofPlatform()
            .name("waiting")
            .start(() -> {
              try {
                reader.awaitUpTo(Lane.EVENT, LONG_MILLIS);
                woken.countDown();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    append(Lane.TELEMETRY, 3, 3);
    assertThat(woken.await(50, TimeUnit.MILLISECONDS)).as("by telemetry").isFalse();
    append(Lane.EVENT, 0, 1);
    assertThat(woken.await(LONG_MILLIS / 2, TimeUnit.MILLISECONDS)).as("by an event").isTrue();
    thread.join();
    reader.awaitUpTo(Lane.EVENT, LONG_MILLIS); // is unread still
  }

  @Test
  void waitingForSomeLanesEndsByAnInterruptAndWhenTheReaderIsClosed() throws Exception {
    SpoolReader reader = reader("a");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> reader.awaitUpTo(Lane.EVENT, LONG_MILLIS))
        .isInstanceOf(InterruptedException.class);
    Thread thread =
        Thread.ofPlatform()
            .name("waiting")
            .start(() -> {
              try {
                reader.awaitUpTo(Lane.ALARM, LONG_MILLIS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    reader.close();
    thread.join(LONG_MILLIS / 2);
    assertThat(thread.isAlive()).isFalse();
  }

  /** A thread that waits for something to read. */
  private static final class Waiting {
    final FutureTask<Boolean> task;
    final Thread thread;

    Waiting(SpoolReader reader) {
      task = new FutureTask<>(() -> reader.awaitReadable(LONG_MILLIS));
      thread = Thread.ofPlatform().name("waiting").start(task);
      await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    boolean outcome() throws Exception {
      return task.get(LONG_MILLIS / 2, TimeUnit.MILLISECONDS);
    }
  }
}
