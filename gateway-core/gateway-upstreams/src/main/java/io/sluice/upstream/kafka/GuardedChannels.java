package io.sluice.upstream.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.network.ChannelBuilder;
import org.apache.kafka.common.network.ChannelMetadataRegistry;
import org.apache.kafka.common.network.ConnectionMode;
import org.apache.kafka.common.network.PlaintextChannelBuilder;
import org.apache.kafka.common.network.PlaintextTransportLayer;
import org.apache.kafka.common.network.SaslChannelBuilder;
import org.apache.kafka.common.network.TransportLayer;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;

/**
 * Channels of a Kafka client whose answers pass a {@link FrameGuard}. The client bounds them by
 * itself once a connection is up, and only where it is told to; not while it logs in by SASL.
 */
final class GuardedChannels {
  private GuardedChannels() {}

  static ChannelBuilder of(ProducerConfig config, FrameGuard guard, Time time, LogContext log) {
    SecurityProtocol protocol =
        SecurityProtocol.forName(
            config
                .getString(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG)
                .toUpperCase(Locale.ROOT));
    Map<String, Object> configs = new HashMap<>(config.originals());
    configs.putAll(config.values());
    return switch (protocol) {
      case PLAINTEXT -> {
        Plain plain = new Plain(guard);
        plain.configure(configs);
        yield plain;
      }
      // With a bound for each answer, a listener that speaks TLS is Kafka or is told from it.
      case SSL -> ClientUtils.createChannelBuilder(config, time, log);
      case SASL_PLAINTEXT, SASL_SSL -> {
        String mechanism = config.getString(SaslConfigs.SASL_MECHANISM);
        Sasl sasl = new Sasl(guard, protocol, mechanism, configs, time, log);
        sasl.configure(configs);
        yield sasl;
      }
    };
  }

  private static final class Plain extends PlaintextChannelBuilder {
    private final FrameGuard guard;

    Plain(FrameGuard guard) {
      super(null);
      this.guard = guard;
    }

    @Override
    protected PlaintextTransportLayer buildTransportLayer(SelectionKey key) {
      return new GuardedPlaintext(key, guard);
    }
  }

  private static final class GuardedPlaintext extends PlaintextTransportLayer {
    private final FrameGuard guard;

    GuardedPlaintext(SelectionKey key, FrameGuard guard) {
      super(key);
      this.guard = guard;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
      int count = super.read(to);
      guard.check(to);
      return count;
    }
  }

  private static final class Sasl extends SaslChannelBuilder {
    private final FrameGuard guard;

    Sasl(
        FrameGuard guard,
        SecurityProtocol protocol,
        String mechanism,
        Map<String, Object> configs,
        Time time,
        LogContext log) {
      super(
          ConnectionMode.CLIENT,
          Map.of(mechanism, JaasContext.loadClientContext(configs)),
          protocol,
          null,
          false,
          mechanism,
          null,
          null,
          null,
          time,
          log,
          null);
      this.guard = guard;
    }

    @Override
    protected TransportLayer buildTransportLayer(
        String id, SelectionKey key, SocketChannel channel, ChannelMetadataRegistry registry)
        throws IOException {
      return new GuardedTransport(super.buildTransportLayer(id, key, channel, registry), guard);
    }
  }
}
