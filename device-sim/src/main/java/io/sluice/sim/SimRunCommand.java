package io.sluice.sim;

import io.sluice.sim.audit.Audit;
import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.audit.FarEnd;
import io.sluice.sim.audit.FarEndTap;
import io.sluice.sim.audit.FileTail;
import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.audit.alarm.AlarmBookAudit;
import io.sluice.sim.audit.coverage.CoverageAudit;
import io.sluice.sim.figures.FleetSnapshot;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.report.Course;
import io.sluice.sim.report.LeakCheck;
import io.sluice.sim.scenario.DurationText;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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

  @Option(
      names = "--start",
      paramLabel = "TIME",
      description =
          "what time it is in the fleet's world when the run begins, like 2026-06-01T06:00:00Z:"
              + " daily cycles go by it (default: the scenario's `start`, else the real time)")
  private @Nullable String start;

  @Option(names = "--duration", paramLabel = "D", description = "how long; without it until Ctrl-C")
  private @Nullable String duration;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "writes report.html, report.txt and report.json there")
  private @Nullable Path report;

  @Mixin private FarEndOptions farEnd;

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description =
          "the gateway's admin API: its ledger, its alarm book against the alarms that were raised,"
              + " and coverage as it reports it against coverage as it was")
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
      names = "--gateway-pid-file",
      paramLabel = "FILE",
      description = "the same, for a gateway that is restarted meanwhile: read each second")
  private @Nullable Path gatewayPidFile;

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
  private @Nullable AlarmBookAudit alarmBook;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    try {
      Duration length = duration == null ? null : DurationText.parse(duration);
      Scenario scenario = Scenario.load(scenarioFile);
      if (scenario.speed() > 1) {
        throw new ScenarioException(
            scenarioFile
                + ": speed: the gateway has to live in the same time; play it with `sluice demo"
                + " --scenario`, or take `speed` out");
      }
      return play(start == null ? scenario : scenario.at(startTime(start)), length);
    } catch (ScenarioException | IllegalArgumentException e) {
      err.println(e.getMessage());
      return SimCommand.MISUSED;
    }
  }

  private static Instant startTime(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "--start `" + text + "` is not a time; write one like 2026-06-01T06:00:00Z", e);
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
    try (FarEndTap listening = farEnd.tap(report);
        FileTail following = farEnd.folder() == null ? null : new FileTail(farEnd.folder());
        GatewayApi api = admin == null ? null : new GatewayApi(admin, token());
        FleetRun run = start(scenario, api)) {
      tap = listening;
      tail = following;
      expected = listening == null ? farEnd.folder() : listening.directory();
      watch(run, length, interrupted);
      run.stop();
      return conclude(run);
    } finally {
      finished.countDown();
    }
  }

  private FleetRun start(Scenario scenario, @Nullable GatewayApi api)
      throws IOException, InterruptedException {
    String shortage = FleetRun.shortage(scenario);
    if (shortage != null) {
      spec.commandLine().getErr().println("warning: " + shortage);
    }
    gateway = api;
    coverage = api == null ? null : CoverageAudit.begin(api, Clock.systemUTC());
    alarmBook = api == null ? null : AlarmBookAudit.begin(api);
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
    course = new Course(run, this::gatewayPid);
    Progress progress = new Progress(spec.commandLine().getErr());
    long began = System.nanoTime();
    long ends = length == null ? Long.MAX_VALUE : length.toNanos();
    long elapsed = 0;
    while (elapsed < ends
        && !interrupted.await(Math.min(1_000_000_000L, ends - elapsed), TimeUnit.NANOSECONDS)) {
      elapsed = System.nanoTime() - began;
      course.look();
      lookAtCoverage(progress);
      progress.show(elapsed / 1_000_000_000L, run.snapshot());
    }
    progress.end();
  }

  private @Nullable Long gatewayPid() throws IOException {
    if (gatewayPidFile == null) {
      return gatewayPid;
    }
    try {
      return Long.valueOf(Files.readString(gatewayPidFile).strip());
    } catch (NumberFormatException e) {
      return null; // it is being written
    }
  }

  private void lookAtCoverage(Progress progress) throws InterruptedException {
    if (coverage == null) {
      return;
    }
    try {
      coverage.look();
    } catch (IOException e) {
      progress.say("the gateway's coverage could not be asked: " + e.getMessage());
    }
  }

  private int conclude(FleetRun run) throws IOException, InterruptedException {
    List<String> troubles = new ArrayList<>();
    AuditResult audit = null;
    if (expected != null) {
      try {
        audit = settled(run, expected);
      } catch (IOException e) {
        troubles.add("the far end could not be read: " + e.getMessage());
      }
    }
    CoverageAudit.Result covered = null;
    AlarmBookAudit.Result booked = null;
    Boolean balances = null;
    try {
      covered = coverage == null ? null : settledCoverage(run, coverage);
      booked = alarmBook == null ? null : alarmBook.settled(run, DurationText.parse(settle));
      balances = gateway == null ? null : gateway.ledgerBalances();
    } catch (IOException e) {
      troubles.add("the gateway could not be asked: " + e.getMessage());
    }
    if (nobodyAnswered(run) && (audit == null || audit.found() == 0)) {
      troubles.add(
          "no device connected, and nothing was acknowledged; is the server there? "
              + run.snapshot().lastTrouble());
    }
    LeakCheck.Verdict leak = leakCheck ? LeakCheck.of(course.points()) : null;
    RunOutcome outcome =
        new RunOutcome(
            run, course, audit, alarmLatencies(), covered, booked, balances, leak, troubles);
    PrintWriter out = spec.commandLine().getOut();
    out.print(outcome.text());
    out.flush();
    if (report != null) {
      outcome.write(report, targets());
    }
    return outcome.exitCode();
  }

  private static boolean nobodyAnswered(FleetRun run) {
    FleetSnapshot snapshot = run.snapshot();
    boolean isAnswered =
        run.scenario().groups().stream()
            .anyMatch(group -> group.transport().mqtt() || group.qos() > 0);
    return isAnswered && snapshot.connects() + snapshot.acked() + snapshot.refused() == 0;
  }

  private Map<String, String> targets() {
    Map<String, String> targets = new LinkedHashMap<>();
    put(targets, "mqtt", mqtt);
    put(targets, "coap", coap);
    put(targets, "farEnd", farEnd.target());
    put(targets, "admin", admin);
    return targets;
  }

  private static void put(Map<String, String> targets, String name, @Nullable Object target) {
    if (target != null) {
      targets.put(name, target.toString());
    }
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
    long until = System.nanoTime() + DurationText.parse(settle).toNanos();
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
    return Audit.of(run, directory, farEnd.terms());
  }

  private CoverageAudit.Result settledCoverage(FleetRun run, CoverageAudit audit)
      throws IOException, InterruptedException {
    FarEnd far = expected == null ? null : Audit.farEnd(run, expected);
    return audit.withCourse(audit.settled(run, far, DurationText.parse(settle)), run, far);
  }
}
