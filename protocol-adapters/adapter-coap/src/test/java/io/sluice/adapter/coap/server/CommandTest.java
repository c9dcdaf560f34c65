package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommandTest {
  private static final DeviceId VALVE = new DeviceId("valve-1");

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapSettings.onLoopback());
  private final List<CoapResponse> notifications = new CopyOnWriteArrayList<>();
  private CoapClient client;

  @BeforeEach
  void start() throws Exception {
    adapter.start(gateway);
    client = Clients.client(adapter.address());
    client.setURI(uri(""));
  }

  @AfterEach
  void stop() {
    Clients.close(client);
    adapter.close();
    gateway.close();
  }

  private String uri(String more) {
    return Clients.uri(adapter.address(), "command?d=valve-1&k=secret" + more);
  }

  private static Command command(String id, byte[] payload) {
    return new Command(id, VALVE, "open", ContentType.JSON, payload, 1_000, Long.MAX_VALUE);
  }

  private CoapObserveRelation observe() throws Exception {
    return client.observeAndWait(
        new CoapHandler() {
          @Override
          public void onLoad(CoapResponse response) {
            notifications.add(response);
          }

          @Override
          public void onError() {}
        });
  }

  @Test
  void emptyQueueIsContentWithoutPayload() throws Exception {
    CoapResponse response = client.get();
    assertThat(response.getCode()).isEqualTo(ResponseCode.CONTENT);
    assertThat(response.getPayload()).isEmpty();
    assertThat(response.getOptions().getLocationPathCount()).isZero();
    assertThat(gateway.seen).contains(VALVE);
  }

  @Test
  void pollTakesTheOldestCommandWithItsNameAndId() throws Exception {
    gateway.submit(command("c-1", "{}".getBytes(UTF_8)));
    CoapResponse response = client.get();
    assertThat(response.getResponseText()).isEqualTo("{}");
    assertThat(response.getOptions().getContentFormat()).isEqualTo(50);
    assertThat(response.getOptions().getLocationPath()).containsExactly("command", "open");
    assertThat(response.getOptions().getLocationQuery()).containsExactly("id=c-1");
    assertThat(gateway.acknowledged).isEmpty();
  }

  @Test
  void commandIsAcknowledgedByTheNextPollOrByDelete() throws Exception {
    client.setURI(uri("&ack=c-1"));
    client.get();
    client.setURI(Clients.uri(adapter.address(), "command/c-2?d=valve-1&k=secret"));
    assertThat(client.delete().getCode()).isEqualTo(ResponseCode.DELETED);
    assertThat(gateway.acknowledged).containsExactly("c-1", "c-2");
  }

  @Test
  void commandOfAnotherFormatThanAcceptedStaysQueued() throws Exception {
    gateway.submit(command("c-1", "{}".getBytes(UTF_8)));
    assertThat(client.get(60).getCode()).isEqualTo(ResponseCode.NOT_ACCEPTABLE);
    assertThat(gateway.returned).containsExactly("c-1");
  }

  @Test
  void largeCommandIsPolledBlockWise() throws Exception {
    byte[] payload = new byte[100_000];
    new Random(3).nextBytes(payload);
    gateway.submit(command("c-1", payload));
    assertThat(client.get().getPayload()).isEqualTo(payload);
  }

  @Test
  void anObserverThatWasAdmittedBeforeItsCredentialsChangedGetsNoCommand() throws Exception {
    gateway.outdate();
    observe();
    gateway.submit(command("c-1", "{}".getBytes(UTF_8)));
    assertThat(gateway.links).isEmpty();
    assertThat(gateway.queued()).isEqualTo(1);
    assertThat(gateway.acknowledged).isEmpty();
  }

  @Test
  void observerGetsEachCommandInOrderAndItsAckAcknowledges() throws Exception {
    gateway.submit(command("c-0", "0".getBytes(UTF_8)));
    observe();
    for (int i = 1; i < 20; i++) {
      gateway.submit(command("c-" + i, Integer.toString(i).getBytes(UTF_8)));
    }
    await()
        .untilAsserted(
            () -> assertThat(gateway.acknowledged).as("queued " + gateway.queued()).hasSize(20));
    assertThat(gateway.acknowledged.getFirst()).isEqualTo("c-0");
    assertThat(gateway.acknowledged.getLast()).isEqualTo("c-19");
    await().until(() -> notifications.size() == 21);
    assertThat(notifications.getFirst().getPayload()).isEmpty();
    assertThat(notifications.get(20).getResponseText()).isEqualTo("19");
    assertThat(notifications.get(20).getOptions().getLocationQuery()).containsExactly("id=c-19");
  }

  @Test
  void largeCommandReachesAnObserverBlockWiseAndIsThenAcknowledged() throws Exception {
    observe();
    byte[] payload = new byte[20_000];
    new Random(4).nextBytes(payload);
    gateway.submit(command("c-1", payload));
    await().until(() -> notifications.size() == 2);
    assertThat(notifications.getLast().getPayload()).isEqualTo(payload);
    await().until(() -> gateway.acknowledged.contains("c-1"));
  }

  @Test
  void cancelledObservationDetaches() throws Exception {
    CoapObserveRelation relation = observe();
    await().until(() -> gateway.links.containsKey(VALVE));
    assertThat(adapter.connections()).isEqualTo(1);
    relation.proactiveCancel();
    await().until(() -> gateway.links.isEmpty());
  }

  @Test
  void observerThatResetsIsDetachedAndItsCommandReturned() throws Exception {
    try (RawPeer device = new RawPeer(adapter.address())) {
      device.send(RawPeer.get("command", "d=valve-1", "k=secret", 1, true));
      assertThat(RawPeer.code(device.receive())).isEqualTo("2.05");
      await().until(() -> gateway.links.containsKey(VALVE));
      gateway.submit(command("c-1", "x".getBytes(UTF_8)));
      byte[] notification = device.receive();
      assertThat(RawPeer.type(notification)).isEqualTo("CON");
      device.send(new byte[] {0x70, 0, notification[2], notification[3]});
      await().until(() -> gateway.returned.contains("c-1"));
      await().until(() -> gateway.links.isEmpty()); // behind it
      assertThat(gateway.acknowledged).isEmpty();
    }
  }

  @Test
  void linkClosedByTheGatewayEndsTheObservationWithAReason() throws Exception {
    observe();
    await().until(() -> gateway.links.containsKey(VALVE));
    DeviceLink link = gateway.links.get(VALVE);
    link.close(LinkEnd.TAKEN_OVER);
    await().until(() -> notifications.size() == 2);
    assertThat(notifications.getLast().getCode()).isEqualTo(ResponseCode.FORBIDDEN);
    assertThat(notifications.getLast().getResponseText()).contains("taken over");
    assertThat(link.send(command("c-1", new byte[0]))).isFalse();
  }

  @Test
  void commandsOfOthersNeedTheirCredentials() throws Exception {
    client.setURI(Clients.uri(adapter.address(), "command?d=valve-1&k=wrong"));
    assertThat(client.get().getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
    Request observation = Request.newGet().setObserve();
    observation.setURI(Clients.uri(adapter.address(), "command"));
    assertThat(client.advanced(observation).getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
    assertThat(gateway.links).isEmpty();
  }
}
