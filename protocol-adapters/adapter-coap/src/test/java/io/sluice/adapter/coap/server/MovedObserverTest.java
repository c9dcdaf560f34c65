package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.californium.scandium.dtls.SingleNodeConnectionIdGenerator;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An observer over DTLS whose address or session changes while a command is under way. */
class MovedObserverTest {
  private static final byte[] KEY = "sixteen bytes!!!".getBytes(UTF_8);
  private static final DeviceId DEVICE = new DeviceId("raw-1");

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapsSettings.onLoopback(null, false));
  private final List<RawSession> sessions = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    gateway.pskKeys.put("raw-1", KEY);
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    sessions.forEach(RawSession::close);
    adapter.close();
    gateway.close();
  }

  private RawSession session(InetSocketAddress to) throws IOException {
    RawSession opened =
        new RawSession(
            DtlsClients.configuration()
                .setAdvancedPskStore(new AdvancedSinglePskStore("raw-1", KEY))
                .setConnectionIdGenerator(new SingleNodeConnectionIdGenerator(4)),
            to);
    sessions.add(opened);
    return opened;
  }

  private static Command command(String id) {
    return new Command(
        id, DEVICE, "open", ContentType.TEXT, id.getBytes(UTF_8), 1_000, Long.MAX_VALUE);
  }

  private void observe(RawSession session) throws Exception {
    session.send(RawPeer.get("command", "a", "b", 1, true));
    assertThat(RawPeer.code(session.receive())).isEqualTo("2.05");
    await().until(() -> gateway.links.containsKey(DEVICE));
  }

  private static void report(RawSession session, int messageId) throws Exception {
    byte[] post = RawPeer.post(messageId, "{}");
    session.send(post);
    byte[] answer = session.receive();
    while (RawPeer.messageId(answer) != messageId) {
      answer = session.receive();
    }
    assertThat(RawPeer.code(answer)).isEqualTo("2.04");
  }

  private void takes(RawSession session, String id) throws Exception {
    byte[] notification = session.receive();
    while (acknowledge(session, notification, id)) {
      notification = session.receive();
    }
    await().until(() -> gateway.acknowledged.contains(id));
  }

  /**
   * RequestsInHand a notification as a device does.
   *
   * @return whether it was another copy of a command taken before: the one that was sent to the old
   *     address may reach the device all the same, beside the one that followed it
   */
  private boolean acknowledge(RawSession session, byte[] notification, String id) {
    String text = new String(notification, UTF_8);
    boolean isCopy = gateway.acknowledged.stream().anyMatch(text::endsWith);
    session.send(new byte[] {0x60, 0, notification[2], notification[3]});
    if (!isCopy) {
      assertThat(text).endsWith(id);
    }
    return isCopy;
  }

  @Test
  @Timeout(180)
  void notificationUnderWayFollowsTheDeviceToItsNewAddress() throws Exception {
    try (MovingRelay relay = new MovingRelay(adapter.address())) {
      RawSession session = session(relay.address());
      observe(session);
      takesAfterAMove(relay, session, "c-1", 10);
      takesAfterAMove(relay, session, "c-2", 11);
      gateway.submit(command("c-3"));
      takes(session, "c-3");
    }
    assertThat(gateway.acknowledged).containsExactly("c-1", "c-2", "c-3");
    assertThat(gateway.returned).isEmpty();
  }

  /** The NAT's mapping is gone when the command comes; then the device wakes up and reports. */
  private void takesAfterAMove(MovingRelay relay, RawSession session, String id, int messageId)
      throws Exception {
    relay.move();
    gateway.submit(command(id));
    byte[] post = RawPeer.post(messageId, "{}");
    session.send(post);
    boolean isAnswered = false;
    while (!isAnswered || !gateway.acknowledged.contains(id)) {
      byte[] message = session.receive(100);
      if (message != null && RawPeer.type(message).equals("CON")) {
        acknowledge(session, message, id);
      } else if (message != null) {
        isAnswered = true;
        assertThat(RawPeer.messageId(message)).isEqualTo(messageId);
      }
    }
  }

  @Test
  void anotherSessionOfTheDeviceDoesNotTakeTheObservationAlong() throws Exception {
    RawSession observer = session(adapter.address());
    observe(observer);
    report(session(adapter.address()), 7);
    gateway.submit(command("c-1"));
    takes(observer, "c-1");
  }

  @Test
  void observationEndsWithItsSessionAndTheCommandComesBack() throws Exception {
    RawSession session = session(adapter.address());
    observe(session);
    session.resume();
    report(session, 7);
    gateway.submit(command("c-1"));
    await().until(() -> gateway.returned.contains("c-1"));
    await().until(() -> gateway.links.isEmpty()); // behind it
    assertThat(gateway.acknowledged).isEmpty();
    observe(session);
    takes(session, "c-1");
  }

  @Test
  void deregistrationFromANewAddressEndsTheObservation() throws Exception {
    try (MovingRelay relay = new MovingRelay(adapter.address())) {
      RawSession session = session(relay.address());
      observe(session);
      relay.move();
      byte[] end = RawPeer.get("command", "a", "b", 2, true);
      byte[] cancel = new byte[end.length + 1];
      System.arraycopy(end, 0, cancel, 0, 6);
      cancel[5] = 0x61; // Observe: 1
      cancel[6] = 1;
      System.arraycopy(end, 6, cancel, 7, end.length - 6);
      session.send(cancel);
      assertThat(RawPeer.code(session.receive())).isEqualTo("2.05");
      await().until(() -> gateway.links.isEmpty());
    }
    assertThat(gateway.returned).isEmpty();
  }
}
