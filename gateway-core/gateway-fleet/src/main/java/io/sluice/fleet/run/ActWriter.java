package io.sluice.fleet.run;

import io.sluice.api.store.StoreUnavailableException;
import io.sluice.fleet.alarm.FleetAlarms;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes what operators do with alarms, and waits until Kafka has it. Thread-safe. */
final class ActWriter implements FleetAlarms.Writer, AutoCloseable {
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private final Supplier<Map<String, Object>> clients;
  private final String topic;
  private @Nullable KafkaProducer<byte[], byte[]> open;

  /**
   * @param clients how Kafka is reached; asked when something is written first, and after a failure
   */
  ActWriter(Supplier<Map<String, Object>> clients, String topic) {
    this.clients = clients;
    this.topic = topic;
  }

  private synchronized KafkaProducer<byte[], byte[]> producer() {
    KafkaProducer<byte[], byte[]> known = open;
    if (known == null) {
      Map<String, Object> all = new HashMap<>(clients.get());
      all.put(ProducerConfig.ACKS_CONFIG, "all");
      all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS);
      all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
      all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * TIMEOUT_MILLIS);
      known = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
      open = known;
    }
    return known;
  }

  /** The next one reads passwords and certificates anew. */
  private synchronized void forget() {
    if (open != null) {
      open.close(Duration.ZERO);
      open = null;
    }
  }

  @Override
  public void write(String key, byte[] value) {
    try {
      producer()
          .send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value))
          .get(3L * TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      forget();
      throw new StoreUnavailableException(
          "Kafka has not taken what was done with the alarm; try again", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted; try again", e);
    }
  }

  @Override
  public synchronized void close() {
    if (open != null) {
      open.close(CLOSE);
      open = null;
    }
  }
}
