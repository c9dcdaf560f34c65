package io.sluice.adapter.coap.server;

import io.sluice.adapter.coap.dtls.DtlsEndpoint;
import io.sluice.adapter.coap.fast.Adoptions;
import io.sluice.adapter.coap.fast.NettyUdpConnector;
import io.sluice.adapter.coap.message.AssociationMatcher;
import io.sluice.adapter.coap.message.StrictParser;
import io.sluice.adapter.coap.request.ListenerContext;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.FastPath;
import io.sluice.adapter.coap.upload.UploadLayer;
import io.sluice.adapter.coap.upload.Uploads;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.ExtendedCoapStackFactory;
import org.eclipse.californium.core.network.InMemoryMessageExchangeStore;
import org.eclipse.californium.core.network.Outbox;
import org.eclipse.californium.core.network.RandomTokenGenerator;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.core.network.stack.BaseCoapStack;
import org.eclipse.californium.core.network.stack.BlockwiseLayer;
import org.eclipse.californium.core.network.stack.CoapStack;
import org.eclipse.californium.core.network.stack.CoapUdpStack;
import org.eclipse.californium.core.network.stack.CongestionControlLayer;
import org.eclipse.californium.core.network.stack.ExchangeCleanupLayer;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.core.network.stack.ObserveLayer;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.jspecify.annotations.Nullable;

/** Puts a Californium endpoint together from our settings and what its paths share. */
record EndpointAssembly(
    CoapOptions settings, ListenerContext listener, Adoptions adoptions, Uploads uploads) {
  /** The largest UDP payload: a datagram is never cut, so that its size can be judged. */
  private static final int DATAGRAM_BYTES = 65_535;

  /**
   * Makes the endpoint, which is not started.
   *
   * @param dtls null for plain UDP
   * @param background runs what may block for some milliseconds
   */
  CoapEndpoint endpoint(
      FastPath fastPath,
      InetSocketAddress address,
      @Nullable DtlsEndpoint dtls,
      Executor background) {
    Configuration configuration = configuration(settings);
    RandomTokenGenerator tokens = new RandomTokenGenerator(configuration);
    InMemoryMessageExchangeStore store =
        new InMemoryMessageExchangeStore("sluice ", configuration, tokens);
    store.setDeduplicator(new BoundedDeduplicator(settings));
    Connector connector =
        dtls == null
            ? new NettyUdpConnector(
                address,
                settings,
                fastPath,
                listener,
                adoptions,
                store::assignMessageId,
                background)
            : dtls.connector(address, background);
    return CoapEndpoint.builder()
        .setConfiguration(configuration)
        .setEndpointContextMatcher(dtls == null ? null : new AssociationMatcher())
        .setConnector(connector)
        .setTokenGenerator(tokens)
        .setMessageExchangeStore(store)
        .setDataSerializerAndParser(
            new UdpDataSerializer(), new StrictParser(listener.gateway().ingress()))
        .setCoapStackFactory(new Stacks(listener, uploads, settings))
        .build();
  }

  static Configuration configuration(CoapOptions settings) {
    CoapConfig.register();
    UdpConfig.register();
    SystemConfig.register();
    Configuration configuration = Configuration.createStandardWithoutFile();
    int threads = settings.protocolThreads();
    configuration.set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, threads);
    configuration.set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, Math.max(1, threads / 2));
    configuration.set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1);
    configuration.set(
        UdpConfig.UDP_RECEIVE_BUFFER_SIZE, Math.toIntExact(settings.receiveBuffer().value()));
    configuration.set(UdpConfig.UDP_SEND_BUFFER_SIZE, 1 << 20);
    configuration.set(UdpConfig.UDP_DATAGRAM_SIZE, DATAGRAM_BYTES);
    configuration.set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
    configuration.set(CoapConfig.PREFERRED_BLOCK_SIZE, settings.blockSize());
    configuration.set(CoapConfig.MAX_MESSAGE_SIZE, settings.blockSize());
    configuration.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, settings.payloadBytes());
    configuration.set(CoapConfig.BLOCKWISE_STATUS_LIFETIME, 60, TimeUnit.SECONDS);
    configuration.set(
        CoapConfig.EXCHANGE_LIFETIME,
        settings.exchangeLifetime().toMillis(),
        TimeUnit.MILLISECONDS);
    configuration.set(CoapConfig.USE_MESSAGE_OFFLOADING, true);
    configuration.set(CoapConfig.MAX_SERVER_OBSERVES, settings.maxObservers());
    return configuration;
  }

  /** As {@link CoapUdpStack}, with our layer below Californium's block-wise one. */
  private static final class UploadStack extends BaseCoapStack {
    UploadStack(
        String tag,
        Configuration configuration,
        EndpointContextMatcher matcher,
        Outbox outbox,
        UploadLayer uploads) {
      super(outbox);
      setLayers(
          new Layer[] {
            new ExchangeCleanupLayer(configuration),
            new ObserveLayer(configuration),
            new BlockwiseLayer(tag, false, configuration, matcher),
            uploads,
            CongestionControlLayer.newImplementation(tag, configuration)
          });
    }
  }

  /**
   * Gives the stack its own bound of answers that go out in blocks: Californium takes it from the
   * number of active peers.
   */
  private record Stacks(ListenerContext listener, Uploads uploads, CoapOptions settings)
      implements ExtendedCoapStackFactory {
    @Override
    public CoapStack createCoapStack(
        String protocol,
        String tag,
        Configuration config,
        EndpointContextMatcher matcher,
        Outbox outbox,
        Object argument) {
      Configuration bounded = new Configuration(config);
      bounded.set(CoapConfig.MAX_ACTIVE_PEERS, settings.maxTransfers());
      return new UploadStack(
          tag, bounded, matcher, outbox, new UploadLayer(listener, uploads, settings.blockSize()));
    }

    @SuppressWarnings("deprecation") // the interface still declares it
    @Override
    public CoapStack createCoapStack(
        String protocol, String tag, Configuration config, Outbox outbox, Object argument) {
      throw new UnsupportedOperationException("the endpoint matcher is needed");
    }
  }
}
