package io.sluice.app.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.sim.SimCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The packaged image with a real Mosquitto and a real Kafka: whatever is cut, hung or killed, what
 * the gateway acknowledged is at both far ends, once by id, and the ledger balances. All the while
 * the gateway has 256 MB and a read-only root.
 */
@Tag("containers")
@Timeout(900)
class ContainersIT {
  private static final int TELEMETRY = 1_000;
  private static final int ALARMS = 20;
  private static final int RATE_PER_SECOND = 2_000;

  @TempDir static Path directory;

  private static Site site;
  private static Sent sent;
  private static MqttFarEnd cloud;
  private static KafkaFarEnd bus;

  @BeforeAll
  static void start() throws Exception {
    ContainerImages.make();
    site = new Site(directory);
    sent = new Sent(site.mqttPort);
    cloud = new MqttFarEnd(site.mosquittoPort);
    bus = new KafkaFarEnd(site.kafkaPort);
  }

  @AfterAll
  static void end() throws Exception {
    if (bus != null) {
      bus.stop();
    }
    if (cloud != null) {
      cloud.close();
    }
    if (site != null) {
      site.close();
    }
    ContainerImages.removeGateway();
  }

  /** So that what a test sees at the far ends is its own. */
  @BeforeEach
  void quiet() throws Exception {
    sent.publish("telemetry", 10);
    awaitEverywhere();
  }

  @AfterEach
  void everythingAcknowledgedIsAtBothFarEndsOnceById() {
    awaitEverywhere();
    cloud.arrived.assertOneIdEach();
    bus.arrived.assertOneIdEach();
    assertThat(site.state(site.gateway).getOOMKilled()).isFalse();
  }

  @Test
  void runsWithoutRootOnAReadOnlyRoot() throws Exception {
    assertThat(site.gateway.execInContainer("id", "-u").getStdout().strip()).isEqualTo("10001");
    assertThat(site.gateway.execInContainer("mkdir", "/etc/x").getStderr()).contains("Read-only");
    assertThat(site.gateway.execInContainer("/opt/sluice/docker/healthy").getExitCode()).isZero();
    assertThat(
            site.gateway
                .execInContainer("env", "SLUICE_HEALTH=127.0.0.1:1", "/opt/sluice/docker/healthy")
                .getExitCode())
        .isNotZero();
  }

  @Test
  void itsOwnConfigurationIsValid() {
    try (GenericContainer<?> check =
        new GenericContainer<>(DockerImageName.parse(ContainerImages.GATEWAY))
            .withImagePullPolicy(name -> false)
            .withCommand("check", "--config", "/etc/sluice/sluice.yaml")
            .withStartupCheckStrategy(
                new OneShotStartupCheckStrategy().withTimeout(Duration.ofSeconds(60)))) {
      check.start();
      assertThat(check.getCurrentContainerInfo().getState().getExitCodeLong()).isZero();
    }
  }

  @Test
  void theUplinkIsCut() throws Exception {
    site.cutUplink();
    sent.publish("telemetry", 10);
    eventually().until(() -> !isConnected("cloud") && !isConnected("bus"));
    // the kernel may still deliver what was written to the connections before they were given up
    long before = sent.last();
    sent.publish("telemetry", TELEMETRY);
    sent.publish("alarm", ALARMS);
    site.restoreUplink();
    awaitEverywhere();
    assertAlarmsFirst(cloud.arrived, before);
    assertAlarmsFirst(bus.arrived, before);
  }

  @Test
  void mosquittoAndKafkaHang() throws Exception {
    site.pause(site.mosquitto);
    site.pause(site.kafka);
    sent.publish("telemetry", TELEMETRY);
    sent.publish("alarm", ALARMS);
    eventually().until(() -> !isConnected("cloud"));
    site.resume(site.mosquitto);
    site.resume(site.kafka);
    awaitEverywhere();
  }

  /**
   * Mosquitto acknowledges before its disk has a message, so it is killed while it hangs, with the
   * gateway's publications in its socket: the loss of what it had acknowledged would be its own.
   */
  @Test
  void mosquittoIsKilled() throws Exception {
    // it saves its sessions, which is over when the turn of its loop is in which the first came
    // back
    site.signal(site.mosquitto, "USR1");
    cloud.roundTrip();
    cloud.roundTrip();
    long before = sent.last();
    site.pause(site.mosquitto);
    sent.publish("telemetry", TELEMETRY);
    sent.publish("alarm", ALARMS);
    eventually().until(() -> queued("cloud") == TELEMETRY + ALARMS && queued("bus") == 0);
    site.kill(site.mosquitto);
    eventually().until(() -> !isConnected("cloud"));
    site.startAgain(site.mosquitto);
    awaitEverywhere();
    assertAlarmsFirst(cloud.arrived, before);
  }

  @Test
  void kafkaIsKilledUnderWay() throws Exception {
    int before = bus.arrived.distinct();
    Thread load = publishing(TELEMETRY * 5);
    eventually().until(() -> bus.arrived.distinct() > before + 100);
    site.kill(site.kafka);
    load.join();
    site.startAgain(site.kafka);
    awaitEverywhere();
  }

  @Test
  void theGatewayIsKilledUnderWay() throws Exception {
    for (int kill = 0; kill < 2; kill++) {
      int target = sent.acknowledgedCount() + TELEMETRY;
      Thread load = Thread.ofPlatform().start(() -> run(sent::publishUntilTheConnectionBreaks));
      eventually().until(() -> sent.acknowledgedCount() >= target);
      site.kill(site.gateway);
      load.join();
      assertThat(site.state(site.gateway).getOOMKilled()).isFalse();
      site.startAgain(site.gateway);
      awaitGateway();
    }
  }

  @Test
  void theGatewayIsStoppedUnderWay() throws Exception {
    int target = sent.acknowledgedCount() + TELEMETRY;
    Thread load = Thread.ofPlatform().start(() -> run(sent::publishUntilTheConnectionBreaks));
    eventually().until(() -> sent.acknowledgedCount() >= target);
    assertThat(site.terminate(site.gateway)).isZero();
    load.join();
    site.startAgain(site.gateway);
    awaitGateway();
  }

  @Test
  void holdsARateWithinItsMemory() throws Exception {
    String started = site.state(site.gateway).getStartedAt();
    int before = cloud.arrived.distinct();
    StringWriter out = new StringWriter();
    PrintWriter printer = new PrintWriter(out);
    int exit =
        new CommandLine(new SimCommand())
            .setOut(printer)
            .setErr(printer)
            .execute(
                "load",
                "--json",
                "--mqtt=mqtt://127.0.0.1:" + site.mqttPort,
                "--connections=20",
                "--user=load-{n:04}",
                "--password=load-{n:04}",
                "--rate=" + RATE_PER_SECOND,
                "--warmup=2s",
                "--duration=10s");
    assertThat(exit).as(out.toString()).isZero();
    long acknowledged = JsonMapper.shared().readTree(out.toString()).get("acked").longValue();
    assertThat(acknowledged).as(out.toString()).isPositive();
    eventually()
        .until(() ->
            cloud.arrived.distinct() - before >= acknowledged
                && bus.arrived.distinct() - before >= acknowledged);
    assertThat(site.state(site.gateway).getStartedAt())
        .as("it was not restarted")
        .isEqualTo(started);
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void run(Step step) {
    try {
      step.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Thread publishing(int count) {
    return Thread.ofPlatform().start(() -> run(() -> sent.publish("telemetry", count)));
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(50));
  }

  private static void awaitGateway() {
    eventually()
        .ignoreExceptions()
        .until(() -> {
          sent.publish("telemetry", 1);
          return site.get("/api/v1/ledger").has("ledger");
        });
  }

  private static void awaitEverywhere() {
    eventually()
        .untilAsserted(() -> {
          assertThat(cloud.isConnected()).as(cloud.toString()).isTrue();
          cloud.arrived.assertHasAll(sent.acknowledged());
          bus.arrived.assertHasAll(sent.acknowledged());
        });
    eventually().until(() -> queued("cloud") == 0 && queued("bus") == 0);
    // what came twice by id was counted once: both got the same records
    eventually().until(() -> cloud.arrived.distinct() == bus.arrived.distinct());
    eventually().until(() -> site.get("/api/v1/ledger").get("balances").booleanValue());
  }

  private static long queued(String upstream) throws Exception {
    long queued = 0;
    for (JsonNode line : site.get("/api/v1/ledger").get("ledger")) {
      if (line.get("upstream").stringValue().equals(upstream)) {
        queued += line.get("queued").longValue();
      }
    }
    return queued;
  }

  private static boolean isConnected(String upstream) throws Exception {
    for (JsonNode line : site.get("/api/v1/upstreams").get("upstreams")) {
      if (line.get("name").stringValue().equals(upstream)) {
        return line.get("state").stringValue().equals("connected");
      }
    }
    throw new AssertionError("no upstream " + upstream);
  }

  private static void assertAlarmsFirst(Arrived arrived, long before) {
    assertThat(arrived.classesAfter(before).subList(0, ALARMS))
        .as("classes of what came first after the fault")
        .isEqualTo(Collections.nCopies(ALARMS, "alarm"));
  }
}
