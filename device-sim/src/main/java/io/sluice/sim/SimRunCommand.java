package io.sluice.sim;

import io.sluice.sim.audit.Audit;
import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.fleet.Endpoints;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.fleet.FleetSnapshot;
import io.sluice.sim.scenario.Durations;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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

  @Option(names = "--duration", paramLabel = "D", description = "how long; without it until Ctrl-C")
  private @Nullable String duration;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "writes report.txt and report.json there")
  private @Nullable Path report;

  @Option(
      names = "--expect-file",
      paramLabel = "DIR",
      description = "the folder of the gateway's file upstream, to audit; the gateway runs on")
  private @Nullable Path expected;

  @Option(
      names = "--settle",
      paramLabel = "D",
      defaultValue = "30s",
      description = "how long the far end may take to have everything (default ${DEFAULT-VALUE})")
  private String settle;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    try {
      Duration length = duration == null ? null : Durations.parse(duration);
      return play(Scenario.load(scenarioFile), length);
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
    try (FleetRun run = FleetRun.start(scenario, new Endpoints(mqtt, coap))) {
      watch(run, length, interrupted);
      run.stop();
      return conclude(run);
    } finally {
      finished.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch(FleetRun run, @Nullable Duration length, CountDownLatch interrupted)
      throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    long began = System.nanoTime();
    long ends = length == null ? Long.MAX_VALUE : length.toNanos();
    long elapsed = 0;
    while (elapsed < ends
        && !interrupted.await(Math.min(1_000_000_000L, ends - elapsed), TimeUnit.NANOSECONDS)) {
      elapsed = System.nanoTime() - began;
      err.print("\r" + elapsed / 1_000_000_000L + " s: " + run.snapshot() + "\u001b[K");
      err.flush();
    }
    err.println();
  }

  private int conclude(FleetRun run) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    FleetSnapshot snapshot = run.snapshot();
    out.println(snapshot);
    AuditResult audit = expected == null ? null : settled(run, expected);
    if (audit != null) {
      out.print(audit.text());
    }
    out.flush();
    write(run, snapshot, audit);
    return audit == null || audit.holds() ? SimCommand.DONE : SimCommand.AUDIT_FAILED;
  }

  /** What is acknowledged may still be on its way to the far end: looks again while that helps. */
  private AuditResult settled(FleetRun run, Path directory)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + Durations.parse(settle).toNanos();
    AuditResult result = Audit.of(run, directory);
    while (!(result.complete() && result.unreadable() == 0) && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(AUDIT_RETRY_MILLIS);
      result = Audit.of(run, directory);
    }
    return result;
  }

  private void write(FleetRun run, FleetSnapshot snapshot, @Nullable AuditResult audit)
      throws IOException {
    if (report == null) {
      return;
    }
    Files.createDirectories(report);
    Files.writeString(
        report.resolve("report.txt"),
        snapshot + "\n" + (audit == null ? "not audited\n" : audit.text()));
    Map<String, Object> json = new java.util.LinkedHashMap<>();
    json.put("scenario", run.scenario().name());
    json.put("seed", run.scenario().seed());
    json.put("started", run.startMillis());
    json.put("fleet", snapshot);
    json.put("audit", audit);
    json.put("holds", audit == null ? null : audit.holds());
    Files.writeString(
        report.resolve("report.json"),
        new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
