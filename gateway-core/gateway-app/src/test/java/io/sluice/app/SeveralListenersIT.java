package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two listeners of MQTT and two of CoAP in one gateway, as two halls have them. */
class SeveralListenersIT {
  private static final List<String> MQTT = List.of("mqtt", "hall2");
  private static final List<String> COAP = List.of("coap", "yard2");

  @TempDir Path directory;

  private Setup setup;
  private GatewayProcess gateway;
  private final BlockingQueue<String> taken = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() throws Exception {
    setup = new Setup(directory);
    Path config = setup.config();
    String further =
        """
        listeners:
          hall2: { type: mqtt, host: 127.0.0.1, port: 0 }
          yard2: { type: coap, host: 127.0.0.1, port: 0 }
        """;
    Files.writeString(config, Files.readString(config).replace("listeners:\n", further));
    gateway = GatewayProcess.start(config);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void messagesOfEachListenerArrive() throws Exception {
    for (String listener : MQTT) {
      Tool.publish(
              gateway,
              "meter-1",
              "secret-1",
              "telemetry",
              "{\"n\":1}",
              "-p",
              String.valueOf(gateway.port(listener)))
          .succeeded();
    }
    for (String listener : COAP) {
      coap(listener, "post", "telemetry", "-e", "{\"n\":2}").succeeded();
    }
    await().until(() -> setup.archive().records().size() == 4);
    assertThat(setup.archive().values("n")).containsExactlyInAnyOrder(1L, 1L, 2L, 2L);
  }

  @Test
  void aDeviceThatMovesToTheOtherListenerHasItsCommandsThereOnce() throws Exception {
    try (MqttClient first = client("mqtt");
        MqttClient second = client("hall2")) {
      connect(first);
      String relay = submit("meter-1", "relay");
      assertThat(taken.poll(45, TimeUnit.SECONDS)).startsWith("mqtt command/relay");
      await().until(() -> state("meter-1", relay).equals("acknowledged"));
      connect(second);
      await().until(() -> !first.isConnected());
      String wake = submit("meter-1", "wake");
      assertThat(taken.poll(45, TimeUnit.SECONDS)).startsWith("hall2 command/wake");
      await().until(() -> state("meter-1", wake).equals("acknowledged"));
      assertThat(taken).isEmpty();
      second.disconnect();
    }
  }

  @Test
  void aCommandIsPolledAtEachListenerOfCoap() throws Exception {
    for (String listener : COAP) {
      String valve = submit("water-1", "valve");
      assertThat(coap(listener, "get", "command").output()).contains("{\"open\":1}");
      assertThat(state("water-1", valve)).isEqualTo("sent");
    }
  }

  private MqttClient client(String listener) throws Exception {
    String uri = "tcp://127.0.0.1:" + gateway.port(listener);
    MqttClient client = new MqttClient(uri, "meter-1", new MemoryPersistence());
    client.setCallback(new Taking(listener, taken));
    return client;
  }

  private static void connect(MqttClient client) throws Exception {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName("meter-1");
    options.setPassword("secret-1".toCharArray());
    client.connect(options);
    client.subscribe("command/#", 1);
  }

  private Tool coap(String listener, String method, String path, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("coap-client-notls", "-m", method));
    command.addAll(List.of("-t", "json", "-B", "20"));
    command.addAll(List.of(more));
    command.add(
        "coap://127.0.0.1:" + gateway.port(listener) + "/" + path + "?d=water-1&k=" + Setup.TOKEN);
    return Tool.run(command.toArray(String[]::new));
  }

  private String submit(String device, String name) throws Exception {
    HttpResponse<String> answer =
        gateway.post(
            "/api/v1/devices/" + device + "/commands",
            "{\"name\":\"" + name + "\",\"payload\":{\"open\":1}}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return GatewayProcess.JSON.readTree(answer.body()).get("id").stringValue();
  }

  private String state(String device, String command) throws Exception {
    return gateway
        .get("/api/v1/devices/" + device + "/commands/" + command)
        .get("state")
        .stringValue();
  }

  /** Notes at which listener a command came. */
  private record Taking(String listener, BlockingQueue<String> taken) implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      taken.add(listener + " " + topic);
    }

    @Override
    public void connectionLost(Throwable cause) {}

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}
  }
}
