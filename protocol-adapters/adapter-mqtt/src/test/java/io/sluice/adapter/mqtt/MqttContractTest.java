package io.sluice.adapter.mqtt;

import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.Answer;
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
    MqttAsyncClient client = new MqttAsyncClient(uri, "client-1", new MemoryPersistence());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setUserName(device);
    options.setPassword(password.getBytes(StandardCharsets.UTF_8));
    client.connect(options).waitForCompletion(5000);
    return new PahoSender(client);
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
    public void close() throws IOException {
      try {
        client.disconnectForcibly(0, 500, true);
        client.close();
      } catch (MqttException fault) {
        throw new IOException(fault);
      }
    }
  }
}
