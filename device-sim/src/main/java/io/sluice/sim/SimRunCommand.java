package io.sluice.sim;

import io.sluice.sim.audit.Audit;
import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.audit.CoverageAudit;
import io.sluice.sim.audit.FarEnd;
import io.sluice.sim.audit.FarEndTap;
import io.sluice.sim.audit.FileTail;
import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.fleet.FleetSnapshot;
import io.sluice.sim.report.Course;
import io.sluice.sim.report.LeakCheck;
import io.sluice.sim.report.RunReport;
import io.sluice.sim.scenario.Durations;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Plays a fleet and audits what arrived. */
@Command(
    name = "run",
    description =
        "Plays a fleet from a scenario; audits the far end when it is told where that is.",
    mixinStandardHelpOptions = true)
final class SimRunCommand implements Callable<Integer> {
  private static final long AUDIT_RETRY_MILLIS = 500;

  @Spec private CommandSpec spec;

  @Option(names = "--scenario", required = true, paramLabel = "FILE", description = "the fleet")
  private Path scenarioFile;

  @Option(names = "--mqtt", paramLabel = "URI", description = "where MQTT devices connect")
  private @Nullable URI mqtt;

  @Option(names = "--coap", paramLabel = "URI", description = "where CoAP devices send")
  private @Nullable URI coap;

  @Mixin private SecureOptions secure;

  @Option(names = "--duration", paramLabel = "D", description = "how long; without it until Ctrl-C")
  private @Nullable String duration;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "writes report.html, report.txt and report.json there")
  private @Nullable Path report;

  @Option(
      names = "--expect-file",
      paramLabel = "DIR",
      description = "the folder of the gateway's file upstream, to audit; the gateway runs on")
  private @Nullable Path expectFile;

  @Option(
      names = "--expect-mqtt",
      paramLabel = "URI",
      description = "the broker of the gateway's MQTT upstream, to audit what arrives there")
  private @Nullable URI expectMqtt;

  @Option(
      names = "--expect-topic",
      defaultValue = "sluice/#",
      description = "its topics (default ${DEFAULT-VALUE})")
  private String expectTopic;

  @Option(
      names = "--expect-kafka",
      paramLabel = "HOST:PORT",
      description = "the servers of the gateway's Kafka upstream, to audit what arrives there")
  private @Nullable String expectKafka;

  @Option(
      names = "--expect-topics",
      paramLabel = "REGEX",
      defaultValue = "sluice\\..*",
      description = "its topics (default ${DEFAULT-VALUE})")
  private String expectTopics;

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description =
          "the gateway's admin API: its ledger, and coverage as it reports it against coverage as"
              + " it was")
  private @Nullable URI admin;

  @Option(
      names = "--admin-token-file",
      paramLabel = "FILE",
      description = "file that holds its token (default: the variable SLUICE_ADMIN_TOKEN)")
  private @Nullable Path adminTokenFile;

  @Option(
      names = "--gateway-pid",
      paramLabel = "PID",
      description = "the gateway's process on this machine: the report shows what it uses")
  private @Nullable Long gatewayPid;

  @Option(
      names = "--leak-check",
      description = "exit 3 where the gateway's memory or descriptors grow without end")
  private boolean leakCheck;

  @Option(
      names = "--settle",
      paramLabel = "D",
      defaultValue = "30s",
      description = "how long the far end may take to have everything (default ${DEFAULT-VALUE})")
  private String settle;

  private Course course;
  private @Nullable FarEndTap tap;
  private @Nullable FileTail tail;
  private @Nullable Path expected;
  private @Nullable GatewayApi gateway;
  private @Nullable CoverageAudit coverage;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    try {
      Duration length = duration == null ? null : Durations.parse(duration);
      Scenario scenario = Scenario.load(scenarioFile);
      if (scenario.speed() > 1) {
        throw new ScenarioException(
            scenarioFile
                + ": speed: the gateway has to live in the same time; play it with `sluice demo"
                + " --scenario`, or take `speed` out");
      }
      return play(scenario, length);
    } catch (ScenarioException | IllegalArgumentException e) {
      err.println(e.getMessage());
      return SimCommand.MISUSED;
    }
  }

  private int play(Scenario scenario, @Nullable Duration length)
      throws IOException, InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch finished = new CountDownLatch(1);
    Thread hook =
        Thread.ofPlatform()
            .unstarted(() -> {
              interrupted.countDown();
              awaitQuietly(finished);
            });
    Runtime.getRuntime().addShutdownHook(hook);
    try (FarEndTap listening = tap();
        FileTail following = expectFile == null ? null : new FileTail(expectFile);
        GatewayApi api = admin == null ? null : new GatewayApi(admin, token());
        FleetRun run = start(scenario, api)) {
      tap = listening;
      tail = following;
      expected = listening == null ? expectFile : listening.directory();
      watch(run, length, interrupted);
      run.stop();
      return conclude(run);
    } finally {
      finished.countDown();
    }
  }

  private @Nullable FarEndTap tap() throws IOException {
    long named = Stream.of(expectFile, expectMqtt, expectKafka).filter(Objects::nonNull).count();
    if (named > 1) {
      throw new IllegalArgumentException(
          "name one far end: --expect-file, --expect-mqtt or --expect-kafka");
    }
    if (expectMqtt == null && expectKafka == null) {
      return null;
    }
    Path directory =
        report == null ? Files.createTempDirectory("sluice-sim") : report.resolve("far-end");
    return expectMqtt != null
        ? FarEndTap.mqtt(expectMqtt, expectTopic, directory)
        : FarEndTap.kafka(expectKafka, expectTopics, directory);
  }

  private FleetRun start(Scenario scenario, @Nullable GatewayApi api)
      throws IOException, InterruptedException {
    String shortage = FleetRun.shortage(scenario);
    if (shortage != null) {
      spec.commandLine().getErr().println("warning: " + shortage);
    }
    gateway = api;
    coverage = api == null ? null : CoverageAudit.begin(api, Clock.systemUTC());
    return FleetRun.start(scenario, secure.with(scenario, mqtt, coap));
  }

  private @Nullable String token() throws IOException {
    return adminTokenFile == null
        ? System.getenv("SLUICE_ADMIN_TOKEN")
        : Files.readString(adminTokenFile).replace("\uFEFF", "").strip();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch(FleetRun run, @Nullable Duration length, CountDownLatch interrupted)
      throws IOException, InterruptedException {
    course = new Course(run, gatewayPid);
    PrintWriter err = spec.commandLine().getErr();
    long began = System.nanoTime();
    long ends = length == null ? Long.MAX_VALUE : length.toNanos();
    long elapsed = 0;
    while (elapsed < ends
        && !interrupted.await(Math.min(1_000_000_000L, ends - elapsed), TimeUnit.NANOSECONDS)) {
      elapsed = System.nanoTime() - began;
      course.look();
      lookAtCoverage(err);
      err.print("\r" + elapsed / 1_000_000_000L + " s: " + run.snapshot() + "\u001b[K");
      err.flush();
    }
    err.println();
  }

  private void lookAtCoverage(PrintWriter err) throws InterruptedException {
    if (coverage == null) {
      return;
    }
    try {
      coverage.look();
    } catch (IOException e) {
      err.println("\nthe gateway's coverage could not be asked: " + e.getMessage());
    }
  }

  private int conclude(FleetRun run) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    FleetSnapshot snapshot = run.snapshot();
    out.println(snapshot);
    AuditResult audit = expected == null ? null : settled(run, expected);
    if (audit != null) {
      out.print(audit.text());
      run.refusals().forEach(refusal -> out.println("  refused: " + refusal));
    }
    Histogram alarms = alarmLatencies();
    if (alarms.getTotalCount() > 0) {
      out.printf(
          "alarms at the far end: %,d, after p50 %.1f ms, p99 %.1f ms, at most %.1f ms%n",
          alarms.getTotalCount(),
          alarms.getValueAtPercentile(50) / 1e3,
          alarms.getValueAtPercentile(99) / 1e3,
          alarms.getMaxValue() / 1e3);
    }
    CoverageAudit.Result covered = coverage == null ? null : settledCoverage(run, coverage);
    if (covered != null) {
      out.print(covered.text());
    }
    boolean balances = gateway == null || gateway.ledgerBalances();
    if (!balances) {
      out.println("THE GATEWAY'S LEDGER DOES NOT BALANCE");
    }
    out.flush();
    LeakCheck.Verdict leak = LeakCheck.of(course.points());
    if (leakCheck) {
      out.println(leak.text());
    }
    boolean holds =
        !(leakCheck && leak.isLeaking())
            && (audit == null || audit.holds())
            && (covered == null || covered.holds())
            && balances;
    write(run, snapshot, audit, covered, holds);
    return holds ? SimCommand.DONE : SimCommand.AUDIT_FAILED;
  }

  private Histogram alarmLatencies() {
    if (tap != null) {
      return tap.alarmLatencies();
    }
    return tail == null ? new Histogram(3) : tail.alarmLatencies();
  }

  /** What is acknowledged may still be on its way to the far end: looks again while that helps. */
  private AuditResult settled(FleetRun run, Path directory)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + Durations.parse(settle).toNanos();
    AuditResult result = audited(run, directory);
    while (!(result.complete() && result.unreadable() == 0) && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(AUDIT_RETRY_MILLIS);
      result = audited(run, directory);
    }
    return result;
  }

  private AuditResult audited(FleetRun run, Path directory) throws IOException {
    if (tap != null) {
      tap.flush();
    }
    return Audit.of(run, directory);
  }

  private CoverageAudit.Result settledCoverage(FleetRun run, CoverageAudit audit)
      throws IOException, InterruptedException {
    FarEnd far = expected == null ? null : Audit.farEnd(run, expected);
    return audit.withCourse(audit.settled(run, far, Durations.parse(settle)), run, far);
  }

  private void write(
      FleetRun run,
      FleetSnapshot snapshot,
      @Nullable AuditResult audit,
      CoverageAudit.@Nullable Result covered,
      boolean holds)
      throws IOException {
    if (report == null) {
      return;
    }
    Files.createDirectories(report);
    Files.writeString(
        report.resolve("report.html"), new RunReport(run, course, audit, covered, holds).html());
    Files.writeString(
        report.resolve("report.txt"),
        snapshot
            + "\n"
            + (audit == null ? "not audited\n" : audit.text())
            + (covered == null ? "" : covered.text()));
    Map<String, Object> json = new java.util.LinkedHashMap<>();
    json.put("scenario", run.scenario().name());
    json.put("seed", run.scenario().seed());
    json.put("started", run.startMillis());
    json.put("fleet", snapshot);
    json.put("faults", run.faults());
    json.put("course", course.points());
    json.put("audit", audit);
    json.put("holds", audit == null ? null : audit.holds());
    json.put("coverage", covered);
    json.put("coverageHolds", covered == null ? null : covered.holds());
    Files.writeString(
        report.resolve("report.json"),
        new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
