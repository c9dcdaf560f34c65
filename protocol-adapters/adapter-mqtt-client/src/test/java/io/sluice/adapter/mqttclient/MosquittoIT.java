package io.sluice.adapter.mqttclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.adapter.Endpoint;
import io.sluice.api.broker.BrokerTls;
import io.sluice.testkit.Mosquitto;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real broker that is restarted, hangs, and keeps messages while the source is away. */
@Timeout(240)
class MosquittoIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private static void publish(Mosquitto broker, int from, int to) throws Exception {
    Process publisher =
        new ProcessBuilder(
                List.of(
                    "mosquitto_pub",
                    "-p",
                    String.valueOf(broker.port),
                    "-q",
                    "1",
                    "-t",
                    "plant/pump-1",
                    "-l"))
            .start();
    try (var lines = publisher.outputWriter(UTF_8)) {
      for (int n = from; n < to; n++) {
        lines.write("{\"n\":" + n + "}\n");
      }
    }
    assertThat(publisher.waitFor()).isZero();
  }

  private static void awaitState(MqttSource source, Endpoint.State state) {
    await().atMost(PATIENCE).until(() -> source.endpoints().getFirst().state() == state);
  }

  private static void awaitAll(RecordingGateway gateway, int count) {
    List<String> all = IntStream.range(0, count).mapToObj(n -> "{\"n\":" + n + "}").toList();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(gateway.stored())
                .extracting(each -> new String(each.payload(), UTF_8))
                .containsExactlyElementsOf(all));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "3.1.1"})
  void brokerKeepsWhatComesWhileTheSourceIsAwayAndHangs(String version) throws Exception {
    try (Mosquitto broker = new Mosquitto(directory);
        RecordingGateway gateway = new RecordingGateway()) {
      try (MqttSource first = new TestSettings().version(version).source(broker.port)) {
        first.start(gateway);
        awaitState(first, Endpoint.State.CONNECTED);
        publish(broker, 0, 500);
        awaitAll(gateway, 500);
      }
      publish(broker, 500, 1_500);
      try (MqttSource second = new TestSettings().version(version).source(broker.port)) {
        second.start(gateway);
        awaitAll(gateway, 1_500);
        awaitState(second, Endpoint.State.CONNECTED); // what was kept comes before its SUBACK
        broker.signal("STOP");
        awaitState(second, Endpoint.State.WAITING);
        assertThat(second.endpoints().getFirst().reason()).contains("silent");
        broker.signal("CONT");
        publish(broker, 1_500, 1_600);
        awaitAll(gateway, 1_600);
        awaitState(second, Endpoint.State.CONNECTED);
      }
    }
  }

  @Test
  void brokerThatIsStartedAnewIsSubscribedToAnew() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway();
        Mosquitto broker = new Mosquitto(directory);
        MqttSource source = new TestSettings().source(broker.port)) {
      source.start(gateway);
      awaitState(source, Endpoint.State.CONNECTED);
      broker.stop();
      awaitState(source, Endpoint.State.WAITING);
      try (Mosquitto again = new Mosquitto(directory, broker.port)) {
        awaitState(source, Endpoint.State.CONNECTED);
        publish(again, 0, 10);
        awaitAll(gateway, 10);
      }
    }
  }

  @Test
  void certificateOfItsOwnIsShown() throws Exception {
    Authority authority = Authority.create(directory);
    Authority.Signed server = authority.server();
    Authority.Signed own = authority.client("/CN=gateway");
    try (Mosquitto broker =
            new Mosquitto(
                directory,
                "cafile " + authority.certificate(),
                "certfile " + server.certificate(),
                "keyfile " + server.key(),
                "require_certificate true");
        RecordingGateway gateway = new RecordingGateway();
        MqttSource source =
            new TestSettings()
                .tls(new BrokerTls(authority.certificate(), own.certificate(), own.key()))
                .source(broker.port)) {
      source.start(gateway);
      awaitState(source, Endpoint.State.CONNECTED);
    }
  }

  @Test
  void certificateOfNobodyIsTold() throws Exception {
    Authority authority = Authority.create(directory);
    Authority.Signed server = authority.server();
    try (Mosquitto broker =
            new Mosquitto(
                directory, "certfile " + server.certificate(), "keyfile " + server.key());
        RecordingGateway gateway = new RecordingGateway();
        MqttSource source =
            new TestSettings().tls(new BrokerTls(null, null, null)).source(broker.port)) {
      source.start(gateway);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(source.endpoints().getFirst().reason())
                  .contains("of no authority that is trusted here"));
    }
  }
}
