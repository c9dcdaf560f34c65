package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.fleet.ConfigurationStore.Audience;
import io.sluice.api.fleet.ConfigurationStore.Pushed;
import io.sluice.api.fleet.ConfigurationStore.Report;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.store.postgres.PostgresConfigurations;
import io.sluice.testkit.PostgreSql;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What takes effect with a restart only, at a gateway of its own process that something starts
 * again as a service manager does.
 */
@Tag("slow")
@Timeout(300)
class RolloutRestartTest {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int SHORT = 5;

  /** Of a trial in which a device has to come, on a busy machine too. */
  private static final int TO_BE_SEEN = 15;

  private static final int LONG_TRIAL = 3_000;
  private static final String SPOOL = "spool: { queue-bytes: 8MB }\n";

  @TempDir Path directory;

  private PostgresConfigurations fleet;
  private SupervisedGateway gateway;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeTrue(PostgreSql.isInstalled());
    PostgreSql server = PostgreSql.shared();
    String database = server.newDatabase();
    FleetTables.make(server, database);
    PGSimpleDataSource connections = new PGSimpleDataSource();
    connections.setPortNumbers(new int[] {server.port});
    connections.setDatabaseName(database);
    connections.setUser(PostgreSql.USER);
    connections.setPassword(PostgreSql.PASSWORD);
    fleet = new PostgresConfigurations(connections);
    Files.writeString(
        directory.resolve("devices.yaml"),
        """
        - { id: tank-1, profile: energy-meter, sector: factory, site: plant-a,
            credentials: { password: secret-1 } }
        """);
    Path file =
        Files.writeString(
            directory.resolve("sluice.yaml"),
            """
            gateway: { id: edge-01, data: ./var }
            fleet:
              store: { uri: "%s", user: %s, password: %s }
              configuration: { take: true, restart: always }
            listeners:
              mqtt: { host: 127.0.0.1, port: 0 }
            admin: { host: 127.0.0.1, port: 0 }
            devices: [ devices.yaml ]
            upstreams:
              - { name: archive, type: file, directory: ./archive }
            """
                .formatted(server.uri(database), PostgreSql.USER, PostgreSql.PASSWORD));
    gateway = SupervisedGateway.start(file);
    gateway.awaitStarts(1);
    // device files are applied once the fleet's store is there
    await()
        .atMost(LONG)
        .until(() -> gateway.get("/api/v1/devices/tank-1").path("device").has("id"));
  }

  @AfterEach
  void stop() {
    if (gateway != null) {
      gateway.close();
    }
  }

  private void push(int trialSeconds, String yaml) {
    fleet.push(
        new Pushed(
            "anna",
            "",
            new Audience(List.of("edge-01"), null),
            trialSeconds,
            new TreeMap<>(Map.of("sluice.yaml", yaml.getBytes(StandardCharsets.UTF_8))),
            true,
            null));
  }

  private Report comesTo(Step step) {
    await()
        .atMost(LONG)
        .until(() -> fleet.reports(0).stream().anyMatch(each -> each.step() == step));
    return fleet.reports(0).getFirst();
  }

  private String state() throws Exception {
    return gateway.get("/api/v1/status").path("rollout").path("state").asString();
  }

  /** A device of MQTT 5 that is let in. */
  private Socket device() throws Exception {
    String[] address = gateway.address("mqtt").split(":", 2);
    Socket device = new Socket(address[0], Integer.parseInt(address[1]));
    device.setSoTimeout(60_000);
    // protocol name and level, user name, password and clean start, keep-alive, no properties
    String connect = "101F 00044D515454 05 C2 003C 00 0000 0006 74616E6B2D31 0008 7365637265742D31";
    device.getOutputStream().write(HexFormat.of().parseHex(connect.replace(" ", "")));
    assertThat(device.getInputStream().read()).as("CONNACK").isEqualTo(0x20);
    byte[] body = device.getInputStream().readNBytes(device.getInputStream().read());
    assertThat(body[1]).as("let in").isZero();
    return device;
  }

  /** What the device hears as the last of its session. */
  private static byte[] lastWord(Socket device) throws Exception {
    assertThat(device.getInputStream().read()).as("DISCONNECT").isEqualTo(0xE0);
    return device.getInputStream().readAllBytes();
  }

  @Test
  void whatIsWellBehindARestartIsConfirmedAndStaysAcrossTheNext() throws Exception {
    try (Socket device = device()) {
      push(SHORT, SPOOL);
      assertThat(lastWord(device)[1] & 0xFF).as("server shutting down").isEqualTo(0x8B);
    }
    gateway.awaitStarts(2);
    assertThat(gateway.codes()).containsExactly(75);
    comesTo(Step.CONFIRMED);
    assertThat(gateway.log())
        .contains(
            "configuration 1 of the fleet, by anna: restarts for spool.queue-bytes",
            "configuration 1 of the fleet is on trial with this start",
            "configuration 1 of the fleet, by anna: confirmed");
    gateway.kill();
    gateway.awaitStarts(3);
    assertThat(state()).isEqualTo("confirmed");
    assertThat(gateway.get("/api/v1/status").path("rollout").path("holds").asInt()).isEqualTo(1);
  }

  @Test
  void anUplinkThatDoesNotComeBackSendsTheBoxBackByAnotherRestart() throws Exception {
    push(
        TO_BE_SEEN,
        SPOOL
            + """
            drain: { for: 0s, server-reference: gw-2.example }
            upstreams:
              - { name: archive, type: file, directory: ./archive }
              - { name: cloud, type: mqtt, uri: "mqtt://127.0.0.1:1", topic: t }
            """);
    gateway.awaitStarts(2);
    try (Socket device = device()) {
      byte[] last = lastWord(device);
      assertThat(last[1] & 0xFF).as("use another server").isEqualTo(0x9C);
      assertThat(new String(last, StandardCharsets.UTF_8)).contains("gw-2.example");
    }
    gateway.awaitStarts(3);
    assertThat(gateway.codes()).containsExactly(75, 75);
    assertThat(comesTo(Step.RETURNED).detail()).startsWith("upstream cloud is ");
    assertThat(state()).isEqualTo("returned");
    assertThat(gateway.get("/api/v1/status").path("rollout").path("holds").asInt()).isZero();
    assertThat(gateway.get("/api/v1/upstreams").path("upstreams")).hasSize(1);
    await().atMost(LONG).until(() -> gateway.get("/api/v1/upstreams").path("parked").isEmpty());
    assertThat(gateway.starts()).as("one try").isEqualTo(3);
  }

  @Test
  void aProcessThatIsKilledInTheMiddleOfTheTrialStartsWithTheConfigurationBefore()
      throws Exception {
    push(LONG_TRIAL, SPOOL);
    gateway.awaitStarts(2);
    await().atMost(LONG).until(() -> state().equals("on-trial"));
    gateway.kill();
    gateway.awaitStarts(3);
    assertThat(comesTo(Step.RETURNED).detail()).isEqualTo("the gateway ended during the trial");
    assertThat(state()).isEqualTo("returned");
    gateway.kill();
    gateway.awaitStarts(4);
    assertThat(state()).as("never tried again").isEqualTo("returned");
  }

  @Test
  void aConfigurationThatCannotStartIsTakenBackByThatStart() throws Exception {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      push(
          SHORT,
          SPOOL
              + "listeners: { mqtt: { host: 127.0.0.1, port: %d } }"
                  .formatted(taken.getLocalPort()));
      gateway.awaitStarts(2);
      assertThat(gateway.codes()).containsExactly(75);
      assertThat(comesTo(Step.RETURNED).detail())
          .startsWith("the gateway does not start with it: ")
          .contains("listeners.mqtt");
      assertThat(state()).isEqualTo("returned");
    }
  }
}
