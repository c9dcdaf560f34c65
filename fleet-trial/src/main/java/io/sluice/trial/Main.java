package io.sluice.trial;

import io.sluice.cli.CommandFailure;
import io.sluice.cli.DurationConverter;
import io.sluice.cli.Endings;
import io.sluice.cli.ExitCode;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import io.sluice.trial.run.Trial;
import io.sluice.trial.stage.Needs;
import io.sluice.trial.stage.Programs;
import io.sluice.trial.stage.Stage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice demo --fleet} and {@code build/fleet-trial}. */
@Command(
    name = "sluice demo --fleet",
    mixinStandardHelpOptions = true,
    description =
        "Starts a whole fleet on this machine: PostgreSQL, Kafka, three gateways behind HAProxy, two"
            + " instances of the fleet's view, and devices that roam. At the end it prints the"
            + " audit: what was sent and acknowledged against what lies in Kafka, the ledgers,"
            + " coverage.")
public final class Main implements Callable<Integer> {
  private static final Duration UNTIL_INTERRUPTED = Duration.ofDays(3650);
  private static final int LEAST_DEVICES = 20;

  @Option(names = "--fleet", required = true, hidden = true)
  private boolean fleet;

  @Option(
      names = "--duration",
      paramLabel = "D",
      converter = DurationConverter.class,
      description = "How long, for example 60s; by default until Ctrl-C.")
  private @Nullable Duration duration;

  @Option(
      names = "--devices",
      paramLabel = "N",
      defaultValue = "200",
      description = "How many devices (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "How often the fastest of them report (default: ${DEFAULT-VALUE} s).")
  private int interval;

  @Option(names = "--trial", hidden = true)
  private boolean trial;

  @Option(
      names = "--short",
      description = "With build/fleet-trial: shorter times, one gateway upgraded.")
  private boolean isShort;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Where all that they write goes; by default a new folder in var/demo.")
  private @Nullable Path directory;

  @Option(names = "--debug", description = "Show the stack trace of a failure.")
  private boolean debug;

  private final Function<Path, Programs> programs;

  /**
   * @param programs how the parts are started, by the home of the checkout
   */
  Main(Function<Path, Programs> programs) {
    this.programs = programs;
  }

  public static void main(String[] arguments) {
    run(Programs::launched, arguments);
  }

  static void run(Function<Path, Programs> programs, String... arguments) {
    var _ = LoggerFactory.getILoggerFactory(); // by one thread, before there are several
    System.exit(commandLine(programs).execute(arguments));
  }

  static CommandLine commandLine(Function<Path, Programs> programs) {
    Main main = new Main(programs);
    CommandLine line = new CommandLine(main);
    Endings.install(line, () -> main.debug);
    return line;
  }

  @Override
  public Integer call()
      throws IOException, InterruptedException, ScenarioException, CommandFailure {
    if (!fleet || devices < LEAST_DEVICES || interval < 1) {
      throw new CommandFailure(ExitCode.USAGE, "--devices wants 20 or more, --interval 1 or more");
    }
    Duration length = duration == null ? UNTIL_INTERRUPTED : duration;
    String missing = Needs.missing();
    if (missing != null) {
      throw new CommandFailure(ExitCode.USAGE, missing);
    }
    Path home = Path.of(System.getProperty("sluice.home", ".")).toAbsolutePath().normalize();
    Path folder = Files.createDirectories(folder(home));
    Scenario scenario = FleetScenario.write(folder, devices, interval);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Interruption interruption = new Interruption(Thread.currentThread());
    CountDownLatch ended = new CountDownLatch(1);
    int[] exitCode = {ExitCode.FAILED};
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  interruption.come();
                  awaitQuietly(ended);
                  System.out.flush();
                  Runtime.getRuntime().halt(exitCode[0]);
                }));
    try (Stage stage =
        Stage.start(programs.apply(home), home, folder, scenario.devicesYaml(), out::println)) {
      exitCode[0] =
          trial
              ? new Trial(stage, scenario, isShort, out).run() ? ExitCode.DONE : ExitCode.FAILED
              : new FleetDemo(stage, scenario, out).run(length, interruption)
                  ? ExitCode.DONE
                  : ExitCode.AUDIT;
    } catch (InterruptedException | IOException | RuntimeException e) {
      // whatever is given up may say so in its own way
      if (!interruption.hasGivenUp()) {
        throw e;
      }
      out.println(
          (trial ? "interrupted" : "interrupted before the devices began")
              + "; all that was started has ended");
      exitCode[0] = trial ? ExitCode.FAILED : ExitCode.DONE;
    } finally {
      ended.countDown();
    }
    return exitCode[0];
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      // the audit and the end of all processes; a second Ctrl-C cannot shorten it
      latch.await(5, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Path folder(Path home) {
    if (directory != null) {
      return directory.toAbsolutePath();
    }
    String name =
        "fleet-"
            + LocalDateTime.now(ZoneId.systemDefault())
                .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return home.resolve("var/demo").resolve(name);
  }
}
