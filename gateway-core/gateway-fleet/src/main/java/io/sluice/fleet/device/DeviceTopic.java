package io.sluice.fleet.device;

import io.sluice.api.fleet.FleetTopics;
import io.sluice.fleet.device.DeviceValues.Cursor;
import io.sluice.store.postgres.RegistryReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The topic of devices, as its one writer has it. What belongs together is one transaction, which
 * the cursor closes: so its last record in partition 0 tells how far all of it is. A writer that
 * another one has taken over from is refused by Kafka. One thread's.
 */
final class DeviceTopic implements AutoCloseable {
  private static final String TRANSACTIONS = "sluice-fleet-devices";
  private static final String REVISION = "rev";
  private static final String AT = "at";

  /** Header of what is written while all is written anew. */
  private static final String ANEW = "anew";

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final int SENT_MAX = 10_000;

  /** From the end of the partition; doubled until a cursor is found. */
  private static final long LOOK_BACK = 16;

  private final Map<String, Object> clients;
  private final String topic;
  private final DeviceValues values;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Exception> fault = new AtomicReference<>();

  /**
   * Begins to write, and ends that of any writer before.
   *
   * @param clients how Kafka is reached
   */
  DeviceTopic(Map<String, Object> clients, String topic, DeviceValues values) {
    this.clients = clients;
    this.topic = topic;
    this.values = values;
    Map<String, Object> all = new HashMap<>(clients);
    all.put(ProducerConfig.CLIENT_ID_CONFIG, TRANSACTIONS);
    all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONS);
    all.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 20_000);
    all.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    this.producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    try {
      producer.initTransactions();
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
  }

  /** How far the topic is; null where nothing says so. */
  @Nullable Cursor cursor() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      TopicPartition first = new TopicPartition(topic, 0);
      consumer.assign(List.of(first));
      long begin = consumer.beginningOffsets(List.of(first)).getOrDefault(first, 0L);
      long end = consumer.endOffsets(List.of(first)).getOrDefault(first, 0L);
      long from = end;
      Cursor found = null;
      for (long back = LOOK_BACK; found == null && from > begin; back *= 4) {
        from = Math.max(begin, end - back);
        found = cursor(consumer, first, from, end);
      }
      return found;
    }
  }

  private @Nullable Cursor cursor(
      KafkaConsumer<byte[], byte[]> consumer, TopicPartition of, long from, long end) {
    byte[] key = FleetTopics.CURSOR.getBytes(StandardCharsets.UTF_8);
    AtomicReference<@Nullable Cursor> last = new AtomicReference<>();
    read(
        consumer,
        of,
        from,
        end,
        record -> {
          if (record.value() != null && Arrays.equals(record.key(), key)) {
            last.set(values.cursor(record.value()));
          }
        });
    return last.get();
  }

  private static void read(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition of,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> to) {
    consumer.seek(of, from);
    while (consumer.position(of) < end) {
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
        to.accept(each);
      }
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> all = new HashMap<>(clients);
    all.put(ConsumerConfig.CLIENT_ID_CONFIG, TRANSACTIONS + "-reader");
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    all.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  void begin() {
    fault.set(null);
    producer.beginTransaction();
  }

  /**
   * Writes a device as it is.
   *
   * @param anew what marks those that are written because all is; null otherwise
   */
  void put(RegistryReader.Row row, long atMicros, @Nullable String anew) {
    send(row.device().id(), values.value(row, atMicros), row.revision(), atMicros, anew);
  }

  void remove(String device, long revision, long atMicros) {
    send(device, null, revision, atMicros, null);
  }

  private void send(
      String key, byte @Nullable [] value, long revision, long atMicros, @Nullable String anew) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, utf8(key), value);
    record.headers().add(REVISION, utf8(Long.toString(revision)));
    record.headers().add(AT, utf8(Long.toString(atMicros)));
    if (anew != null) {
      record.headers().add(ANEW, utf8(anew));
    }
    send(record);
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    var _ =
        producer.send(
            record,
            (metadata, e) -> {
              if (e != null) {
                fault.compareAndSet(null, e);
              }
            });
  }

  /** Closes what was begun: from now on the topic is as far as that. */
  void commit(Cursor cursor) {
    send(new ProducerRecord<>(topic, 0, utf8(FleetTopics.CURSOR), values.cursor(cursor)));
    producer.commitTransaction();
    Exception e = fault.get();
    if (e != null) {
      throw new KafkaException(e.getMessage(), e);
    }
  }

  /** Closes a part of what is written while all is: the topic is no further than before. */
  void commitPart() {
    producer.commitTransaction();
  }

  /** Has those removed that were not written while all was: they are registered no more. */
  void removeOthers(String anew, long revision, long atMicros) {
    byte[] mark = utf8(anew);
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      for (PartitionInfo each : consumer.partitionsFor(topic)) {
        TopicPartition of = new TopicPartition(topic, each.partition());
        consumer.assign(List.of(of));
        long begin = consumer.beginningOffsets(List.of(of)).getOrDefault(of, 0L);
        long end = consumer.endOffsets(List.of(of)).getOrDefault(of, 0L);
        Set<String> others = new HashSet<>(); // of one partition at a time
        read(consumer, of, begin, end, record -> look(record, mark, others));
        removeAll(others, revision, atMicros);
      }
    }
  }

  private static void look(ConsumerRecord<byte[], byte[]> record, byte[] mark, Set<String> others) {
    String key = new String(record.key(), StandardCharsets.UTF_8);
    Header header = record.headers().lastHeader(ANEW);
    boolean isAnew = header != null && Arrays.equals(header.value(), mark);
    if (record.value() == null || isAnew) {
      others.remove(key);
    } else if (!key.equals(FleetTopics.CURSOR)) {
      others.add(key);
    }
  }

  private void removeAll(Set<String> devices, long revision, long atMicros) {
    int count = 0;
    for (String each : devices) {
      if (count++ % SENT_MAX == 0) {
        if (count > 1) {
          commitPart();
        }
        begin();
      }
      remove(each, revision, atMicros);
    }
    if (count > 0) {
      commitPart();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close(CLOSE);
  }
}
