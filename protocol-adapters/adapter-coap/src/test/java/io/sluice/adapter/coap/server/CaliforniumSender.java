package io.sluice.adapter.coap.server;

import io.sluice.adapter.testkit.Answer;
import io.sluice.adapter.testkit.Sender;
import java.util.concurrent.CompletableFuture;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.MediaTypeRegistry;

/**
 * A device of the adapter contract, by Californium's client.
 *
 * @param base the adapter's URI, with a slash at the end
 * @param query the credentials; empty where the session shows them
 * @param accept of the requests; 0 for none; with that option a request is no plain uplink
 */
record CaliforniumSender(CoapClient client, String base, String query, int accept)
    implements Sender {
  @Override
  public CompletableFuture<Answer> send(String topic, byte[] payload) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    client.setURI(base + topic + query);
    CoapHandler handler = handler(answer);
    if (accept == 0) {
      client.post(handler, payload, MediaTypeRegistry.APPLICATION_JSON);
    } else {
      client.post(handler, payload, MediaTypeRegistry.APPLICATION_JSON, accept);
    }
    return answer;
  }

  private static CoapHandler handler(CompletableFuture<Answer> answer) {
    return new CoapHandler() {
      @Override
      public void onLoad(CoapResponse response) {
        answer.complete(
            new Answer(response.isSuccess(), String.valueOf(response.getResponseText())));
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
