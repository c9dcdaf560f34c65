package io.sluice.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.admin.AdminServer;
import io.sluice.admin.FixedOperations;
import io.sluice.api.operator.AdminSettings;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who makes room for whom on the admin listener, by a clock of the test's. */
@Tag("slow")
class ConnectionBoundTest {
  private static final int FOR_REMOTE = ConnectionBound.MOST - ConnectionBound.FOR_LOOPBACK;

  private long now;
  private final ConnectionBound bound = new ConnectionBound(() -> now);
  private final List<Object> closed = new ArrayList<>();

  private void open(String name, String address) {
    bound.opened(name, address, () -> closed.add(name));
  }

  private void ask(String name) {
    bound.began(name);
    bound.ended(name);
  }

  /** Fills all places that others than loopback may take, from many addresses. */
  private void fill(boolean busy) {
    for (int i = 0; i < FOR_REMOTE; i++) {
      open("c" + i, "192.0.2." + i % 200);
      if (busy) {
        bound.began("c" + i);
      }
    }
    assertThat(closed).isEmpty();
  }

  @Test
  void longestIdleMakesRoom() {
    fill(false);
    ask("c0");
    open("new", "198.51.100.1");
    assertThat(closed).containsExactly("c1");
    assertThat(bound.size()).isEqualTo(FOR_REMOTE);
  }

  @Test
  void busyConnectionsAreNotEnded() {
    fill(true);
    open("new", "198.51.100.1");
    assertThat(closed).containsExactly("new");
    bound.ended("c7");
    open("next", "198.51.100.1");
    assertThat(closed).containsExactly("new", "c7");
  }

  @Test
  void loopbackHasPlacesOfItsOwn() {
    fill(true);
    for (int i = 0; i < ConnectionBound.FOR_LOOPBACK; i++) {
      open("health" + i, i % 2 == 0 ? "127.0.0.1" : "0:0:0:0:0:0:0:1");
    }
    assertThat(closed).isEmpty();
    open("one more", "127.0.0.1");
    assertThat(closed).as("none is idle but loopback's own").containsExactly("health0");
  }

  @Test
  void oneAddressHasAShareOnly() {
    for (int i = 0; i < ConnectionBound.MOST_OF_ADDRESS; i++) {
      open("a" + i, "2001:db8::" + Integer.toHexString(i + 1)); // one host's /64
      bound.began("a" + i);
    }
    open("beyond", "2001:db8::ffff");
    assertThat(closed).containsExactly("beyond");
    open("other", "2001:db8:1::1");
    assertThat(closed).containsExactly("beyond");
    bound.closed("a3");
    open("again", "2001:db8::ffff");
    assertThat(closed).containsExactly("beyond");
  }

  @Test
  void firstRequestHasToComeInTime() {
    open("silent", "192.0.2.1");
    open("asks", "192.0.2.1");
    ask("asks");
    open("streams", "192.0.2.1");
    bound.began("streams");
    now += ConnectionBound.FIRST_REQUEST_NANOS + 1;
    bound.sweep();
    assertThat(closed).containsExactly("silent");
    now += ConnectionBound.IDLE_NANOS;
    bound.sweep();
    assertThat(closed).containsExactly("silent", "asks");
    assertThat(bound.size()).isEqualTo(1);
  }

  @Test
  void healthCheckIsAnsweredWhileIdleConnectionsFillTheListener() throws Exception {
    AdminServer server =
        AdminServer.start(
            AdminSettings.of("127.0.0.1", 0, null), new FixedOperations(), event -> {});
    List<Socket> idle = new ArrayList<>();
    try (server;
        HttpClient client = HttpClient.newHttpClient()) {
      int port = server.address().getPort();
      for (int i = 0; i < ConnectionBound.MOST + 20; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        idle.add(socket);
        socket.getOutputStream().write('G'); // a header that never ends
      }
      HttpRequest health =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/live")).build();
      assertThat(client.send(health, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      await()
          .atMost(60, TimeUnit.SECONDS)
          .untilAsserted(() -> assertThat(idle.getLast().getInputStream().read()).isEqualTo(-1));
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }
}
