package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * What takes effect with a restart only, at a gateway of its own process that something starts
 * again as a service manager does.
 */
@Tag("slow")
@Timeout(300)
class RolloutRestartTest {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int SHORT = 2;

  /** Of a trial in which a device has to come, on a busy machine too. */
  private static final int TO_BE_SEEN = 10;

  /** Of a start that takes no messages, beside the time of the trial. */
  private static final int HANGING = 3;

  private static final int LONG_TRIAL = 3_000;
  private static final String SPOOL = "spool: { queue-bytes: 8MB }\n";

  @TempDir Path directory;

  private PushingFleet fleet;
  private SupervisedGateway gateway;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeTrue(PostgreSql.isInstalled());
    fleet = PushingFleet.make();
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
              store: %s
              configuration: { take: true, restart: always }
            listeners:
              mqtt: { host: 127.0.0.1, port: 0 }
            admin: { host: 127.0.0.1, port: 0 }
            devices: [ devices.yaml ]
            upstreams:
              - { name: archive, type: file, directory: ./archive }
            """
                .formatted(fleet.store()));
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

  private String state() throws Exception {
    return gateway.get("/api/v1/status").path("rollout").path("state").asString();
  }

  /** What an operator reads at the box. */
  private String shown() throws Exception {
    StringWriter out = new StringWriter();
    String[] words = {"status", "--admin", "http://" + gateway.address("admin")};
    CommandLine line = Main.commandLine(words);
    line.setOut(new PrintWriter(out, true));
    assertThat(line.execute(words)).isZero();
    return out.toString();
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
      fleet.pushByRestart(SHORT, SPOOL);
      assertThat(lastWord(device)[1] & 0xFF).as("server shutting down").isEqualTo(0x8B);
    }
    gateway.awaitStarts(2);
    assertThat(gateway.codes()).containsExactly(75);
    fleet.comesTo(Step.CONFIRMED);
    assertThat(gateway.log())
        .contains(
            "configuration 1 of the fleet, by anna: restarts for spool.queue-bytes",
            "configuration 1 of the fleet is on trial with this start",
            "configuration 1 of the fleet, by anna: confirmed");
    gateway.kill();
    gateway.awaitStarts(3);
    assertThat(state()).isEqualTo("confirmed");
    assertThat(gateway.get("/api/v1/status").path("rollout").path("holds").asInt()).isEqualTo(1);
    assertThat(shown())
        .containsPattern("fleet's configuration: 1 holds; 1, by anna, confirmed since 20\\S+\n");
  }

  @Test
  void anUplinkThatDoesNotComeBackSendsTheBoxBackByAnotherRestart() throws Exception {
    fleet.pushByRestart(
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
    assertThat(fleet.comesTo(Step.RETURNED).detail()).startsWith("upstream cloud is ");
    assertThat(state()).isEqualTo("returned");
    assertThat(gateway.get("/api/v1/status").path("rollout").path("holds").asInt()).isZero();
    assertThat(shown())
        .containsPattern(
            "configuration: none holds; 1, by anna, returned since 20.+: upstream cloud is ");
    assertThat(gateway.get("/api/v1/upstreams").path("upstreams")).hasSize(1);
    await().atMost(LONG).until(() -> gateway.get("/api/v1/upstreams").path("parked").isEmpty());
    assertThat(gateway.starts()).as("one try").isEqualTo(3);
  }

  @Test
  void aProcessThatIsKilledInTheMiddleOfTheTrialStartsWithTheConfigurationBefore()
      throws Exception {
    fleet.pushByRestart(LONG_TRIAL, SPOOL);
    gateway.awaitStarts(2);
    await().atMost(LONG).until(() -> state().equals("on-trial"));
    assertThat(shown())
        .containsPattern("configuration: 1 holds; 1, by anna, on trial since 20.+ until 20");
    gateway.kill();
    gateway.awaitStarts(3);
    assertThat(fleet.comesTo(Step.RETURNED).detail())
        .isEqualTo("the gateway ended during the trial");
    assertThat(state()).isEqualTo("returned");
    gateway.kill();
    gateway.awaitStarts(4);
    assertThat(state()).as("never tried again").isEqualTo("returned");
  }

  @Test
  void aConfigurationThatCannotStartIsTakenBackByThatStart() throws Exception {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      fleet.pushByRestart(
          SHORT,
          SPOOL
              + "listeners: { mqtt: { host: 127.0.0.1, port: %d } }"
                  .formatted(taken.getLocalPort()));
      gateway.awaitStarts(2);
      assertThat(gateway.codes()).containsExactly(75);
      assertThat(fleet.comesTo(Step.RETURNED).detail())
          .startsWith("the gateway does not start with it: ")
          .contains("listeners.mqtt");
      assertThat(state()).isEqualTo("returned");
    }
  }

  @Test
  void aStartThatHangsIsEndedAndTheNextHasTheConfigurationBefore() throws Exception {
    Path more = Files.writeString(directory.resolve("more.yaml"), "[]");
    gateway.beforeNextStart(() -> pipe(more), "-Dsluice.trial-start-seconds=" + HANGING);
    fleet.pushByRestart(SHORT, SPOOL + "devices: [ devices.yaml, more.yaml ]");
    gateway.awaitStarts(2);
    assertThat(gateway.codes()).as("for the trial, and out of it").containsExactly(75, 75);
    assertThat(fleet.comesTo(Step.RETURNED).detail())
        .isEqualTo(
            "the gateway does not start with it: it takes no messages after "
                + (SHORT + HANGING)
                + " s");
    assertThat(state()).isEqualTo("returned");
    assertThat(gateway.get("/api/v1/status").path("rollout").path("holds").asInt()).isZero();
  }

  /** Has nobody write what is read from there: who opens it waits for ever. */
  private static void pipe(Path file) throws IOException, InterruptedException {
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
  }

  @Test
  void anAdminAddressThatTheBoxDoesNotHaveIsTakenBackByThatStart() throws Exception {
    // 192.0.2.0/24 is nobody's: RFC 5737
    fleet.pushByRestart(
        SHORT,
        """
        admin: { host: 192.0.2.1, port: 0, allow-plaintext-beyond-loopback: true,
                 allow-anonymous-beyond-loopback: true }
        """);
    gateway.awaitStarts(2);
    assertThat(gateway.codes()).containsExactly(75);
    assertThat(fleet.comesTo(Step.RETURNED).detail())
        .startsWith("the gateway does not start with it: ")
        .contains("192.0.2.1");
    assertThat(state()).isEqualTo("returned");
  }

  @Test
  void anAdminThatLetsNobodyInHoldsAndTheFleetStillReachesTheBox() throws Exception {
    Files.writeString(directory.resolve("token"), "a-token-that-nobody-here-has");
    fleet.pushByRestart(SHORT, "admin: { host: 127.0.0.1, port: 0, token-file: token }");
    gateway.awaitStarts(2);
    fleet.comesTo(1, Step.CONFIRMED);
    assertThat(gateway.get("/api/v1/status").path("status").asInt()).isEqualTo(401);
    fleet.pushByRestart(SHORT, "admin: { host: 127.0.0.1, port: 0 }");
    gateway.awaitStarts(3);
    fleet.comesTo(2, Step.CONFIRMED);
    assertThat(state()).isEqualTo("confirmed");
  }
}
