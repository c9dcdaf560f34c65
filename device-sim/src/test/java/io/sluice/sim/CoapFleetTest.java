package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.broker.LoopbackPort;
import io.sluice.sim.figures.FleetSnapshot;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.Scenario;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.config.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CoAP devices, on our client and on Californium's, against a server of Californium. */
@Tag("slow")
class CoapFleetTest {
  @TempDir Path folder;
  private final Map<String, Set<InetSocketAddress>> addresses = new ConcurrentHashMap<>();
  private final AtomicInteger posts = new AtomicInteger();
  private final AtomicInteger largest = new AtomicInteger();
  private CoapServer server;
  private URI uri;
  private volatile Answer answer = exchange -> exchange.respond(ResponseCode.CHANGED);

  private interface Answer {
    void to(CoapExchange exchange);
  }

  @BeforeEach
  void start() {
    start(0);
  }

  private void start(int port) {
    CoapConfig.register();
    Configuration configuration = Configuration.createStandardWithoutFile();
    configuration.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 1 << 16);
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(configuration)
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .build();
    server = new CoapServer(configuration);
    server.addEndpoint(endpoint);
    server.add(
        new CoapResource("telemetry") {
          @Override
          public void handlePOST(CoapExchange exchange) {
            posts.incrementAndGet();
            largest.accumulateAndGet(exchange.getRequestPayload().length, Math::max);
            addresses
                .computeIfAbsent(
                    exchange.getQueryParameter("d"), id -> ConcurrentHashMap.newKeySet())
                .add(new InetSocketAddress(exchange.getSourceAddress(), exchange.getSourcePort()));
            answer.to(exchange);
          }
        });
    server.start();
    uri = URI.create("coap://127.0.0.1:" + endpoint.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.destroy();
  }

  /** Nobody is where the devices look, and nobody else comes there. */
  private void leavePort() throws IOException {
    server.destroy();
    uri = URI.create("coap://127.0.0.1:" + LoopbackPort.next());
  }

  private FleetRun play(String more, String groups, String faults) throws Exception {
    Path file = folder.resolve("scenario.yaml");
    Files.writeString(
        file,
        "name: test\nseed: 7\n"
            + more
            + "groups:\n"
            + groups
            + (faults.isEmpty() ? "" : "faults:\n" + faults));
    return FleetRun.start(Scenario.load(file), new Endpoints(null, uri));
  }

  private static void await(java.util.concurrent.Callable<Boolean> until) {
    Awaitility.await().atMost(Duration.ofSeconds(90)).until(until);
  }

  @Test
  void aShareOfTheDevicesIsCaliforniumAndAllSendFromManyAddresses() throws Exception {
    FleetRun run =
        play(
            "fidelity: 30%\nsource-addresses: 16\n",
            "  - { profile: water-meter, count: 40, id: \"w-{n}\", interval: 100ms, protocol: coap }\n",
            "");
    await(() -> run.snapshot().acked() > 400 && addresses.size() == 40);
    run.stop();
    assertThat(run.snapshot().refused()).isZero();
    assertThat(run.snapshot().acked()).isEqualTo(run.snapshot().sent());
    assertThat(addresses.values().stream().flatMap(Set::stream).map(a -> a.getAddress()))
        .hasSizeGreaterThan(10);
    assertThat(addresses.values()).allSatisfy(of -> assertThat(of).hasSize(1));
    assertThat(addresses.values().stream().flatMap(Set::stream).distinct().count())
        .isGreaterThan(16); // our client's 16 sockets, and one each of Californium's
  }

  @ParameterizedTest
  @CsvSource({"0%", "100%"})
  void whatIsLostIsSentAgainAndCountedOnce(String fidelity) throws Exception {
    FleetRun run =
        play(
            "fidelity: " + fidelity + "\n",
            "  - { profile: water-meter, count: 20, id: \"w-{n}\", interval: 200ms, protocol: coap }\n",
            "  - { kind: loss, chance: 20%, for: 5s }\n");
    await(() -> run.snapshot().acked() > 300 && run.snapshot().retransmitted() > 20);
    FleetSnapshot then = run.snapshot();
    assertThat(then.vanished()).isGreaterThan(20);
    await(() -> run.snapshot().acked() > then.acked() + 100);
    run.stop();
    assertThat(run.snapshot().refused()).isZero();
    // the server's de-duplication answered retransmissions; only what was given up came again
    assertThat(posts.get())
        .isBetween(
            (int) run.snapshot().acked(), (int) (run.snapshot().sent() + run.snapshot().resent()));
  }

  @Test
  void aSeparateResponseIsWaitedForAndAcknowledged() throws Exception {
    answer =
        exchange -> {
          exchange.accept();
          exchange.respond(ResponseCode.CHANGED);
        };
    FleetRun run =
        play(
            "",
            "  - { profile: water-meter, count: 5, id: \"w-{n}\", interval: 50ms, protocol: coap }\n",
            "  - { kind: loss, chance: 10%, for: 3s }\n");
    await(() -> run.snapshot().acked() > 100);
    run.stop();
    assertThat(run.snapshot().acked()).isEqualTo(run.snapshot().sent());
  }

  @Test
  void aFullServerIsAskedAgainAfterItsMaxAge() throws Exception {
    AtomicInteger full = new AtomicInteger(5);
    answer =
        exchange -> {
          Response response =
              new Response(
                  full.getAndDecrement() > 0
                      ? ResponseCode.SERVICE_UNAVAILABLE
                      : ResponseCode.CHANGED);
          response.getOptions().setMaxAge(1);
          exchange.respond(response);
        };
    FleetRun run =
        play(
            "",
            "  - { profile: water-meter, count: 5, id: \"w-{n}\", interval: 100ms, protocol: coap }\n",
            "");
    await(() -> run.snapshot().resent() == 5 && run.snapshot().acked() > 50);
    run.stop();
    assertThat(run.snapshot().refused()).isZero();
  }

  @Test
  void aRefusalIsARefusalAlsoWhereNobodyHasToAnswer() throws Exception {
    answer =
        exchange -> exchange.respond(ResponseCode.BAD_REQUEST, "no", MediaTypeRegistry.TEXT_PLAIN);
    FleetRun run =
        play(
            "",
            """
              - { profile: water-meter, count: 2, id: "w-{n}", interval: 50ms, protocol: coap }
              - { profile: smart-bin, count: 2, id: "s-{n}", interval: 50ms, protocol: coap, qos: 0 }
            """,
            "");
    await(() -> run.snapshot().refused() > 50);
    run.stop();
    for (Played played : run.ledger()) {
      assertThat(played.log().refusedAt(0)).isTrue();
    }
    assertThat(run.snapshot().lastTrouble()).contains("4.00 no");
  }

  @Test
  void aLargePayloadGoesInBlocks() throws Exception {
    FleetRun run =
        play(
            "fidelity: 30%\n",
            "  - { profile: water-meter, count: 8, id: \"w-{n}\", interval: 200ms, protocol: coap }\n",
            "  - { kind: oversize, chance: 100%, bytes: 5000 }\n");
    await(() -> posts.get() > 40 && addresses.size() == 8);
    run.stop();
    assertThat(largest.get()).isEqualTo(5_000);
    assertThat(run.snapshot().refused()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0%", "100%"})
  void aDeviceThatMovesGoesOnFromElsewhere(String fidelity) throws Exception {
    FleetRun run =
        play(
            "fidelity: " + fidelity + "\n",
            "  - { profile: water-meter, count: 4, id: \"w-{n}\", interval: 50ms, protocol: coap }\n",
            "  - { kind: address-change, at: 1s, every: 2s }\n");
    await(
        () -> addresses.size() == 4 && addresses.values().stream().allMatch(of -> of.size() >= 2));
    long before = run.snapshot().acked();
    await(() -> run.snapshot().acked() > before + 40);
    run.stop();
    assertThat(run.snapshot().moved()).isGreaterThanOrEqualTo(4);
    assertThat(run.snapshot().refused()).isZero();
  }

  @Test
  void aServerThatIsNotThereIsWaitedFor() throws Exception {
    leavePort();
    FleetRun run =
        play(
            "",
            "  - { profile: water-meter, count: 3, id: \"w-{n}\", interval: 100ms, protocol: coap }\n",
            "");
    await(() -> run.snapshot().retransmitted() > 2);
    start(uri.getPort());
    await(() -> run.snapshot().acked() > 10);
    run.stop();
  }

  @Test
  void libcoapUnderstandsUsAndWeItsRefusals() throws Exception {
    Path libcoap = Path.of("/usr/bin/coap-server-notls");
    Assumptions.assumeTrue(Files.isExecutable(libcoap), "libcoap3-bin is not installed");
    leavePort();
    Process process =
        new ProcessBuilder(
                libcoap.toString(), "-A", "127.0.0.1", "-p", "" + uri.getPort(), "-l", "25%")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("libcoap.log").toFile())
            .start();
    try {
      FleetRun run =
          play(
              "",
              "  - { profile: water-meter, count: 20, id: \"w-{n}\", interval: 200ms, protocol: coap }\n",
              "");
      // it knows no /telemetry; of its answers it loses a quarter
      await(() -> run.snapshot().refused() > 60 && run.snapshot().retransmitted() > 5);
      await(() -> run.snapshot().lastTrouble().contains("4.0"));
      run.stop();
      assertThat(run.snapshot().acked()).isZero();
    } finally {
      process.destroy();
      process.onExit().join();
    }
  }
}
