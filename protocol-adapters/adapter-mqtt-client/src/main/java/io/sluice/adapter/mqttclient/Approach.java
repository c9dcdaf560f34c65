package io.sluice.adapter.mqttclient;

import io.sluice.api.broker.BrokerAddress;
import io.sluice.api.broker.BrokerTls;
import io.sluice.api.config.Secret;
import io.sluice.api.tls.ClientTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * All that an attempt to connect needs and that blocks to be had: the broker's addresses, and the
 * files as they are now. Immutable.
 *
 * @param addresses of the broker's name, at least one
 * @param tls null: without TLS
 */
record Approach(
    BrokerAddress broker,
    List<InetAddress> addresses,
    @Nullable SSLContext tls,
    @Nullable String password) {
  private static final int ADDRESSES_MAX = 8;

  /** Finds the addresses of a name. */
  @FunctionalInterface
  interface Names {
    Names OF_SYSTEM = InetAddress::getAllByName;

    InetAddress[] of(String host) throws UnknownHostException;
  }

  /**
   * Asks the name service and reads the files. Blocks.
   *
   * @throws IOException where one of it cannot be had; the message names it and the remedy
   */
  static Approach of(MqttSourceSettings settings, Names names) throws IOException {
    BrokerAddress broker = BrokerAddress.of(settings.uri());
    BrokerTls files = settings.tls();
    SSLContext tls =
        !broker.isSecure()
            ? null
            : files == null
                ? ClientTls.context(null, null, null)
                : ClientTls.context(files.ca(), files.certificate(), files.key());
    Secret password = settings.password();
    return new Approach(
        broker, addresses(broker, names), tls, password == null ? null : password.current());
  }

  private static List<InetAddress> addresses(BrokerAddress broker, Names names) throws IOException {
    try {
      InetAddress[] all = names.of(broker.host());
      return Arrays.asList(all).subList(0, Math.min(ADDRESSES_MAX, all.length));
    } catch (UnknownHostException e) {
      throw new IOException(
          broker.host() + " is not known; mend uri, or the name service of this machine", e);
    }
  }

  /** For one connection. */
  static SSLEngine engine(SSLContext context, BrokerAddress broker) {
    SSLEngine engine = context.createSSLEngine(broker.host(), broker.port());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }
}
