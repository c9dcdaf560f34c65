package io.sluice.cli.demo;

import io.sluice.api.GatewayTime;
import io.sluice.api.files.OwnerOnly;
import io.sluice.api.operator.Operations;
import io.sluice.api.operator.Operations.LedgerLine;
import io.sluice.api.operator.Operations.UpstreamView;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.sim.audit.Audit;
import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.audit.coverage.CoverageAudit;
import io.sluice.sim.broker.BrokerBetween;
import io.sluice.sim.figures.FleetSnapshot;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.link.DeviceTls;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.time.FleetTime;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The gateway with a file upstream and a simulated fleet against it, in one process: shows that the
 * ledger balances and that the far end has what the fleet was acknowledged.
 */
public final class Demo {
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final int MQTT_PORT = 1883;
  private static final int COAP_PORT = 5683;
  private static final int ADMIN_PORT = 8080;
  private static final long LOOK_MILLIS = 500;
  private static final String AUTHORITY = "authority";

  private final RunningGateway.Start gateways;
  private final Scenario scenario;
  private final int speed;
  private final Path profiles;
  private final Path directory;
  private final PrintStream out;
  private final CountDownLatch interrupted = new CountDownLatch(1);

  /**
   * @param gateways starts the gateway of the demo
   * @param speed how many times as fast as the real one the time of gateway and fleet goes
   * @param profiles folder of the device profiles
   * @param directory a new folder for this run: configuration, data, archive
   */
  public Demo(
      RunningGateway.Start gateways,
      Scenario scenario,
      int speed,
      Path profiles,
      Path directory,
      PrintStream out) {
    this.gateways = gateways;
    this.scenario = scenario;
    this.speed = speed;
    this.profiles = profiles;
    this.directory = directory;
    this.out = out;
  }

  /** Ends the run early, as if its time were over. */
  public void interrupt() {
    interrupted.countDown();
  }

  /**
   * Runs until the time is over or {@link #interrupt}.
   *
   * @param duration by the clock of gateway and fleet
   * @return whether the ledger balances and the audit holds
   */
  public boolean run(Duration duration) throws IOException, InterruptedException, CommandFailure {
    Scenario.Broker broker = scenario.broker();
    if (broker == null) {
      return run(duration, null);
    }
    try (BrokerBetween between = BrokerBetween.start(broker, directory.resolve("broker"))) {
      return run(duration, between);
    }
  }

  private boolean run(Duration duration, @Nullable BrokerBetween broker)
      throws IOException, InterruptedException, CommandFailure {
    Path archive = directory.resolve("archive");
    GatewayFiles files =
        GatewayFiles.load(writeConfig(broker), new PrintWriter(out, true, StandardCharsets.UTF_8));
    if (files == null) {
      throw new CommandFailure(
          ExitCode.USAGE, "the demo's own configuration has faults, see above");
    }
    FleetTime time = time();
    try (RunningGateway gateway =
        gateways.start(files, new GatewayTime(time.clock(), time::nanoTime))) {
      out.println("ready " + gateway.addresses());
      out.println("dashboard http://" + gateway.address("admin") + "/  archive " + archive);
      Endpoints endpoints = endpoints(gateway, broker);
      try (GatewayApi api =
          new GatewayApi(URI.create("http://" + gateway.address("admin")), null)) {
        CoverageAudit coverage = CoverageAudit.begin(api, time.clock());
        try (FleetRun fleet = FleetRun.start(scenario, endpoints, time)) {
          if (broker != null) {
            broker.play(fleet);
          }
          play(fleet, gateway.operations(), duration, broker);
          if (broker != null) {
            broker.rest();
          }
          fleet.stop();
          drain(gateway.operations());
          if (broker != null) {
            awaitWhatTheBrokerHas(fleet, archive, gateway.operations(), broker);
          }
          boolean holds = report(fleet, gateway.operations(), archive);
          if (broker != null) {
            out.print(broker.text());
            if (broker.trouble() != null) {
              out.println(broker.trouble());
            }
            holds &= broker.holds() && broker.trouble() == null;
          }
          out.print(coverage.settled(fleet, Audit.farEnd(fleet, archive), DRAIN).text());
          return holds;
        }
      }
    }
  }

  /** A lapse begins with the month, so that none ends in it. */
  private FleetTime time() {
    return speed == 1
        ? FleetTime.real()
        : FleetTime.lapse(
            LocalDate.now(ZoneOffset.UTC)
                .withDayOfMonth(1)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC),
            speed);
  }

  /** Its session may hold more than the gateway has taken yet. */
  private static void awaitWhatTheBrokerHas(
      FleetRun fleet, Path archive, Operations operations, BrokerBetween broker)
      throws IOException, InterruptedException {
    Instant end = Instant.now().plus(BrokerBetween.FOUND_WITHIN);
    while (!Audit.of(fleet, archive).complete() && Instant.now().isBefore(end)) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      broker.look(accepted(operations));
    }
  }

  private static long accepted(Operations operations) {
    return operations.ledger().stream().mapToLong(LedgerLine::accepted).sum();
  }

  private Endpoints endpoints(RunningGateway gateway, @Nullable BrokerBetween broker)
      throws IOException {
    boolean hasCertificates = scenario.hasCertificates();
    return new Endpoints(
        broker == null ? URI.create("tcp://" + gateway.address("mqtt")) : broker.uri(),
        URI.create("coap://" + gateway.address("coap")),
        hasCertificates ? URI.create("mqtts://" + gateway.address("mqtts")) : null,
        scenario.hasPreSharedKeys() ? URI.create("coaps://" + gateway.address("coaps")) : null,
        hasCertificates ? DeviceTls.open(directory.resolve(AUTHORITY), null) : null);
  }

  /** Those that the scenario's credentials need. */
  private String secureListeners() throws IOException {
    String listeners = "";
    if (scenario.hasCertificates()) {
      DeviceTls.open(directory.resolve(AUTHORITY), null);
      listeners +=
          "  mqtts: { host: 127.0.0.1, port: 0, tls: { certificate: %1$s/server.pem, key: %1$s/server.key, client-ca: %1$s/ca.pem } }\n"
              .formatted(AUTHORITY);
    }
    return scenario.hasPreSharedKeys()
        ? listeners + "  coaps: { host: 127.0.0.1, port: 0, psk: registry }\n"
        : listeners;
  }

  private void play(
      FleetRun fleet, Operations operations, Duration duration, @Nullable BrokerBetween broker)
      throws InterruptedException {
    while (fleet.elapsedMillis() < duration.toMillis() && !interrupted.await(1, TimeUnit.SECONDS)) {
      if (broker != null) {
        broker.look(accepted(operations));
      }
      FleetSnapshot now = fleet.snapshot();
      out.printf(
          "%sfleet: %d devices, sent %d, acknowledged %d, alarms %d | gateway: queued %d,"
              + " delivered %.0f/s, dead letters %d%n",
          speed == 1 ? "" : fleet.time().clock().instant().truncatedTo(ChronoUnit.MINUTES) + " ",
          now.devices(),
          now.sent(),
          now.acked(),
          now.alarms(),
          operations.ledger().stream().mapToLong(LedgerLine::queued).sum(),
          operations.upstreams().stream().mapToDouble(UpstreamView::ratePerSecond).sum(),
          operations.deadLetters().count());
    }
  }

  private static void drain(Operations operations) throws InterruptedException {
    Instant end = Instant.now().plus(DRAIN);
    while (operations.ledger().stream().anyMatch(line -> line.queued() > 0)
        && Instant.now().isBefore(end)) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private boolean report(FleetRun fleet, Operations operations, Path archive) throws IOException {
    List<LedgerLine> ledger = operations.ledger();
    AuditResult audit = Audit.of(fleet, archive);
    boolean balances = ledger.stream().allMatch(LedgerLine::balances);
    out.println();
    out.printf(
        "%-10s %-10s %10s %10s %8s  dropped%n",
        "upstream", "lane", "accepted", "delivered", "queued");
    for (LedgerLine line : ledger) {
      out.printf(
          "%-10s %-10s %10d %10d %8d  %s%n",
          line.upstream(),
          line.lane().jsonName(),
          line.accepted(),
          line.delivered(),
          line.queued(),
          line.dropped().isEmpty() ? "-" : line.dropped());
    }
    out.println(balances ? "the ledger balances" : "THE LEDGER DOES NOT BALANCE");
    out.print(audit.text());
    fleet.refusals().forEach(refusal -> out.println("  refused: " + refusal));
    return balances && audit.holds();
  }

  private Path writeConfig(@Nullable BrokerBetween broker) throws IOException {
    Files.createDirectories(directory);
    Path devices = directory.resolve("devices.yaml");
    Files.deleteIfExists(devices);
    OwnerOnly.makeMissing(devices); // it has the devices' secrets
    Files.writeString(devices, scenario.devicesYaml());
    String config =
        """
        # Written by `sluice demo`; `sluice run --config` takes it too.
        gateway: { id: demo, data: ./var }
        listeners:
          mqtt: { host: 127.0.0.1, port: %d%s }
          coap: { host: 127.0.0.1, port: %d }
        %s\
        admin: { host: 127.0.0.1, port: %d }
        %s\
        spool: { max-bytes: 256MB }
        profiles: [ %s ]
        devices: [ devices.yaml ]
        upstreams:
          - { name: archive, type: file, directory: ./archive }
        """
            .formatted(
                freeTcpPort(MQTT_PORT),
                dialects(),
                freeUdpPort(COAP_PORT),
                secureListeners(),
                freeTcpPort(ADMIN_PORT),
                broker == null ? "" : source(broker),
                profiles());
    return Files.writeString(directory.resolve("sluice.yaml"), config);
  }

  private String source(BrokerBetween broker) {
    String host = scenario.primaryHost();
    return """
    sources:
      - { name: broker, type: mqtt, uri: "%s", topics: [ %s ]%s%s }
    """
        .formatted(
            broker.uri(),
            scenario.topics().stream()
                .map(topic -> '"' + topic + '"')
                .collect(Collectors.joining(", ")),
            dialects(),
            host == null ? "" : ", announce: { topic: spBv1.0/STATE/" + host + " }");
  }

  /** Those that the fleet speaks, beside our own, where it speaks any. */
  private String dialects() {
    return scenario.dialects().isEmpty()
        ? ""
        : ", dialects: [ sluice, " + String.join(", ", scenario.dialects()) + " ]";
  }

  /** Sensors of LoRaWAN have a folder of their own. */
  private String profiles() {
    Path lorawan = profiles.resolve("lorawan");
    String own = "\"" + profiles.toAbsolutePath() + "\"";
    return !scenario.dialects().isEmpty() && Files.isDirectory(lorawan)
        ? own + ", \"" + lorawan.toAbsolutePath() + "\""
        : own;
  }

  /** The default port where it is free, otherwise any. */
  private static int freeTcpPort(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return port;
    } catch (IOException e) {
      return 0;
    }
  }

  private static int freeUdpPort(int port) {
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      return 0;
    }
  }
}
