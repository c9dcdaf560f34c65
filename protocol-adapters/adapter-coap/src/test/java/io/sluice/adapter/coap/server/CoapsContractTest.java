package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.Sender;
import io.sluice.api.adapter.Adapter;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.junit.jupiter.api.Tag;

/** The adapter contract over DTLS, by Californium's client; the password is the shared key. */
@Tag("slow")
class CoapsContractTest implements AdapterContract {
  @Override
  public Adapter adapter(int port) {
    return new CoapAdapter(
        new CoapsSettings(
            "127.0.0.1",
            port,
            CoapsSettings.Psk.REGISTRY,
            null,
            false,
            1000,
            Duration.ofMinutes(30),
            6,
            100,
            CoapOptions.DEFAULTS));
  }

  private static InetSocketAddress address(Adapter adapter) {
    return ((CoapAdapter) adapter).address();
  }

  private static DtlsConnectorConfig.Builder psk(String device, String password) {
    return DtlsClients.configuration()
        .setAdvancedPskStore(new AdvancedSinglePskStore(device, password.getBytes(UTF_8)));
  }

  @Override
  public Sender sender(Adapter adapter, String device, String password) {
    return new CaliforniumSender(
        DtlsClients.open(psk(device, password), address(adapter), "telemetry"),
        "coaps://127.0.0.1:" + AdapterContract.port(adapter) + "/",
        "",
        0);
  }

  @Override
  public void sendTwice(Adapter adapter, String device, String password) throws Exception {
    byte[] message = CoapContractTest.post(0);
    try (RawSession session = new RawSession(psk(device, password), address(adapter))) {
      session.send(message);
      session.send(message);
      byte[] answer = session.receive();
      session.send(message); // as one that missed the answer
      assertThat(session.receive()).isEqualTo(answer);
    }
  }
}
