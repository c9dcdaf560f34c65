package io.sluice.sim.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads whole topics, also those that come to be during the run. */
final class KafkaTap extends FarEndTap {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long LEAVE_MILLIS = 5_000;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread thread;

  KafkaTap(String bootstrap, String topics, Path directory) throws IOException {
    super(directory);
    Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", bootstrap);
    properties.setProperty("group.id", "sluice-sim-" + UUID.randomUUID());
    properties.setProperty("auto.offset.reset", "earliest");
    properties.setProperty("enable.auto.commit", "false");
    properties.setProperty("metadata.max.age.ms", "1000");
    try {
      consumer =
          new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      consumer.subscribe(Pattern.compile(topics));
    } catch (KafkaException | PatternSyntaxException e) {
      throw new IOException("--expect-kafka " + bootstrap + ": " + e.getMessage(), e);
    }
    thread = Thread.ofPlatform().name("far-end").daemon().start(this::read);
  }

  private void read() {
    try (consumer) {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          arrived(record.value());
        }
      }
    } catch (WakeupException e) {
      // asked to leave
    }
  }

  @Override
  void leave() {
    consumer.wakeup();
    try {
      thread.join(LEAVE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
