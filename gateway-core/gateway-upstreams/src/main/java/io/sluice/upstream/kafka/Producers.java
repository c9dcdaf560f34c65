package io.sluice.upstream.kafka;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.internals.ProducerInterceptors;
import org.apache.kafka.clients.producer.internals.ProducerMetadata;
import org.apache.kafka.common.internals.ClusterResourceListeners;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Time;

/**
 * Makes producers that have a network client of ours. Kafka offers no such constructor to the
 * public: its own tests' one is taken, which this build's version of the library has.
 */
final class Producers {
  private static final MethodHandle CONSTRUCTOR = constructor();

  private Producers() {}

  /**
   * @param metadata what it knows of topics and brokers: asked for ahead, many topics at once
   */
  record Made(KafkaProducer<byte[], byte[]> producer, ProducerMetadata metadata) {}

  private static MethodHandle constructor() {
    try {
      return MethodHandles.privateLookupIn(KafkaProducer.class, MethodHandles.lookup())
          .findConstructor(
              KafkaProducer.class,
              MethodType.methodType(
                  void.class,
                  ProducerConfig.class,
                  Serializer.class,
                  Serializer.class,
                  ProducerMetadata.class,
                  KafkaClient.class,
                  ProducerInterceptors.class,
                  ApiVersions.class,
                  Time.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this version of kafka-clients is not the one of the build", e);
    }
  }

  static Made make(ProducerConfig config, GuardedClient.Parts parts) throws IOException {
    ProducerMetadata metadata =
        new ProducerMetadata(
            config.getLong(ProducerConfig.RETRY_BACKOFF_MS_CONFIG),
            config.getLong(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG),
            config.getLong(ProducerConfig.METADATA_MAX_AGE_CONFIG),
            config.getLong(ProducerConfig.METADATA_MAX_IDLE_CONFIG),
            parts.log(),
            new ClusterResourceListeners());
    List<String> servers = config.getList(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG);
    ClientUtils.maybeBootstrapMetadataSynchronously(config, servers, metadata);
    KafkaClient client = GuardedClient.ofProducer(config, metadata, new Metrics(), parts);
    try {
      return new Made(construct(config, metadata, client, parts.versions()), metadata);
    } catch (IOException | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  @SuppressWarnings("unchecked") // the constructor's own class has the serializers' types
  private static KafkaProducer<byte[], byte[]> construct(
      ProducerConfig config, ProducerMetadata metadata, KafkaClient client, ApiVersions versions)
      throws IOException {
    try {
      return (KafkaProducer<byte[], byte[]>)
          CONSTRUCTOR.invoke(
              config,
              new ByteArraySerializer(),
              new ByteArraySerializer(),
              metadata,
              client,
              (ProducerInterceptors<?, ?>) null,
              versions,
              Time.SYSTEM);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e.getMessage(), e); // a method handle declares them all
    }
  }
}
