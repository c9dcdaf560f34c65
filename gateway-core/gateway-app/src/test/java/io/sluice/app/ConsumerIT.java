package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttMessageListener;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Local consumers read what their role grants, and nothing else, from the packaged gateway. */
class ConsumerIT {
  private static final String PASSWORD = "a-long-random-password";

  @TempDir Path directory;

  /** Topic and payload of what the consumer was sent. */
  private final BlockingQueue<List<String>> received = new LinkedBlockingQueue<>();

  private Setup setup;
  private Authority authority;
  private GatewayProcess gateway;

  @BeforeEach
  void start() throws Exception {
    authority = Authority.create(directory.resolve("ca"));
    setup = new Setup(directory);
    Files.writeString(directory.resolve("display.password"), PASSWORD);
    Path config =
        setup.config(
            authority.server(),
            ", client-ca: " + authority.certificate(),
            """
            consumers:
              roles:
                - { name: plant-a, topics: [ records/+/factory/plant-a/+, records/alarm/# ] }
              users:
                - { name: display, role: plant-a, password-file: display.password }
                - { name: panel, role: plant-a, certificate: "CN=panel,O=Plant A" }
            """);
    gateway = GatewayProcess.start(config);
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  private MqttAsyncClient connect(String user, String password) throws MqttException {
    MqttAsyncClient client =
        new MqttAsyncClient(
            "tcp://127.0.0.1:" + gateway.port("mqtt"), "consumer", new MemoryPersistence());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setUserName(user);
    options.setPassword(password.getBytes(StandardCharsets.UTF_8));
    client.connect(options).waitForCompletion(60_000);
    return client;
  }

  /** The reason code; the listener is left out where a refusal is expected: Paho keeps it. */
  private int subscribe(MqttAsyncClient client, String filter, boolean listens)
      throws MqttException {
    MqttSubscription[] wish = {new MqttSubscription(filter, 1)};
    IMqttMessageListener listener =
        (topic, message) ->
            received.add(List.of(topic, new String(message.getPayload(), StandardCharsets.UTF_8)));
    IMqttToken token =
        listens
            ? client.subscribe(
                wish, null, null, new IMqttMessageListener[] {listener}, new MqttProperties())
            : client.subscribe(wish);
    try {
      token.waitForCompletion(60_000);
    } catch (MqttException e) {
      // a refusal comes as an exception; the reason is in the token all the same
      assertThat(token.getReasonCodes()).as(e.toString()).isNotEmpty();
    }
    return token.getReasonCodes()[0];
  }

  private Tool publish(String user, String password, String topic) throws Exception {
    return Tool.publish(gateway, user, password, topic, "{\"voltage\":230.5}", "-V", "5");
  }

  @Test
  void consumerReadsWhatItsRoleGrantsAndNothingElse() throws Exception {
    MqttAsyncClient display = connect("display", PASSWORD);
    try {
      assertThat(subscribe(display, "#", false)).isEqualTo(0x87);
      assertThat(subscribe(display, "records/#", false)).isEqualTo(0x87);
      assertThat(subscribe(display, "records/+/+/plant-a/+", false)).isEqualTo(0x87);
      assertThat(subscribe(display, "command/#", false)).isEqualTo(0x87);
      assertThat(subscribe(display, "records/telemetry/factory/plant-a/+", true)).isZero();
      assertThat(subscribe(display, "records/alarm/#", true)).isZero();

      publish("water-1", Setup.TOKEN, "telemetry").succeeded();
      publish("gas-1", "secret-1", "telemetry").succeeded();
      publish("gas-1", "secret-1", "alarm").succeeded();
      publish("meter-1", "secret-1", "telemetry").succeeded();
      List<String> alarm = received.poll(60, TimeUnit.SECONDS);
      List<String> reading = received.poll(60, TimeUnit.SECONDS);
      assertThat(alarm.getFirst()).isEqualTo("records/alarm/emergency/depot/gas-1");
      assertThat(reading.getFirst()).isEqualTo("records/telemetry/factory/plant-a/meter-1");
      assertThat(reading.getLast()).contains("\"device\":\"meter-1\"", "230.5");
      await().until(() -> setup.archive().records().size() == 4);
      assertThat(received).isEmpty();
    } finally {
      display.disconnectForcibly(0, 1_000, true);
      display.close();
    }
  }

  @Test
  void consumerMayNotPublish() throws Exception {
    MqttAsyncClient display = connect("display", PASSWORD);
    try {
      display.publish(
          "telemetry", new MqttMessage("{\"voltage\":1}".getBytes(StandardCharsets.UTF_8)));
      await().until(() -> !display.isConnected());
    } finally {
      display.disconnectForcibly(0, 1_000, true);
      display.close();
    }
    publish("meter-1", "secret-1", "telemetry").succeeded();
    await().until(() -> !setup.archive().records().isEmpty());
    assertThat(setup.archive().records()).hasSize(1);
  }

  @Test
  void wrongPasswordAndDevicesAreRefused() throws Exception {
    assertThat(publish("display", "wrong", "telemetry").output())
        .containsIgnoringCase("bad user name or password");
    MqttAsyncClient meter = connect("meter-1", "secret-1");
    try {
      assertThat(subscribe(meter, "records/#", false)).isEqualTo(0x87);
    } finally {
      meter.disconnectForcibly(0, 1_000, true);
      meter.close();
    }
  }

  @Test
  void certificateNamesAConsumer() throws Exception {
    Signed panel = authority.client("/CN=panel/O=Plant A");
    Process reader =
        new ProcessBuilder(
                "mosquitto_sub",
                "-h",
                "localhost",
                "-p",
                String.valueOf(gateway.port("mqtts")),
                "--cafile",
                authority.certificate().toString(),
                "--cert",
                panel.certificate().toString(),
                "--key",
                panel.key().toString(),
                "-t",
                "records/+/factory/plant-a/meter-1",
                "-C",
                "1",
                "-W",
                "60")
            .redirectErrorStream(true)
            .start();
    // whether it has subscribed already is not seen from here: one message must reach it in time
    await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> {
          publish("meter-1", "secret-1", "telemetry").succeeded();
          return !reader.isAlive();
        });
    assertThat(new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("\"device\":\"meter-1\"");
    assertThat(reader.exitValue()).isZero();
  }
}
