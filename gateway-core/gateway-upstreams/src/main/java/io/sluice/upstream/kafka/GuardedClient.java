package io.sluice.upstream.kafka;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.BootstrapConfiguration;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.internals.ProducerMetadata;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ChannelBuilder;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;

/**
 * The network side of Kafka's client, with a bound for every answer, whatever answers. Tells the
 * errors that the client tries again by itself, which it keeps for itself otherwise. One thread's.
 */
final class GuardedClient extends NetworkClient {
  private final Consumer<String> troubles;

  private GuardedClient(
      ProducerConfig config, Selector selector, ProducerMetadata metadata, Parts parts) {
    super(
        selector,
        metadata,
        config.getString(ProducerConfig.CLIENT_ID_CONFIG),
        config.getInt(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION),
        config.getLong(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG),
        config.getLong(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG),
        config.getInt(ProducerConfig.SEND_BUFFER_CONFIG),
        config.getInt(ProducerConfig.RECEIVE_BUFFER_CONFIG),
        config.getInt(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG),
        config.getLong(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG),
        config.getLong(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG),
        Time.SYSTEM,
        true,
        parts.versions,
        parts.log,
        config.getLong(CommonClientConfigs.METADATA_RECOVERY_REBOOTSTRAP_TRIGGER_MS_CONFIG),
        MetadataRecoveryStrategy.forName(
            config.getString(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG)),
        ClientUtils.bootstrapConfiguration(
            config, config.getList(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG)),
        config.getBoolean(CommonClientConfigs.METADATA_CLUSTER_CHECK_ENABLE_CONFIG));
    this.troubles = parts.troubles;
  }

  private GuardedClient(ProducerConfig config, Selector selector, int timeoutMillis, Parts parts) {
    super(
        selector,
        new ManualMetadataUpdater(),
        config.getString(ProducerConfig.CLIENT_ID_CONFIG),
        1,
        0,
        0,
        config.getInt(ProducerConfig.SEND_BUFFER_CONFIG),
        config.getInt(ProducerConfig.RECEIVE_BUFFER_CONFIG),
        timeoutMillis,
        timeoutMillis,
        timeoutMillis,
        Time.SYSTEM,
        true,
        parts.versions,
        parts.log,
        MetadataRecoveryStrategy.NONE,
        BootstrapConfiguration.DISABLED,
        false);
    this.troubles = parts.troubles;
  }

  /**
   * What a client is made with.
   *
   * @param troubles is told of each error that is tried again, in one line
   */
  record Parts(ApiVersions versions, LogContext log, FrameGuard guard, Consumer<String> troubles) {}

  /** For a producer that has that metadata. */
  static GuardedClient ofProducer(
      ProducerConfig config, ProducerMetadata metadata, Metrics metrics, Parts parts) {
    return new GuardedClient(config, selector(config, metrics, parts), metadata, parts);
  }

  /** For some requests to single brokers. */
  static GuardedClient ofCheck(
      ProducerConfig config, int timeoutMillis, Metrics metrics, Parts parts) {
    return new GuardedClient(config, selector(config, metrics, parts), timeoutMillis, parts);
  }

  private static Selector selector(ProducerConfig config, Metrics metrics, Parts parts) {
    ChannelBuilder channels = GuardedChannels.of(config, parts.guard(), Time.SYSTEM, parts.log());
    return new Selector(
        FrameGuard.FRAME_BYTES_MAX,
        config.getLong(ProducerConfig.CONNECTIONS_MAX_IDLE_MS_CONFIG),
        metrics,
        Time.SYSTEM,
        "producer",
        Map.of(),
        false,
        channels,
        parts.log());
  }

  @Override
  public List<ClientResponse> poll(long timeout, long now) {
    List<ClientResponse> responses = super.poll(timeout, now);
    for (ClientResponse response : responses) {
      if (response.responseBody() instanceof ProduceResponse produced) {
        inspect(produced);
      }
    }
    return responses;
  }

  private void inspect(ProduceResponse produced) {
    for (var topic : produced.data().responses()) {
      for (var partition : topic.partitionResponses()) {
        Errors error = Errors.forCode(partition.errorCode());
        if (error != Errors.NONE && error.exception().getMessage() != null) {
          troubles.accept(error.name() + ": " + error.message());
        }
      }
    }
  }
}
