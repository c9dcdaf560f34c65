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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads small topics of one partition each whole, and follows them, on a thread of its own: each
 * instance has all that is on them. Where Kafka does not answer it tries again, and begins at the
 * beginning.
 */
final class TopicFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final long PAUSE_SECONDS = 2;

  /** Takes a record. */
  interface Taker {
    void take(ConsumerRecord<byte[], byte[]> record) throws PoisonRecordException;
  }

  private final Map<String, Object> clients;
  private final Map<String, Taker> topics;
  private final Refusals refusals;
  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile boolean isCaughtUp;
  private final Thread thread =
      Thread.ofPlatform()
          .name("fleet-follower")
          .daemon()
          .unstarted(Guarded.loop("fleet-follower", this::run, this::isStopped));

  /**
   * @param topics by their names
   * @param refusals gets what cannot be used
   */
  TopicFollower(Map<String, Object> clients, Map<String, Taker> topics, Refusals refusals) {
    this.refusals = refusals;
    this.clients = new HashMap<>(clients);
    this.clients.put("isolation.level", "read_committed");
    this.clients.put("enable.auto.commit", false);
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

  private void run() {
    while (!isStopped()) {
      try (KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(clients, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        follow(consumer);
      } catch (InterruptException | WakeupException e) {
        return;
      } catch (KafkaException e) {
        LOG.warn("fleet: {} cannot be read: {}; trying again", topics.keySet(), e.getMessage());
        pause();
      }
    }
  }

  private void take(Taker taker, ConsumerRecord<byte[], byte[]> record) {
    try {
      taker.take(record);
    } catch (PoisonRecordException e) {
      refusals.refuse(record.topic(), e);
    }
  }

  private void pause() {
    try {
      if (stop.await(PAUSE_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop.countDown();
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>();
    topics.keySet().forEach(topic -> partitions.add(new TopicPartition(topic, 0)));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (!isStopped()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        Taker taker = topics.get(record.topic());
        if (taker != null) {
          take(taker, record);
        }
      }
      if (!isCaughtUp) {
        isCaughtUp =
            ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
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
