package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a TCP adapter has from its listener, shown by the smallest protocol. */
class TcpListenerTest {
  private final RecordingGateway gateway = new RecordingGateway();
  private final LineProtocol protocol = new LineProtocol();
  private final List<TcpListener<ConnectionLoop>> started = new ArrayList<>();

  private static ListenerSpec spec(String host, int port, int maxConnections) {
    return new ListenerSpec(
        "lines-2",
        "lines",
        host,
        port,
        null,
        0,
        maxConnections,
        Duration.ofSeconds(20),
        1 << 20,
        Transport.AUTO,
        1);
  }

  private TcpListener<ConnectionLoop> start(ListenerSpec spec) throws IOException {
    TcpListener<ConnectionLoop> one = TcpListener.start(spec, protocol, gateway);
    started.add(one);
    return one;
  }

  private TcpListener<ConnectionLoop> start(int maxConnections) throws IOException {
    return start(spec("127.0.0.1", 0, maxConnections));
  }

  @AfterEach
  void stop() {
    started.forEach(TcpListener::close);
    gateway.close();
  }

  @Test
  void connectionsAreServedAndCounted() throws IOException {
    TcpListener<ConnectionLoop> listener = start(10);
    try (LineClient client = new LineClient(listener.address())) {
      assertThat(client.send("hello").next()).isEqualTo("hello");
      assertThat(listener.connections()).isEqualTo(1);
      Endpoint endpoint = listener.endpoints().getFirst();
      assertThat(endpoint.address()).isEqualTo("127.0.0.1:" + listener.address().getPort());
      assertThat(endpoint.links()).isEqualTo(1);
    }
    await().until(() -> listener.connections() == 0);
  }

  @Test
  void oneMoreThanThereArePlacesIsClosedAndLeavesNoTrace() throws IOException {
    TcpListener<ConnectionLoop> listener = start(1);
    try (LineClient first = new LineClient(listener.address());
        LineClient second = new LineClient(listener.address())) {
      assertThat(second.isClosed()).isTrue();
      assertThat(gateway.limited).containsExactly(Limit.CONNECTIONS);
      assertThat(gateway.refusals()).containsExactly(RejectReason.QUOTA);
      assertThat(first.send("still").next()).isEqualTo("still");
    }
    await().until(() -> listener.connections() == 0);
    try (LineClient next = new LineClient(listener.address())) {
      assertThat(next.send("room").next()).isEqualTo("room");
    }
  }

  @Test
  void whatIsInHandAtAStopIsAnsweredBeforeTheEnd() throws Exception {
    TcpListener<ConnectionLoop> listener = start(10);
    try (LineClient client = new LineClient(listener.address())) {
      client.send("first").next();
      client.send("hold this").send("hold that");
      await().until(() -> protocol.connections.getFirst().inHand == 2);
      protocol.answersWhileItStops = true;
      CompletableFuture<Void> closing = CompletableFuture.runAsync(listener::close);
      assertThat(client.next()).isEqualTo("hold this");
      assertThat(client.next()).isEqualTo("hold that");
      assertThat(client.next()).isEqualTo("bye");
      assertThat(client.next()).isNull();
      client.hangUp();
      closing.get(30, TimeUnit.SECONDS);
    }
    assertThatThrownBy(() -> new LineClient(listener.address())).isInstanceOf(IOException.class);
  }

  @Test
  void whatIsNeverAnsweredHoldsNoStopUp() throws Exception {
    TcpListener<ConnectionLoop> listener = start(10);
    try (LineClient client = new LineClient(listener.address())) {
      client.send("first").next();
      client.send("hold for ever");
      CompletableFuture<Void> closing = CompletableFuture.runAsync(listener::close);
      assertThat(client.next()).isEqualTo("bye");
      closing.get(30, TimeUnit.SECONDS); // the client has not closed
    }
  }

  @Test
  void silentConnectionsAreEndedByTheSweep() throws IOException {
    TcpListener<ConnectionLoop> listener = start(10);
    try (LineClient client = new LineClient(listener.address())) {
      client.send("first").next();
      protocol.silenceNanos = 0;
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void tasksRunUntilTheListenerCloses() throws IOException {
    TcpListener<ConnectionLoop> listener = start(10);
    AtomicInteger turns = new AtomicInteger();
    listener.every(Duration.ofMillis(1), "lines-test", turns::incrementAndGet);
    await().until(() -> turns.get() > 2);
    listener.close();
    listener.close(); // once more does nothing
  }

  @Test
  void portThatIsTakenIsToldWithPlaceAndRemedy() throws IOException {
    int port = start(10).address().getPort();
    assertThatThrownBy(() -> start(spec("127.0.0.1", port, 10)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot listen on 127.0.0.1:" + port)
        .hasMessageContaining("listeners.lines-2.port");
  }

  @Test
  void addressThatIsNotOfThisMachineIsToldWithPlaceAndRemedy() {
    assertThatThrownBy(() -> start(spec("192.0.2.1", 0, 10)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot listen on 192.0.2.1:0")
        .hasMessageContaining("listeners.lines-2.host: 0.0.0.0");
  }

  @Test
  void whatIsNotAdmittedIsBoundedOverAllListenersOfTheProtocol() throws IOException {
    TcpListener<ConnectionLoop> one = start(10);
    TcpListener<ConnectionLoop> other = start(10);
    Unadmitted unadmitted = ListenerGroup.of(gateway, "lines").unadmitted();
    try (LineClient first = new LineClient(one.address());
        LineClient second = new LineClient(other.address())) {
      await().until(() -> unadmitted.held() == 2 * Unadmitted.CONNECTION_BYTES);
      first.send("signed in").next();
      assertThat(unadmitted.held()).isEqualTo(Unadmitted.CONNECTION_BYTES);
      second.hangUp();
      await().until(() -> unadmitted.held() == 0);
    }
    assertThat(ListenerGroup.of(gateway, "others").unadmitted()).isNotSameAs(unadmitted);
  }
}
