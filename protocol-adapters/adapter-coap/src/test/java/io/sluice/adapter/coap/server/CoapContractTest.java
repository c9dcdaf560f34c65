package io.sluice.adapter.coap.server;

import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.coap.settings.FastPath;
import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.Sender;
import io.sluice.api.adapter.Adapter;
import java.util.concurrent.CompletableFuture;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.MediaTypeRegistry;

/** The adapter contract, by Californium's client and plain uplinks. */
class CoapContractTest implements AdapterContract {
  @Override
  public Adapter adapter(int port) {
    return new CoapAdapter(CoapSettings.onLoopback(port, FastPath.ON));
  }

  @Override
  public Sender sender(Adapter adapter, String device, String password) {
    return new CaliforniumSender(
        adapter,
        "?d=" + device + "&k=" + password,
        Clients.client(((CoapAdapter) adapter).address()),
        0);
  }

  /**
   * @param accept 0 for none; with that option a request is no plain uplink
   */
  record CaliforniumSender(Adapter adapter, String query, CoapClient client, int accept)
      implements Sender {
    @Override
    public CompletableFuture<io.sluice.adapter.testkit.Answer> send(String topic, byte[] payload) {
      CompletableFuture<io.sluice.adapter.testkit.Answer> answer = new CompletableFuture<>();
      client.setURI(Clients.uri(((CoapAdapter) adapter).address(), topic + query));
      CoapHandler handler = handler(answer);
      if (accept == 0) {
        client.post(handler, payload, MediaTypeRegistry.APPLICATION_JSON);
      } else {
        client.post(handler, payload, MediaTypeRegistry.APPLICATION_JSON, accept);
      }
      return answer;
    }

    private static CoapHandler handler(CompletableFuture<io.sluice.adapter.testkit.Answer> answer) {
      return new CoapHandler() {
        @Override
        public void onLoad(CoapResponse response) {
          answer.complete(
              new io.sluice.adapter.testkit.Answer(
                  response.isSuccess(), String.valueOf(response.getResponseText())));
        }

        @Override
        public void onError() {
          answer.completeExceptionally(new IllegalStateException("no answer"));
        }
      };
    }

    @Override
    public void close() {
      Clients.close(client);
    }
  }
}
