package io.sluice.adapter.mqtt;

import io.sluice.adapter.testkit.Answer;
import io.sluice.adapter.testkit.Sender;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Eclipse Paho speaking MQTT 3.1.1, which knows of no largest packet. */
record Paho3Sender(MqttAsyncClient client) implements Sender {
  static Paho3Sender connect(int port, String device, String password) throws MqttException {
    MqttAsyncClient client =
        new MqttAsyncClient(
            "tcp://127.0.0.1:" + port, "client-3-" + device, new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName(device);
    options.setPassword(password.toCharArray());
    client.connect(options).waitForCompletion(45_000);
    return new Paho3Sender(client);
  }

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

  private static IMqttActionListener listener(CompletableFuture<Answer> answer) {
    return new IMqttActionListener() {
      @Override
      public void onSuccess(IMqttToken token) {
        answer.complete(new Answer(true, ""));
      }

      @Override
      public void onFailure(IMqttToken token, Throwable fault) {
        answer.complete(new Answer(false, String.valueOf(fault.getMessage())));
      }
    };
  }

  @Override
  public void close() throws IOException {
    try {
      if (client.isConnected()) {
        client.disconnectForcibly(0, 500);
      }
      client.close();
    } catch (MqttException fault) {
      throw new IOException(fault);
    }
  }
}
