package io.sluice.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.Drain;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients of HTTP hear of a gateway that is drained (RFC 9110 sections 10.2.3 and 15.6.4). */
@Timeout(60)
class HttpDrainTest {
  private static final String POST =
      "POST /telemetry HTTP/1.1\r\nHost: g\r\nAuthorization: "
          + HttpContractTest.basic("d1", "pw")
          + "\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n1";

  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private final Adapter adapter =
      new HttpAdapterFactory().create("http", HttpSettings.onLoopback(0));

  @BeforeEach
  void start() throws IOException {
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  private RawHttp client() throws IOException {
    return new RawHttp(AdapterContract.port(adapter));
  }

  private void drain(Duration spread) {
    gateway.drain = new Drain(null, false, spread);
    adapter.drain(gateway.drain);
  }

  @Test
  void aConnectionThatIsKeptAliveIsAnsweredOnceMoreAndClosed() throws IOException {
    try (RawHttp client = client()) {
      RawHttp.Response before = client.send(POST).next();
      assertThat(before.status()).isBetween(200, 299);
      assertThat(before.field("connection")).isNotEqualTo("close");
      drain(Duration.ofHours(1));
      RawHttp.Response refused = client.send(POST).next();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.field("retry-after")).isEqualTo("5");
      assertThat(refused.field("connection")).isEqualTo("close");
      assertThat(client.hasEnded()).isTrue();
    }
    assertThat(gateway.stored()).hasSize(1);
  }

  @Test
  void anIdleConnectionIsClosedInItsTurn() throws IOException {
    try (RawHttp client = client()) {
      assertThat(client.send(POST).next().status()).isBetween(200, 299);
      drain(Duration.ZERO);
      assertThat(client.hasEnded()).isTrue();
    }
    await().until(() -> adapter.sessions() == 0);
  }

  @Test
  void aDrainThatIsCalledOffServesConnectionsAgain() throws IOException {
    drain(Duration.ofHours(1));
    gateway.drain = null;
    adapter.resume();
    try (RawHttp client = client()) {
      assertThat(client.send(POST).next().status()).isBetween(200, 299);
      assertThat(client.send(POST).next().status()).isBetween(200, 299);
    }
  }
}
