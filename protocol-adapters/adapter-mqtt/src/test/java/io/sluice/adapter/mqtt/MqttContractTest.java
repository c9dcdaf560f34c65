package io.sluice.adapter.mqtt;

import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.Answer;
import io.sluice.adapter.testkit.CommandTaker;
import io.sluice.adapter.testkit.Sender;
import io.sluice.api.adapter.Adapter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.Tag;

/** The adapter contract, by Eclipse Paho speaking MQTT 5. */
@Tag("slow")
class MqttContractTest implements AdapterContract {
  @Override
  public Adapter adapter(int port) {
    return new MqttAdapterFactory().create("mqtt", MqttSettings.onLoopback(port));
  }

  @Override
  public Sender sender(Adapter adapter, String device, String password) throws MqttException {
    String uri = "tcp://127.0.0.1:" + AdapterContract.port(adapter);
    MqttAsyncClient client = new MqttAsyncClient(uri, "client-" + device, new MemoryPersistence());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setUserName(device);
    options.setPassword(password.getBytes(StandardCharsets.UTF_8));
    client.connect(options).waitForCompletion(45_000);
    return new PahoSender(client);
  }

  /** Paho heeds the largest packet of a CONNACK of MQTT 5; in MQTT 3.1.1 there is none. */
  @Override
  public Sender carelessSender(Adapter adapter, String device, String password)
      throws org.eclipse.paho.client.mqttv3.MqttException {
    return Paho3Sender.connect(AdapterContract.port(adapter), device, password);
  }

  @Override
  public boolean takesCommands() {
    return true;
  }

  @Override
  public CommandTaker commandTaker(Adapter adapter, String device, String password, boolean answers)
      throws IOException {
    return RawCommandTaker.connect(adapter, device, password, answers);
  }

  @Override
  public int orderedOnTheWay() {
    return 20;
  }

  /** At QoS 2, where a repetition is known by its packet id [MQTT-4.3.3-10]. */
  @Override
  public void sendTwice(Adapter adapter, String device, String password) throws IOException {
    try (RawMqtt client = new RawMqtt(adapter)) {
      client.send(RawMqtt.connect(5, 0xC2, "raw-" + device, device, password));
      client.next();
      client.send(publish(0x34)).send(publish(0x3C));
      awaitPacket(client, 5); // PUBREC
      client.send(publish(0x3C)); // as one that missed the PUBREC
      awaitPacket(client, 5);
      client.send(RawMqtt.packet(0x62, new RawMqtt.Bytes().raw(0, 1)));
      awaitPacket(client, 7); // PUBCOMP
    }
  }

  private static byte[] publish(int first) {
    RawMqtt.Bytes body = new RawMqtt.Bytes().text("telemetry").raw(0, 1, 0);
    body.writeBytes(PAYLOAD);
    return RawMqtt.packet(first, body);
  }

  private static void awaitPacket(RawMqtt client, int type) throws IOException {
    while (client.next().type() != type) {
      // the answer to a repetition
    }
  }

  private record PahoSender(MqttAsyncClient client) implements Sender {
    @Override
    public CompletableFuture<Answer> send(String topic, byte[] payload) {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      try {
        client.publish(topic, payload, 1, false, null, listener(answer));
      } catch (MqttException fault) {
        answer.completeExceptionally(fault);
      }
      return answer;
    }

    private static MqttActionListener listener(CompletableFuture<Answer> answer) {
      return new MqttActionListener() {
        @Override
        public void onSuccess(IMqttToken token) {
          String reason = token.getResponseProperties().getReasonString();
          int code = token.getReasonCodes()[0];
          answer.complete(new Answer(code < 0x80, reason == null ? "" : reason));
        }

        @Override
        public void onFailure(IMqttToken token, Throwable fault) {
          String reason =
              token.getResponseProperties() == null
                  ? null
                  : token.getResponseProperties().getReasonString();
          answer.complete(new Answer(false, reason == null ? fault.getMessage() : reason));
        }
      };
    }

    @Override
    public void vanish() throws IOException {
      try {
        client.disconnectForcibly(0, 0, false);
      } catch (MqttException fault) {
        throw new IOException(fault);
      }
    }

    @Override
    public void close() throws IOException {
      try {
        if (client.isConnected()) {
          client.disconnectForcibly(0, 500, true);
        }
        client.close();
      } catch (MqttException fault) {
        throw new IOException(fault);
      }
    }
  }
}
