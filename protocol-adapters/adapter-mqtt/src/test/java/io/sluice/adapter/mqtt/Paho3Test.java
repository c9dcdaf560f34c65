package io.sluice.adapter.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;

/** Eclipse Paho speaking MQTT 3.1.1: every QoS, a session that is kept, a command down. */
class Paho3Test {
  private final List<String> received = new CopyOnWriteArrayList<>();

  private MqttClient connect(MqttAdapter adapter) throws MqttException {
    String uri = "tcp://127.0.0.1:" + adapter.address().getPort();
    MqttClient client = new MqttClient(uri, "paho-3", new MemoryPersistence());
    client.setTimeToWait(45_000);
    MqttConnectOptions options = new MqttConnectOptions();
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setCleanSession(false);
    options.setUserName("d1");
    options.setPassword("pw".toCharArray());
    client.setCallback(new Receiver(received));
    client.connect(options);
    return client;
  }

  @Test
  void publishesAtEachQosAndTakesCommandsThatWaited() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        MqttAdapter adapter = new MqttAdapterFactory().create("mqtt", MqttSettings.onLoopback(0))) {
      adapter.start(gateway);
      MqttClient first = connect(adapter);
      first.subscribe("command/#", 1);
      for (int qos = 0; qos <= 2; qos++) {
        first.publish("telemetry", ("{\"v\":" + qos + "}").getBytes(UTF_8), qos, false);
      }
      await().until(() -> gateway.stored().size() == 3);
      first.disconnect();
      first.close();
      // Paho does not wait for the other side: the command is to find nobody there
      await().until(() -> gateway.detached() == 1);
      long now = System.currentTimeMillis() * 1000;
      gateway.submit(
          new Command(
              "k1",
              new DeviceId("d1"),
              "switch",
              ContentType.JSON,
              "on".getBytes(UTF_8),
              now,
              now + 60_000_000));
      MqttClient second = connect(adapter);
      await().until(() -> gateway.acknowledgedCommands().equals(List.of("k1")));
      assertThat(received).containsExactly("command/switch on");
      second.disconnect();
      second.close();
    }
  }

  private record Receiver(List<String> received) implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      received.add(topic + " " + new String(message.getPayload(), UTF_8));
    }

    @Override
    public void connectionLost(Throwable cause) {}

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}
  }
}
