package io.sluice.fleet.run;

import io.sluice.api.health.Guarded;
import io.sluice.engine.record.PoisonRecordException;
import io.sluice.fleet.topic.Refusals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads small topics of one partition each whole, and follows them, on a thread of its own: each
 * instance has all that is on them. Where Kafka does not answer it tries again, from where it was.
 */
final class TopicFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
  private static final Duration POLL = Duration.ofMillis(250);

  /** Takes a record. */
  interface Taker {
    void take(ConsumerRecord<byte[], byte[]> record) throws PoisonRecordException;
  }

  private final Supplier<Map<String, Object>> clients;
  private final Map<String, Taker> topics;
  private final Refusals refusals;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Backoff backoff = new Backoff(stop);

  /** What comes next, of those of which something came. */
  private final Map<TopicPartition, Long> next = new HashMap<>();

  private volatile boolean isCaughtUp;
  private volatile @Nullable String problem;
  private final Thread thread =
      Thread.ofPlatform()
          .name("fleet-follower")
          .daemon()
          .unstarted(Guarded.loop("fleet-follower", this::run, this::isStopped));

  /**
   * @param clients how Kafka is reached; asked at each attempt
   * @param topics by their names
   * @param refusals gets what cannot be used
   */
  TopicFollower(
      Supplier<Map<String, Object>> clients, Map<String, Taker> topics, Refusals refusals) {
    this.refusals = refusals;
    this.clients = clients;
    this.topics = Map.copyOf(topics);
  }

  void start() {
    thread.start();
  }

  /** Whether all that was on the topics at the start has been read. */
  boolean isCaughtUp() {
    return isCaughtUp;
  }

  private boolean isStopped() {
    return stop.getCount() == 0;
  }

  /** Why they cannot be read at present; null where they can, or nobody has tried. */
  @Nullable String problem() {
    return problem;
  }

  private void run() {
    try {
      boolean goesOn = !isStopped();
      while (goesOn) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
          follow(consumer);
        } catch (InterruptException | WakeupException e) {
          return;
        } catch (KafkaException e) {
          failed(topics.keySet() + " cannot be read: " + KafkaFault.text(e));
        }
        goesOn = backoff.pause();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop.countDown();
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> all = new HashMap<>(clients.get());
    all.put("isolation.level", "read_committed");
    all.put("enable.auto.commit", false);
    all.put("auto.offset.reset", "earliest");
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private void failed(String why) {
    if (!why.equals(problem)) {
      LOG.warn("fleet: {}; it is tried again, at the latest each {} s", why, Backoff.SECONDS_MAX);
    }
    problem = why;
  }

  private void take(Taker taker, ConsumerRecord<byte[], byte[]> record) {
    try {
      taker.take(record);
    } catch (PoisonRecordException e) {
      refusals.refuse(record.topic(), e);
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>();
    topics.keySet().forEach(topic -> partitions.add(new TopicPartition(topic, 0)));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    next.forEach(consumer::seek);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (!isStopped()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        Taker taker = topics.get(record.topic());
        if (taker != null) {
          take(taker, record);
          next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        }
      }
      if (!isCaughtUp || problem != null) {
        isCaughtUp |=
            ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        problem = null;
        backoff.reset();
      }
    }
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
