package io.sluice.app.containers;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the topic from its beginning on, also when the broker goes and comes back. */
final class KafkaFarEnd {
  private static final String TOPIC = "sluice";

  final Arrived arrived = new Arrived("Kafka");
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread reader;

  /** With one partition, so that the order of arrival is to be seen. */
  KafkaFarEnd(int port) throws Exception {
    Map<String, Object> properties = Map.of("bootstrap.servers", "127.0.0.1:" + port);
    try (Admin admin = Admin.create(properties)) {
      admin
          .createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    TopicPartition partition = new TopicPartition(TOPIC, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
    reader = Thread.ofPlatform().name("kafka-far-end").start(this::read);
  }

  private void read() {
    try (consumer) {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          arrived.add(record.value());
        }
      }
    } catch (WakeupException closing) {
      return;
    }
  }

  void stop() throws InterruptedException {
    consumer.wakeup();
    reader.join();
  }
}
