package io.sluice.app;

import io.sluice.api.GatewayTime;
import io.sluice.api.health.Guarded;
import io.sluice.api.operator.Operations.Status;
import io.sluice.app.process.HangUp;
import io.sluice.app.rollout.TrialStart;
import io.sluice.cli.ExitCode;
import io.sluice.cli.ServiceNotice;
import io.sluice.cli.Shutdown;
import io.sluice.cli.config.ConfigOption;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.cli.logging.LogOutput;
import io.sluice.cli.logging.LoggingSettings;
import io.sluice.engine.config.ConfigLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "run", description = "Runs the gateway until it is told to stop (SIGTERM, Ctrl-C).")
final class RunCommand implements Callable<Integer> {
  /**
   * How long the JDK keeps the addresses of a name, seconds: 30 by itself, within which a far end
   * that has moved is to be found.
   */
  private static final String NAMES_KEPT = "sun.net.inetaddr.ttl";

  private static final String NAMES_KEPT_SECONDS = "5";

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Guarded.everyThread();
    HangUp.install();
    if (System.getProperty(NAMES_KEPT) == null) {
      System.setProperty(NAMES_KEPT, NAMES_KEPT_SECONDS);
    }
    AtomicInteger code = new AtomicInteger(ExitCode.DONE);
    Wiring gateway = start(() -> end(code));
    if (gateway == null) {
      return ExitCode.USAGE;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    ServiceNotice notice = ServiceNotice.of(System.getenv(), ProcessHandle.current().pid());
    Shutdown.run(
        () -> {
          notice.stopping();
          gateway.close();
        },
        stopped,
        code::get);
    HangUp.install(() -> gateway.reload("SIGHUP"));
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "ready %s in %.2f s%n",
        gateway.addresses(), ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
    out.flush();
    notice.ready(() -> line(gateway.operations().status()));
    stopped.await();
    return ExitCode.DONE;
  }

  /** How it fares, for the service manager. */
  private static String line(Status status) {
    String reason = status.notReadyReason();
    return reason == null
        ? status.listeners().stream().mapToLong(each -> each.connections()).sum() + " connections"
        : reason;
  }

  /** Ends the process so that it is started again; where it ends already, that goes on. */
  private static void end(AtomicInteger code) {
    code.set(ExitCode.RESTART);
    System.exit(ExitCode.RESTART); // the shutdown hook closes all, and has the last word
  }

  /**
   * A method of its own, so that no frame holds the seed's devices while the gateway runs. A
   * configuration of the fleet with which it does not start is taken back.
   */
  private @Nullable Wiring start(Runnable restart) throws IOException, InterruptedException {
    TrialStart trial = trial();
    if (trial != null) {
      Wiring gateway = start(trial, restart);
      if (gateway != null) {
        return gateway;
      }
    }
    GatewayFiles files = config.load(spec.commandLine().getErr());
    if (files == null) {
      return null;
    }
    LogOutput.direct(files.config().section(LoggingSettings.class));
    return Wiring.start(files, GatewayTime.system(), restart);
  }

  /** Null where it does not start so. */
  private @Nullable Wiring start(TrialStart trial, Runnable restart)
      throws IOException, InterruptedException {
    AtomicBoolean isOver = new AtomicBoolean();
    watch(trial, isOver); // also over the reading of files, which may be of a disk that is away
    try {
      GatewayFiles files = config.load(spec.commandLine().getErr());
      if (files == null) {
        throw new IOException("it has faults");
      }
      LogOutput.direct(files.config().section(LoggingSettings.class));
      Wiring gateway = Wiring.start(files, GatewayTime.system(), restart);
      isOver.set(true);
      return gateway;
    } catch (IOException | RuntimeException e) {
      if (!isOver.compareAndSet(false, true)) {
        throw e; // the watch has taken it back, and ends the process
      }
      trial.failed(e.getMessage() == null ? e.toString() : e.getMessage());
      return null;
    }
  }

  /** A start that hangs is ended: the next is with the configuration before. */
  private static void watch(TrialStart trial, AtomicBoolean isOver) {
    Thread.ofPlatform()
        .daemon()
        .name("trial-start")
        .start(
            Guarded.task(
                "trial-start",
                () -> {
                  try {
                    TimeUnit.SECONDS.sleep(trial.secondsToStart());
                    if (isOver.compareAndSet(false, true)) {
                      trial.failed("it takes no messages after " + trial.secondsToStart() + " s");
                      Runtime.getRuntime().halt(ExitCode.RESTART); // the start may hold any lock
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));
  }

  /** What a trial says of this start, before the configuration is read. */
  private @Nullable TrialStart trial() throws IOException {
    Path data = ConfigLoader.takingData(config.file(), System.getenv());
    return data == null ? null : TrialStart.at(data);
  }
}
