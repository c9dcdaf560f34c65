package io.sluice.cli.demo;

import io.sluice.api.health.Guarded;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.DurationConverter;
import io.sluice.cli.ExitCode;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description =
        "Runs the gateway with a simulated fleet against it; at the end, prints the ledger and"
            + " checks the far end.")
public final class DemoCommand implements Callable<Integer> {
  private static final Duration UNTIL_INTERRUPTED = Duration.ofDays(3650);

  private final RunningGateway.Start gateways;

  @Option(
      names = "--duration",
      paramLabel = "D",
      converter = DurationConverter.class,
      description =
          "How long, for example 60s, by the clock of gateway and fleet; by default until Ctrl-C.")
  private @Nullable Duration duration;

  @Option(
      names = "--fleet",
      description =
          "A whole fleet on this machine: three gateways behind HAProxy, PostgreSQL, Kafka, two"
              + " instances of the fleet's view, and devices that roam. Of a checkout of the sources"
              + " alone; ./sluice demo --fleet --help tells its options.")
  private boolean fleet;

  @Option(
      names = "--scenario",
      paramLabel = "FILE",
      description = "The fleet; by default config/scenarios/mixed-demo.yaml.")
  private @Nullable Path scenario;

  @Option(
      names = "--speed",
      paramLabel = "N",
      description =
          "How many times as fast as the real one the time of gateway and fleet goes; by default as"
              + " the scenario says. With 1440 a day takes a minute.")
  private @Nullable Integer speed;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where configuration, data and archive go; by default a new folder in var/demo.")
  private @Nullable Path directory;

  public DemoCommand(RunningGateway.Start gateways) {
    this.gateways = gateways;
  }

  @Override
  public Integer call() throws IOException, InterruptedException, CommandFailure {
    if (fleet) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "demo --fleet is started by the launcher of a checkout of the sources; run ./sluice demo"
              + " --fleet there");
    }
    Guarded.everyThread();
    Scenario played = loadScenario();
    Demo demo =
        new Demo(
            gateways,
            played,
            speed == null ? played.speed() : speed(speed),
            GatewayFiles.shippedProfiles(),
            directory(),
            System.out);
    CountDownLatch reported = new CountDownLatch(1);
    int[] exitCode = {ExitCode.FAILED};
    Thread hook =
        Thread.ofPlatform()
            .name("shutdown")
            .unstarted(() -> {
              demo.interrupt();
              awaitUninterrupted(reported);
              System.out.flush();
              Runtime.getRuntime().halt(exitCode[0]);
            });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      boolean holds = demo.run(duration == null ? UNTIL_INTERRUPTED : duration);
      exitCode[0] = holds ? ExitCode.DONE : ExitCode.AUDIT;
    } finally {
      reported.countDown();
    }
    return exitCode[0];
  }

  private static int speed(int wanted) throws CommandFailure {
    if (wanted < 1 || wanted > Scenario.MOST_SPEED) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--speed %d cannot be played; write 1 to %d".formatted(wanted, Scenario.MOST_SPEED));
    }
    return wanted;
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Scenario loadScenario() throws CommandFailure {
    Path file =
        scenario != null
            ? scenario
            : GatewayFiles.home().resolve("config/scenarios/mixed-demo.yaml");
    try {
      return Scenario.load(file);
    } catch (ScenarioException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private Path directory() {
    if (directory != null) {
      return directory.toAbsolutePath();
    }
    String name =
        LocalDateTime.now(ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return GatewayFiles.home().resolve("var/demo").resolve(name).toAbsolutePath();
  }
}
