package io.sluice.upstream.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.Resending;
import io.sluice.adapter.testkit.TestBatch;
import io.sluice.api.MessageClass;
import io.sluice.api.broker.BrokerTls;
import io.sluice.api.config.Secret;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.Upstream;
import io.sluice.testkit.Mosquitto;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
class MqttUpstreamIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"3.1.1, 0", "3.1.1, 1", "3.1.1, 2", "5, 0", "5, 1", "5, 2"})
  void everyRecordArrivesUnderItsTopic(String version, int qos) throws Exception {
    try (Mosquitto broker = new Mosquitto(directory);
        Upstream upstream = upstream(uri(broker), version, qos, false, null)) {
      broker.subscribe("%t %p");
      TestBatch batch = new TestBatch("r", 0, 500);
      Resending.sendAll(upstream, List.of(batch));
      await().until(() -> ids(broker).size() == 500);
      assertThat(ids(broker)).containsExactlyElementsOf(batch.ids());
      assertThat(broker.received())
          .anyMatch(line -> line.startsWith("sluice/telemetry/device-3 {"));
      assertThat(upstream.confirmations()).isEqualTo(500);
    }
  }

  @ParameterizedTest
  @CsvSource({"3.1.1", "5"})
  void connectionCutInMidStreamLosesNoRecord(String version) throws Exception {
    try (Mosquitto broker = new Mosquitto(directory);
        Upstream upstream = upstream(uri(broker), version, 1, false, null)) {
      broker.subscribe("%t %p");
      CompletableFuture<Void> sending = Resending.inBackground(upstream, TestBatch.inRow(40));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> upstream.confirmations() > 2_000 || sending.isDone());
      for (int i = 0; i < 3; i++) {
        // A second client of the same id: the broker closes our connection [MQTT-3.1.4-3].
        broker.takeOver("sluice-edge-01-cloud");
      }
      sending.get(90, TimeUnit.SECONDS);
      await().atMost(Duration.ofSeconds(60)).until(() -> Set.copyOf(ids(broker)).size() == 20_000);
    }
  }

  @ParameterizedTest
  @CsvSource({"3.1.1, 1", "5, 1", "5, 2"})
  void brokerKilledAndStartedAgainInMidStreamGetsTheRest(String version, int qos) throws Exception {
    Mosquitto broker = new Mosquitto(directory);
    try (Upstream upstream = upstream(uri(broker), version, qos, false, null)) {
      CompletableFuture<Void> sending = Resending.inBackground(upstream, TestBatch.inRow(60));
      for (int i = 1; i <= 3; i++) {
        long confirmed = upstream.confirmations();
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> upstream.confirmations() > confirmed + 1_000 || sending.isDone());
        broker.stop();
        broker = new Mosquitto(directory, broker.port);
      }
      sending.get(90, TimeUnit.SECONDS);
      assertThat(upstream.confirmations()).isGreaterThanOrEqualTo(30_000);
    } finally {
      broker.close();
    }
  }

  @Test
  void alarmPassesTelemetryThatWaitsForTheWindow() throws Exception {
    try (Mosquitto broker = new Mosquitto(directory);
        Upstream upstream = upstream(uri(broker), "3.1.1", 1, false, null)) {
      broker.subscribe("%t %p");
      upstream.open();
      broker.signal("STOP"); // so that nothing is acknowledged before both are there
      var telemetry = upstream.send(new TestBatch("t", 0, 20_000));
      var alarm = upstream.send(new TestBatch("a", 0, 1, 100, MessageClass.ALARM));
      CompletableFuture<Boolean> isPassed = telemetry.thenApply(delivery -> alarm.isDone());
      broker.signal("CONT");
      assertThat(isPassed.get(60, TimeUnit.SECONDS)).isTrue();
      assertThat(alarm.get(60, TimeUnit.SECONDS)).isEqualTo(new Delivery.Delivered());
      assertThat(telemetry.get(60, TimeUnit.SECONDS)).isEqualTo(new Delivery.Delivered());
    }
  }

  @Test
  void topicThatIsNotAllowedIsRefusedWhereOthersAreTaken() throws Exception {
    Path allowed = directory.resolve("acl");
    Files.writeString(allowed, "topic write sluice/telemetry/device-1\n");
    try (Mosquitto broker = new Mosquitto(directory, "acl_file " + allowed);
        Upstream upstream = upstream(uri(broker), "5", 1, false, null)) {
      upstream.open();
      // device-1 and device-2
      assertThat(upstream.send(new TestBatch("r", 1, 2)).get(60, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              Delivery.Parted.class,
              parted -> {
                assertThat(parted.ended()).isNull();
                assertThat(parted.records().isConfirmed(0)).isTrue();
                assertThat(parted.records().cause(1)).contains("0x87");
              });
    }
  }

  @Test
  void nothingIsGivenUpWhereNoTopicIsAllowed() throws Exception {
    Path allowed = directory.resolve("acl");
    Files.writeString(allowed, "topic read sluice/#\n");
    try (Mosquitto broker = new Mosquitto(directory, "acl_file " + allowed);
        Upstream upstream = upstream(uri(broker), "5", 1, false, null)) {
      upstream.open();
      // One: Mosquitto 2.0.11 breaks the connection at the second that it denies.
      assertThat(upstream.send(new TestBatch("r", 0, 1)).get(60, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              Delivery.Parted.class,
              parted -> {
                assertThat(parted.ended()).contains("0x87");
                assertThat(parted.records().cause(0)).isNull();
              });
    }
  }

  @Test
  void recordLargerThanTheBrokerTakesIsRefusedAndTheOnesBeforeItArrive() throws Exception {
    try (Mosquitto broker = new Mosquitto(directory, "max_packet_size 4000");
        Upstream upstream = upstream(uri(broker), "5", 1, false, null)) {
      broker.subscribe("%t %p");
      upstream.open();
      assertThat(upstream.send(new TestBatch("r", 0, 3)).get(60, TimeUnit.SECONDS))
          .isEqualTo(new Delivery.Delivered());
      assertThat(
              upstream
                  .send(new TestBatch("r", 3, 1, 5_000, MessageClass.TELEMETRY))
                  .get(60, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              Delivery.Parted.class,
              parted -> assertThat(parted.records().cause(0)).contains("4000"));
      await().until(() -> ids(broker).size() == 3);
    }
  }

  @Test
  void lostConnectionIsAVerdict() throws Exception {
    try (Mosquitto broker = new Mosquitto(directory);
        Upstream upstream = upstream(uri(broker), "5", 1, false, null)) {
      upstream.open();
      broker.signal("STOP");
      var verdict = upstream.send(new TestBatch("r", 0, 2_000));
      broker.signal("KILL");
      assertThat(verdict.get(60, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              Delivery.Parted.class, parted -> assertThat(parted.ended()).isNotBlank());
    }
  }

  @ParameterizedTest
  @CsvSource({"3.1.1", "5"})
  void wrongPasswordIsSaid(String version) throws Exception {
    Path passwords = Files.createFile(directory.resolve("passwords"));
    assertThat(
            new ProcessBuilder("mosquitto_passwd", "-b", passwords.toString(), "gw", "right")
                .start()
                .waitFor())
        .isZero();
    try (Mosquitto broker =
            new Mosquitto(directory, "allow_anonymous false", "password_file " + passwords);
        Upstream right = upstream(uri(broker), version, 1, false, new Secret("right"));
        Upstream wrong = upstream(uri(broker), version, 1, false, new Secret("wrong"))) {
      right.open();
      assertThatThrownBy(wrong::open)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(uri(broker) + ": ")
          .hasMessageContainingAll("uthori");
    }
  }

  @ParameterizedTest
  @CsvSource({"3.1.1", "5"})
  void brokerThatIsNotThereIsSaid(String version) throws Exception {
    Mosquitto broker = new Mosquitto(directory);
    broker.close();
    try (Upstream upstream = upstream(uri(broker), version, 1, false, null)) {
      assertThatThrownBy(upstream::open)
          .isInstanceOf(IOException.class)
          .hasMessage(uri(broker) + ": Connection refused");
    }
  }

  @Test
  void userPropertiesCarryTheCloudEvent() throws Exception {
    try (Mosquitto broker = new Mosquitto(directory);
        Upstream upstream = upstream(uri(broker), "5", 1, true, null)) {
      broker.subscribe("%C %P");
      Resending.sendAll(upstream, List.of(new TestBatch("r", 7, 1)));
      await()
          .untilAsserted(() ->
              assertThat(broker.received().getLast())
                  .contains("specversion:1.0", "id:r7", "source:/edge-01/device-7")
                  .startsWith("application/json ")
                  .contains("type:io.sluice.telemetry", "time:2026-03-01T12:00:00Z"));
    }
  }

  @Test
  void tlsTrustsTheGivenAuthorityAndShowsItsOwnCertificate() throws Exception {
    openssl(
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext"
            + " subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem");
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    try (Mosquitto broker =
        new Mosquitto(
            directory,
            "cafile " + certificate,
            "certfile " + certificate,
            "keyfile " + key,
            "require_certificate true")) {
      String uri = "ssl://localhost:" + broker.port;
      for (String version : List.of("3.1.1", "5")) {
        BrokerTls own = new BrokerTls(certificate, certificate, key);
        try (Upstream upstream = upstream(settings(uri, version, 1, false, null, own))) {
          Resending.sendAll(upstream, List.of(new TestBatch("r", 0, 10)));
        }
      }
      try (Upstream stranger = upstream(settings(uri, "3.1.1", 1, false, null, null))) {
        assertThatThrownBy(stranger::open)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("of no authority that is trusted here");
      }
    }
  }

  private void openssl(String arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ", -1)));
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("openssl.log").toFile())
            .start();
    assertThat(process.waitFor()).isZero();
  }

  private static String uri(Mosquitto broker) {
    return "tcp://127.0.0.1:" + broker.port;
  }

  private static Upstream upstream(
      String uri, String version, int qos, boolean cloudEvents, @Nullable Secret password) {
    return upstream(settings(uri, version, qos, cloudEvents, password, null));
  }

  private static Upstream upstream(MqttSettings settings) {
    return new MqttUpstreamFactory().create("edge-01", "cloud", settings);
  }

  private static MqttSettings settings(
      String uri,
      String version,
      int qos,
      boolean cloudEvents,
      @Nullable Secret password,
      @Nullable BrokerTls tls) {
    MqttSettings settings =
        new MqttSettings(
            URI.create(uri),
            "sluice/{class}/{device}",
            qos,
            version,
            null,
            password == null ? null : "gw",
            password,
            1_000,
            Duration.ofSeconds(30),
            Duration.ofSeconds(45),
            tls,
            cloudEvents);
    assertThat(settings.problems()).isEmpty();
    return settings;
  }

  /** In the order of arrival, each once. */
  private static List<String> ids(Mosquitto broker) {
    Set<String> ids = new LinkedHashSet<>();
    for (String line : broker.received()) {
      int at = line.indexOf("{\"id\":\"");
      if (at >= 0) {
        ids.add(line.substring(at + 7, line.indexOf('"', at + 7)));
      }
    }
    return new ArrayList<>(ids);
  }
}
