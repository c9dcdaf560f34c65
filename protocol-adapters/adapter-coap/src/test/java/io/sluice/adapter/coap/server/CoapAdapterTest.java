package io.sluice.adapter.coap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.coap.settings.FastPath;
import io.sluice.api.adapter.AdapterFactory;
import io.sluice.api.config.Bytes;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.junit.jupiter.api.Test;

class CoapAdapterTest {
  @Test
  void factoryIsFoundByServiceLoader() {
    AdapterFactory<?> factory = ServiceLoader.load(AdapterFactory.class).iterator().next();
    assertThat(factory.type()).isEqualTo("coap");
    assertThat(factory.protocol()).isEqualTo("coap");
    assertThat(factory.settings()).isEqualTo(CoapSettings.class);
  }

  @Test
  void takenPortIsAnErrorThatNamesAddressAndRemedy() throws Exception {
    try (DatagramSocket taken =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      CoapAdapter adapter = new CoapAdapter(on(taken.getLocalPort(), 10));
      assertThatThrownBy(() -> adapter.start(new ScriptedGateway()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("listeners.coap.port");
    }
  }

  @Test
  void closeReleasesThePortAndStartsAgain() throws Exception {
    CoapAdapter first = new CoapAdapter(on(0, 10));
    first.start(new ScriptedGateway());
    int port = first.address().getPort();
    first.close();
    first.close();
    CoapAdapter second = new CoapAdapter(on(port, 10));
    second.start(new ScriptedGateway());
    assertThat(second.address().getPort()).isEqualTo(port);
    second.close();
  }

  @Test
  void requestsBeyondTheBoundAreAnsweredServiceUnavailable() throws Exception {
    CoapAdapter adapter = new CoapAdapter(on(0, 1));
    CompletableFuture<Void> disk = new CompletableFuture<>();
    try (ScriptedGateway gateway = new ScriptedGateway()) {
      adapter.start(gateway);
      try (RawPeer one = new RawPeer(adapter.address());
          RawPeer other = new RawPeer(adapter.address())) {
        one.send(RawPeer.post(1, "1"));
        one.receive();
        gateway.blockWriter(disk);
        one.send(RawPeer.post(2, "1"));
        await().until(() -> gateway.accepted.size() == 2);
        other.send(RawPeer.post(3, "1"));
        assertThat(RawPeer.code(other.receive())).isEqualTo("5.03");
        disk.complete(null);
        assertThat(RawPeer.code(one.receive())).isEqualTo("2.04");
        other.send(RawPeer.post(4, "1"));
        assertThat(RawPeer.code(other.receive())).isEqualTo("2.04");
      }
    }
    adapter.close();
  }

  @Test
  void blockSizeThatIsNoPowerOfTwoIsAProblem() {
    assertThat(CoapOptions.DEFAULTS.problems()).isEmpty();
    CoapOptions odd =
        new CoapOptions(
            new Bytes(1 << 20),
            100,
            64,
            new Bytes(1 << 20),
            1,
            1,
            1,
            1,
            Duration.ofSeconds(247),
            1,
            Duration.ZERO);
    assertThat(odd.problems()).singleElement().extracting("key").isEqualTo("block-size");
  }

  @Test
  void linksAndTimeAreReadWithoutCredentials() throws Exception {
    CoapAdapter adapter = new CoapAdapter(on(0, 10));
    adapter.start(new ScriptedGateway());
    CoapClient client = Clients.client(adapter.address());
    try {
      client.setURI(Clients.uri(adapter.address(), ".well-known/core"));
      CoapResponse links = client.get();
      assertThat(links.getOptions().getContentFormat()).isEqualTo(40);
      assertThat(links.getResponseText())
          .contains("</telemetry>")
          .contains("</command>")
          .contains("obs")
          .contains("rt=\"sluice.uplink\"")
          .contains("112");
      client.setURI(Clients.uri(adapter.address(), ".well-known/core?rt=sluice.time"));
      assertThat(client.get().getResponseText()).startsWith("</time>").doesNotContain("alarm");
      client.setURI(Clients.uri(adapter.address(), "time"));
      long before = System.currentTimeMillis();
      assertThat(Long.parseLong(client.get().getResponseText()))
          .isBetween(before, System.currentTimeMillis());
      assertThat(client.get(60).getPayload()).hasSize(9).startsWith(0x1b);
      assertThat(client.get(50).getCode()).isEqualTo(ResponseCode.NOT_ACCEPTABLE);
      client.setURI(Clients.uri(adapter.address(), "nowhere"));
      assertThat(client.get().getCode()).isEqualTo(ResponseCode.NOT_FOUND);
      assertThat(client.get().getResponseText()).contains("/telemetry");
      client.setURI(Clients.uri(adapter.address(), "alarm"));
      assertThat(client.get().getCode()).isEqualTo(ResponseCode.METHOD_NOT_ALLOWED);
    } finally {
      Clients.close(client);
      adapter.close();
    }
  }

  private static CoapSettings on(int port, int maxExchanges) {
    CoapOptions base = CoapOptions.DEFAULTS;
    CoapOptions options =
        new CoapOptions(
            base.maxPayload(),
            base.blockSize(),
            base.maxTransfers(),
            base.receiveBuffer(),
            base.threads(),
            maxExchanges,
            base.maxRemembered(),
            base.maxRememberedPerPeer(),
            base.exchangeLifetime(),
            base.maxObservers(),
            base.admissionCache());
    return new CoapSettings("127.0.0.1", port, FastPath.ON, options);
  }
}
