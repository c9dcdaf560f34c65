package io.sluice.fleet.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.fleet.FleetParts;
import io.sluice.testkit.KafkaBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputLagIT {
  private static final TopicPartition AT = new TopicPartition("devices", 0);

  private final AtomicLong millis = new AtomicLong(1_000);

  @Test
  void whatAnOpenTransactionHoldsBackIsNotRead(@TempDir Path directory) throws Exception {
    try (KafkaBroker broker = FleetParts.broker(directory, Map.of())) {
      Map<String, Object> clients = Map.of("bootstrap.servers", broker.address());
      try (Admin admin = Admin.create(clients)) {
        admin
            .createTopics(List.of(new NewTopic(AT.topic(), Optional.of(1), Optional.empty())))
            .all()
            .get();
      }
      try (KafkaProducer<String, String> writer = writer(broker);
          InputLag lag = new InputLag(clients, "view", List.of(AT.topic()), millis::get)) {
        writer.initTransactions();
        writer.beginTransaction();
        writer.send(new ProducerRecord<>(AT.topic(), "a", "1")).get();
        writer.commitTransaction();
        look(lag, 2);
        assertThat(lag.isBehind(0)).as("the record and its mark are read").isFalse();

        writer.beginTransaction();
        writer.send(new ProducerRecord<>(AT.topic(), "b", "1")).get();
        for (int second = 0; second < 20; second++) {
          look(lag, 2);
        }
        assertThat(lag.isBehind(0)).as("all that may be read is, but more lies there").isTrue();

        writer.commitTransaction();
        look(lag, 4); // has read what lay there at the look before
        look(lag, 4);
        assertThat(lag.isBehind(0)).isFalse();
      }
    }
  }

  /** A second later. */
  private void look(InputLag lag, long read) throws InterruptedException {
    millis.addAndGet(1_000);
    lag.look(Map.of(), Map.of(AT, read), Set.of(0));
  }

  private static KafkaProducer<String, String> writer(KafkaBroker broker) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.address(), "transactional.id", "writer"),
        new StringSerializer(),
        new StringSerializer());
  }
}
