package io.sluice.sim;

import io.sluice.sim.audit.Audit;
import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.audit.FarEnd;
import io.sluice.sim.audit.FarEndTap;
import io.sluice.sim.audit.FileTail;
import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.audit.alarm.WebhookReceiver;
import io.sluice.sim.broker.BrokerBetween;
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
import java.util.function.LongSupplier;
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

  @Option(
      names = "--http",
      paramLabel = "URI",
      description = "where HTTP devices send: http:// or https://")
  private @Nullable URI http;

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

  @Mixin private GatewayOptions gateway;

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

  @SuppressWarnings("NullAway.Init") // by call, before all that reads it
  private Course course;

  private @Nullable FarEndTap tap;
  private @Nullable FileTail tail;
  private @Nullable BrokerBetween broker;
  private @Nullable Path expected;
  private @Nullable GatewayAudits audits;
  private long backlogs;

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
    String shortage = FleetRun.shortage(scenario);
    if (shortage != null) {
      spec.commandLine().getErr().println("warning: " + shortage);
    }
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
        GatewayApi api = gateway.api();
        WebhookReceiver webhook = gateway.receiver()) {
      tap = listening;
      tail = following;
      expected = listening == null ? farEnd.folder() : listening.directory();
      audits = api == null ? null : begin(api, webhook);
      return play(scenario, length, interrupted);
    } finally {
      finished.countDown();
    }
  }

  private int play(Scenario scenario, @Nullable Duration length, CountDownLatch interrupted)
      throws IOException, InterruptedException {
    Scenario.Broker own = scenario.broker();
    if (own == null) {
      return play(scenario, mqtt, length, interrupted);
    }
    if (mqtt != null) {
      throw new IllegalArgumentException(
          "--mqtt: the scenario has a broker of its own; take one of the two out");
    }
    Path folder =
        report == null
            ? Files.createTempDirectory("sluice-sim-broker")
            : Files.createDirectories(report.resolve("broker"));
    try (BrokerBetween between = BrokerBetween.start(own, folder)) {
      broker = between;
      spec.commandLine().getErr().println("broker " + between.uri() + ", its files in " + folder);
      return play(scenario, between.uri(), length, interrupted);
    }
  }

  private int play(
      Scenario scenario, @Nullable URI uri, @Nullable Duration length, CountDownLatch interrupted)
      throws IOException, InterruptedException {
    try (FleetRun run = FleetRun.start(scenario, secure.with(scenario, uri, coap, http))) {
      if (broker != null) {
        broker.play(run);
      }
      watch(run, length, interrupted);
      if (broker != null) {
        broker.rest();
      }
      run.stop();
      return conclude(run);
    }
  }

  private GatewayAudits begin(GatewayApi api, @Nullable WebhookReceiver webhook)
      throws IOException, InterruptedException {
    return GatewayAudits.begin(
        api, Clock.systemUTC(), gateway.plan(), webhook, gateway.upstream(), arrived());
  }

  /** How many records the far end has got; null where nobody follows it. */
  private @Nullable LongSupplier arrived() {
    FarEndTap listening = tap;
    FileTail following = tail;
    if (listening != null) {
      return listening::records;
    }
    return following == null ? null : following::records;
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
    course = new Course(run, gateway::pid);
    Progress progress = new Progress(spec.commandLine().getErr());
    long began = System.nanoTime();
    long ends = length == null ? Long.MAX_VALUE : length.toNanos();
    long elapsed = 0;
    while (elapsed < ends
        && !interrupted.await(Math.min(1_000_000_000L, ends - elapsed), TimeUnit.NANOSECONDS)) {
      elapsed = System.nanoTime() - began;
      course.look();
      lookAtGateway(run, progress);
      lookAtBroker();
      progress.show(elapsed / 1_000_000_000L, run.snapshot());
    }
    progress.end();
  }

  private void lookAtBroker() {
    LongSupplier arrived = arrived();
    if (broker != null && arrived != null) {
      broker.look(arrived.getAsLong());
    }
  }

  private void lookAtGateway(FleetRun run, Progress progress) throws InterruptedException {
    if (audits == null) {
      return;
    }
    try {
      audits.look(run);
    } catch (IOException e) {
      progress.say("the gateway's coverage and flow could not be asked: " + e.getMessage());
    }
  }

  private int conclude(FleetRun run) throws IOException, InterruptedException {
    List<String> troubles = new ArrayList<>();
    AuditResult audit = null;
    try {
      backlogs = audits == null ? 0 : audits.backlogs(run);
    } catch (IOException e) {
      troubles.add("the gateway could not be asked: " + e.getMessage());
    }
    if (expected != null) {
      try {
        audit = settled(run, expected);
      } catch (IOException e) {
        troubles.add("the far end could not be read: " + e.getMessage());
      }
    }
    GatewayAudits.Result judged = null;
    try {
      judged =
          audits == null
              ? null
              : audits.settled(run, expected == null ? null : reader(run, expected), settling());
    } catch (IOException e) {
      troubles.add("the gateway could not be asked: " + e.getMessage());
    }
    if (nobodyAnswered(run) && (audit == null || audit.found() == 0)) {
      troubles.add(
          "no device connected, and nothing was acknowledged; is the server there? "
              + run.snapshot().lastTrouble());
    }
    if (broker != null && broker.trouble() != null) {
      troubles.add(String.valueOf(broker.trouble()));
    }
    LeakCheck.Verdict leak = leakCheck ? LeakCheck.of(course.points()) : null;
    RunOutcome outcome =
        new RunOutcome(run, course, audit, alarmLatencies(), judged, leak, troubles, broker);
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
    put(targets, "http", http);
    put(targets, "farEnd", farEnd.target());
    put(targets, "admin", gateway.admin());
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
    long until = System.nanoTime() + settling().toNanos();
    AuditResult result = audited(run, directory);
    while (!(result.complete() && result.unreadable() == 0) && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(AUDIT_RETRY_MILLIS);
      lookAtBroker();
      result = audited(run, directory);
    }
    return result;
  }

  private AuditResult audited(FleetRun run, Path directory) throws IOException {
    if (tap != null) {
      tap.flush();
    }
    return Audit.of(run, directory, farEnd.terms().across(backlogs));
  }

  private Duration settling() {
    return DurationText.parse(settle);
  }

  private GatewayAudits.FarEndReader reader(FleetRun run, Path directory) {
    return new GatewayAudits.FarEndReader() {
      @Override
      public FarEnd read() throws IOException {
        if (tap != null) {
          tap.flush();
        }
        return Audit.farEnd(run, directory);
      }

      @Override
      public AuditResult audit() throws IOException {
        return audited(run, directory);
      }
    };
  }
}
