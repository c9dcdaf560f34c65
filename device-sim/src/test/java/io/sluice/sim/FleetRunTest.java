package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.broker.LoopbackPort;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.reference.BareMqttServer;
import io.sluice.sim.scenario.Scenario;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.config.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fleet's clients against servers that are not ours. */
class FleetRunTest {
  @TempDir Path folder;

  private Scenario scenario(String groups) throws Exception {
    Path file = folder.resolve("scenario.yaml");
    Files.writeString(file, "name: test\nseed: 7\ngroups:\n" + groups);
    return Scenario.load(file);
  }

  @Test
  void everyQosAndVersionIsAcknowledgedByMosquitto() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder)) {
      Scenario scenario =
          scenario(
              """
                - { profile: cnc, count: 3, id: "a-{n}", interval: 20ms, protocol: mqtt, version: 5, qos: 1 }
                - { profile: plc, count: 3, id: "b-{n}", interval: 20ms, protocol: mqtt, qos: 2 }
                - { profile: energy-meter, count: 3, id: "c-{n}", interval: 20ms, protocol: mqtt, qos: 0 }
              """);
      FleetRun run = FleetRun.start(scenario, new Endpoints(broker.uri(), null));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> run.snapshot().acked() > 60 && run.snapshot().sent() > 120);
      Awaitility.await().until(() -> run.snapshot().connected() == 9);
      run.stop();
      assertThat(run.snapshot().refused()).isZero();
      for (Played played : run.ledger()) {
        boolean answered = played.device().spec().group().qos() > 0;
        for (int i = 0; i < played.log().size(); i++) {
          assertThat(played.log().ackedAt(i)).isEqualTo(answered);
        }
      }
    }
  }

  /** An attempt that waits for its turn must not be made when the device is back by another way. */
  @Test
  void aDeviceHasOneConnectionAtMostHoweverItCameBack() throws Exception {
    Scenario scenario =
        scenario(
            """
              - { profile: cnc, count: 30, id: "a-{n}", interval: 200ms, qos: 1 }
            faults:
              - { kind: link-down, at: 500ms, for: 200ms, every: 700ms }
            """);
    int port = LoopbackPort.next(); // nobody is there
    FleetRun run =
        FleetRun.start(scenario, new Endpoints(URI.create("tcp://127.0.0.1:" + port), null));
    Awaitility.await().until(() -> run.snapshot().connectFailures() > 90);
    // it ends no session for another of the same device, as two gateways do not at once
    try (BareMqttServer second = BareMqttServer.start(port, 1)) {
      assertThat(second.port()).isEqualTo(port);
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .failFast(() -> assertThat(run.snapshot().connected()).isLessThanOrEqualTo(30))
          .until(() -> run.snapshot().connects() > 300);
      run.stop();
    }
  }

  @Test
  void whatWasUnansweredIsSentAgainAfterTheBrokerComesBack() throws Exception {
    Scenario scenario =
        scenario("  - { profile: cnc, count: 2, id: \"a-{n}\", interval: 10ms, qos: 1 }\n");
    Mosquitto first = Mosquitto.start(folder);
    FleetRun run = FleetRun.start(scenario, new Endpoints(first.uri(), null));
    Awaitility.await().until(() -> run.snapshot().acked() > 10);
    first.close();
    Awaitility.await().until(() -> run.snapshot().connected() == 0);
    try (Mosquitto second = Mosquitto.start(folder, first.port())) {
      long before = run.snapshot().acked();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> run.snapshot().acked() > before + 10 && run.snapshot().connected() == 2);
      assertThat(second.port()).isEqualTo(first.port());
      run.stop();
    }
    assertThat(run.snapshot().acked()).isEqualTo(run.snapshot().sent());
  }

  @Test
  void coapDevicesAreAcknowledgedByCalifornium() throws Exception {
    CoapServer server = new CoapServer(Configuration.createStandardWithoutFile());
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(Configuration.createStandardWithoutFile())
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build();
    server.addEndpoint(endpoint);
    server.add(
        new CoapResource("telemetry") {
          @Override
          public void handlePOST(CoapExchange exchange) {
            boolean named =
                exchange.getQueryParameter("d") != null && exchange.getQueryParameter("k") != null;
            exchange.respond(named ? ResponseCode.CHANGED : ResponseCode.UNAUTHORIZED);
          }
        });
    server.start();
    try {
      Scenario scenario =
          scenario(
              """
                - { profile: water-meter, count: 5, id: "w-{n}", interval: 20ms, protocol: coap }
                - { profile: smart-bin, count: 5, id: "s-{n}", interval: 20ms, protocol: coap, qos: 0 }
              """);
      URI uri = URI.create("coap://127.0.0.1:" + endpoint.getAddress().getPort());
      FleetRun run = FleetRun.start(scenario, new Endpoints(null, uri));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> run.snapshot().acked() > 50 && run.snapshot().sent() > 100);
      run.stop();
      assertThat(run.snapshot().refused()).isZero();
    } finally {
      server.destroy();
    }
  }

  /** A real Mosquitto on a free port; the test is skipped where it is not installed. */
  record Mosquitto(Process process, int port) implements AutoCloseable {
    static Mosquitto start(Path folder) throws IOException {
      return start(folder, LoopbackPort.next());
    }

    static Mosquitto start(Path folder, int port) throws IOException {
      return start(
          folder,
          port,
          "listener " + port + " 127.0.0.1\nallow_anonymous true\npersistence false\n");
    }

    /** Over TLS, for clients with a certificate of the authority in a folder. */
    static Mosquitto tls(Path folder, Path authority) throws IOException {
      int port = LoopbackPort.next();
      return start(
          folder,
          port,
          """
          user root
          listener %1$d 127.0.0.1
          persistence false
          cafile %2$s/ca.pem
          certfile %2$s/server.pem
          keyfile %2$s/server.key
          require_certificate true
          use_identity_as_username true
          """
              .formatted(port, authority));
    }

    private static Mosquitto start(Path folder, int port, String configuration) throws IOException {
      Assumptions.assumeTrue(
          Files.isExecutable(Path.of("/usr/sbin/mosquitto")), "mosquitto is not installed");
      Path config = folder.resolve("mosquitto.conf");
      Files.writeString(config, configuration);
      Process process =
          new ProcessBuilder("/usr/sbin/mosquitto", "-c", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("mosquitto.log").toFile())
              .start();
      Awaitility.await()
          .ignoreExceptions()
          .until(() -> {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
              return probe.isConnected();
            }
          });
      return new Mosquitto(process, port);
    }

    URI uri() {
      return URI.create("mqtt://127.0.0.1:" + port);
    }

    @Override
    public void close() {
      process.destroy();
      process.onExit().join();
    }
  }
}
