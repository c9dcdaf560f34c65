package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Drain;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a DTLS session outlives, and what ends it. */
class DtlsSessionTest {
  private static final byte[] KEY = "sixteen bytes!!!".getBytes(UTF_8);

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapsSettings.onLoopback(null, false));
  private final List<CoapClient> clients = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    gateway.pskKeys.put("d1", KEY);
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    clients.forEach(Clients::close);
    adapter.close();
    gateway.close();
  }

  private CoapClient client(InetSocketAddress to) {
    CoapClient client = DtlsClients.psk(to, "d1", KEY);
    clients.add(client);
    return client;
  }

  private long sessions() throws Exception {
    LongAdder counter = new LongAdder();
    adapter.dtls().count(counter);
    return counter.sum();
  }

  @Test
  void sessionsOfAGatewayThatIsDrainedEnd() throws Exception {
    CoapClient client = client(adapter.address());
    assertThat(client.get()).isNotNull();
    assertThat(adapter.sessions()).isEqualTo(1);
    adapter.drain(new Drain(null, false, Duration.ZERO));
    await().until(() -> adapter.sessions() == 0 && sessions() == 0);
  }

  private static final class Commands implements CoapHandler {
    final List<String> texts = new CopyOnWriteArrayList<>();
    final List<ResponseCode> codes = new CopyOnWriteArrayList<>();

    @Override
    public void onLoad(CoapResponse response) {
      codes.add(response.getCode());
      if (response.getPayload().length > 0) {
        texts.add(response.getResponseText());
      }
    }

    @Override
    public void onError() {}
  }

  private Command command(String text) {
    byte[] payload = text.getBytes(UTF_8);
    return new Command(
        text, new DeviceId("d1"), "valve", ContentType.TEXT, payload, 1, Long.MAX_VALUE);
  }

  @Test
  void sessionWithACommandUnderWayEndsBehindItsAcknowledgement() throws Exception {
    try (MovingRelay relay = new MovingRelay(adapter.address())) {
      CoapClient client = client(relay.address());
      client.setURI("coaps://127.0.0.1:" + relay.address().getPort() + "/command");
      Commands commands = new Commands();
      assertThat(client.observeAndWait(commands).isCanceled()).isFalse();
      await().until(() -> gateway.links.containsKey(new DeviceId("d1")));
      relay.keepBack();
      gateway.submit(command("open"));
      await().until(() -> commands.texts.contains("open"));
      gateway.drain = new Drain(null, false, Duration.ZERO);
      adapter.drain(new Drain(null, false, Duration.ZERO));
      gateway.submit(command("close"));
      // longer than from one look of the drain to the next
      await().during(Duration.ofMillis(700)).until(() -> adapter.sessions() == 1);
      relay.letGo();
      await().until(() -> gateway.acknowledged.contains("open"));
      await().until(() -> adapter.sessions() == 0 && sessions() == 0);
      assertThat(gateway.returned).isEmpty();
      assertThat(commands.texts).doesNotContain("close");
    }
  }

  @Test
  void observationAndTransferSurviveAChangeOfAddress() throws Exception {
    try (MovingRelay relay = new MovingRelay(adapter.address())) {
      CoapClient client = client(relay.address());
      client.setURI("coaps://127.0.0.1:" + relay.address().getPort() + "/command");
      Commands commands = new Commands();
      assertThat(client.observeAndWait(commands).isCanceled()).isFalse();
      gateway.submit(command("open"));
      await().until(() -> commands.texts.contains("open"));
      await().until(() -> gateway.acknowledged.contains("open"));
      int handshakeRecords = relay.handshakeRecords();
      byte[] payload = new byte[50_000];
      new Random(9).nextBytes(payload);
      Request large = Request.newPut();
      large.setURI("coaps://127.0.0.1:" + relay.address().getPort() + "/event").setPayload(payload);
      CompletableFuture<CoapResponse> answer = new CompletableFuture<>();
      client.advanced(
          new CoapHandler() {
            @Override
            public void onLoad(CoapResponse response) {
              answer.complete(response);
            }

            @Override
            public void onError() {
              answer.completeExceptionally(new IOException("no answer"));
            }
          },
          large);
      while (!answer.isDone()) {
        relay.awaitClientDatagrams(20, answer::isDone);
        relay.move();
      }
      assertThat(answer.join().getCode()).isEqualTo(ResponseCode.CHANGED);
      assertThat(gateway.accepted)
          .singleElement()
          .matches(u -> Arrays.equals(u.payload(), payload));
      // a NAT lets nothing in until the device has sent from the new port
      client.setURI("coaps://127.0.0.1:" + relay.address().getPort() + "/telemetry");
      assertThat(client.post("{}", 50).getCode()).isEqualTo(ResponseCode.CHANGED);
      gateway.submit(command("close"));
      await().until(() -> commands.texts.contains("close"));
      await().until(() -> gateway.acknowledged.contains("close"));
      assertThat(relay.handshakeRecords()).as("no other handshake").isEqualTo(handshakeRecords);
      assertThat(relay.moves()).as("moves").isGreaterThan(1);
    }
  }

  @Test
  void revocationEndsTheObservationAndTheSession() throws Exception {
    CoapClient client = client(adapter.address());
    client.setURI("coaps://127.0.0.1:" + adapter.address().getPort() + "/command");
    Commands commands = new Commands();
    assertThat(client.observeAndWait(commands).isCanceled()).isFalse();
    await().until(() -> gateway.links.containsKey(new DeviceId("d1")));
    assertThat(sessions()).isEqualTo(1);
    gateway.pskKeys.remove("d1");
    gateway.revoke("d1");
    await().until(() -> sessions() == 0);
    await().until(() -> gateway.links.isEmpty());
    await().until(() -> adapter.connections() == 0);
  }

  @Test
  void revocationEndsEachSessionOfTheDevice() throws Exception {
    CoapClient lost = client(adapter.address());
    assertThat(lost.post("{}", 50).getCode()).isEqualTo(ResponseCode.CHANGED);
    CoapClient again = client(adapter.address());
    assertThat(again.post("{}", 50).getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(sessions()).isEqualTo(2);
    gateway.pskKeys.remove("d1");
    gateway.revoke("d1");
    await().until(() -> sessions() == 0);
  }
}
