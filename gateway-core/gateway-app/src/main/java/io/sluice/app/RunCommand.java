package io.sluice.app;

import io.sluice.api.GatewayTime;
import io.sluice.api.fleet.FleetSettings;
import io.sluice.api.health.Guarded;
import io.sluice.app.process.HangUp;
import io.sluice.app.process.ServiceNotice;
import io.sluice.app.rollout.Rollout;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Shutdown;
import io.sluice.cli.config.ConfigOption;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.cli.logging.LogOutput;
import io.sluice.cli.logging.LoggingSettings;
import io.sluice.engine.config.ConfigLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
    Wiring gateway = start();
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
        stopped);
    HangUp.install(() -> gateway.reload("SIGHUP"));
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "ready %s in %.2f s%n",
        gateway.addresses(), ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
    out.flush();
    notice.ready(gateway.operations()::status);
    stopped.await();
    return ExitCode.DONE;
  }

  /** A method of its own, so that no frame holds the seed's devices while the gateway runs. */
  private @Nullable Wiring start() throws IOException, InterruptedException {
    GatewayFiles files = load();
    if (files == null) {
      return null;
    }
    LogOutput.direct(files.config().section(LoggingSettings.class));
    return Wiring.start(files, GatewayTime.system());
  }

  /** A configuration of the fleet that was on trial when the process ended is not taken. */
  private @Nullable GatewayFiles load() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    GatewayFiles files = config.load(err);
    if (files != null && !files.config().section(FleetSettings.class).takesConfiguration()) {
      return files;
    }
    Path data =
        files == null
            ? ConfigLoader.takingData(config.file(), System.getenv())
            : files.config().gateway().data();
    return data != null && Rollout.returnFromTrial(data) ? config.load(err) : files;
  }
}
