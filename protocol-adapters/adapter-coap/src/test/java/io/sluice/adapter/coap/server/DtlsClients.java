package io.sluice.adapter.coap.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.SingleNodeConnectionIdGenerator;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;

/** Californium's client over DTLS. */
final class DtlsClients {
  private DtlsClients() {}

  static DtlsConnectorConfig.Builder configuration() {
    CoapConfig.register();
    DtlsConfig.register();
    Configuration configuration = Configuration.createStandardWithoutFile();
    configuration.set(DtlsConfig.DTLS_ROLE, DtlsRole.CLIENT_ONLY);
    configuration.set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false);
    configuration.set(DtlsConfig.DTLS_MAX_RETRANSMISSIONS, 1);
    configuration.set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1);
    configuration.set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1);
    return DtlsConnectorConfig.builder(configuration)
        .setAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  static CoapClient open(DtlsConnectorConfig.Builder config, InetSocketAddress to, String path) {
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(config.getIncompleteConfig().getConfiguration())
            .setConnector(new DTLSConnector(config.build()))
            .build();
    CoapClient client = new CoapClient("coaps://127.0.0.1:" + to.getPort() + "/" + path);
    client.setEndpoint(endpoint).setTimeout(30_000L);
    return client;
  }

  /** Takes a connection id from the server, for /telemetry. */
  static CoapClient psk(InetSocketAddress to, String identity, byte[] key) {
    DtlsConnectorConfig.Builder config =
        configuration()
            .setAdvancedPskStore(new AdvancedSinglePskStore(identity, key))
            .setConnectionIdGenerator(new SingleNodeConnectionIdGenerator(0));
    return open(config, to, "telemetry");
  }
}
