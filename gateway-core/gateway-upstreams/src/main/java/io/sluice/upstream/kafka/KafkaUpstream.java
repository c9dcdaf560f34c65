package io.sluice.upstream.kafka;

import io.sluice.api.ByteSink;
import io.sluice.engine.forward.Delivery;
import io.sluice.engine.forward.OutboundBatch;
import io.sluice.engine.forward.Upstream;
import io.sluice.upstream.CloudEvents;
import io.sluice.upstream.RecordTemplate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes records to Kafka: idempotent producer, {@code acks=all}, keyed by device, so that one
 * device's records keep their order. The producer is made anew at each {@link #open}; the record id
 * in the {@code id} header tells what was then sent twice.
 */
final class KafkaUpstream implements Upstream {
  /** The producer's buffer is larger than the Forwarder's window, so this bounds metadata only. */
  private static final int MAX_BLOCK_MILLIS = 2_000;

  private static final int DELIVERY_TIMEOUT_MILLIS = 25_000;
  private static final int REQUEST_TIMEOUT_MILLIS = 10_000;
  private static final int BATCH_BYTES = 128 << 10;
  private static final int BUFFER_BYTES = 64 << 20;
  private static final Duration CLOSE = Duration.ofSeconds(1);

  private final String gateway;
  private final String name;
  private final KafkaSettings settings;
  private final RecordTemplate topic;
  private final ByteSink sink = new ByteSink(1 << 12);
  private final LongAdder confirmations = new LongAdder();
  private @Nullable KafkaProducer<byte[], byte[]> producer;

  KafkaUpstream(String gateway, String name, KafkaSettings settings) {
    this.gateway = gateway;
    this.name = name;
    this.settings = settings;
    this.topic = RecordTemplate.of(settings.topic(), gateway, KafkaUpstream::isTopicCharacter);
  }

  private static boolean isTopicCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  @Override
  public void open() throws IOException, InterruptedException {
    try {
      findCluster();
      producer = new KafkaProducer<>(properties());
    } catch (KafkaException e) {
      Exception cause = e.getCause() instanceof KafkaException inner ? inner : e;
      throw new IOException("Kafka: " + BatchVerdict.textOf(cause), e);
    }
  }

  /** The producer itself connects only when something is sent, and then says little. */
  private void findCluster() throws IOException, InterruptedException {
    Map<String, Object> properties = new HashMap<>(settings.properties());
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(AdminClientConfig.CLIENT_ID_CONFIG, clientId());
    long millis = settings.connectTimeout().toMillis();
    Admin admin = Admin.create(properties);
    try {
      var _ = admin.describeCluster().clusterId().get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "Kafka: no answer from " + settings.bootstrapServers() + " within " + millis + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException("Kafka: " + e.getCause().getMessage(), e);
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  private String clientId() {
    return "sluice-" + gateway + '-' + name;
  }

  private Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put(ProducerConfig.CLIENT_ID_CONFIG, clientId());
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
    properties.putAll(settings.properties());
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, (int) settings.linger().toMillis());
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, settings.compression().kafkaName());
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return properties;
  }

  @Override
  public CompletableFuture<Delivery> send(OutboundBatch batch) {
    KafkaProducer<byte[], byte[]> to = producer;
    if (to == null) {
      return CompletableFuture.completedFuture(new Delivery.Retry(0, "not connected"));
    }
    BatchVerdict verdict = new BatchVerdict(batch.count());
    for (int i = 0; i < batch.count() && !hasFailed(verdict); i++) {
      int index = i;
      try {
        var _ =
            to.send(
                record(batch, i),
                (metadata, fault) -> {
                  if (fault == null) {
                    confirmations.increment();
                    verdict.arrived();
                  } else {
                    verdict.failed(index, fault);
                  }
                });
      } catch (KafkaException e) {
        // A producer that is fenced or closed refuses at once, without calling back.
        verdict.failed(i, e);
      }
    }
    return verdict.future();
  }

  /** Each record of a batch that is lost anyway would block for the whole of max.block.ms. */
  private static boolean hasFailed(BatchVerdict verdict) {
    return verdict.future().isDone();
  }

  private ProducerRecord<byte[], byte[]> record(OutboundBatch batch, int index) {
    sink.clear();
    batch.encode(index, sink);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic.expand(batch, index), utf8(batch.device(index)), sink.toByteArray());
    Headers headers = record.headers();
    headers.add("id", utf8(batch.id(index)));
    headers.add("class", utf8(batch.messageClass(index).jsonName()));
    if (settings.cloudEvents()) {
      addCloudEvent(headers, CloudEvents.of(gateway, batch, index));
    }
    return record;
  }

  /** CloudEvents 1.0, Kafka protocol binding, section 3.2 (binary mode). */
  private static void addCloudEvent(Headers headers, CloudEvents event) {
    headers.add("ce_specversion", utf8(CloudEvents.SPEC_VERSION));
    headers.add("ce_id", utf8(event.id()));
    headers.add("ce_source", utf8(event.source()));
    headers.add("ce_type", utf8(event.type()));
    headers.add("ce_time", utf8(event.time()));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public long confirmations() {
    return confirmations.sum();
  }

  @Override
  public void close() {
    KafkaProducer<byte[], byte[]> from = producer;
    producer = null;
    if (from != null) {
      from.close(CLOSE);
    }
  }
}
