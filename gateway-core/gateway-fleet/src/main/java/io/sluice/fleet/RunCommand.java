package io.sluice.fleet;

import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.health.Guarded;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.ServiceNotice;
import io.sluice.cli.Shutdown;
import io.sluice.cli.Version;
import io.sluice.cli.logging.LogOutput;
import io.sluice.engine.audit.AuditLog;
import io.sluice.engine.audit.AuditSettings;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.run.Fleet;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    description = "Runs one instance of the fleet's view until it is told to stop.")
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The fleet's configuration.")
  private Path file;

  @Override
  public Integer call() throws IOException, InterruptedException, CommandFailure {
    Guarded.everyThread();
    PrintWriter err = spec.commandLine().getErr();
    FleetFile config = FleetFile.loadToRun(file, System.getenv(), err);
    if (config == null) {
      return ExitCode.USAGE;
    }
    FleetBusSettings bus = config.bus();
    if (bus == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          file + ": fleet.bus is missing; write fleet: { bus: { bootstrap-servers: host:port } }");
    }
    LogOutput.direct(config.logging());
    AuditLog audit =
        AuditLog.open(
            AuditSettings.DEFAULTS, config.view().state().resolve("audit"), Clock.systemUTC());
    Fleet fleet = Fleet.start(config, bus, Version.current(), audit);
    CountDownLatch stopped = new CountDownLatch(1);
    ServiceNotice notice = ServiceNotice.of(System.getenv(), ProcessHandle.current().pid());
    Shutdown.run(
        () -> {
          notice.stopping();
          close(fleet, audit, err);
        },
        stopped);
    InetSocketAddress address = fleet.address();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "ready admin %s:%d in %.2f s%n",
        address.getHostString(),
        address.getPort(),
        ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
    out.flush();
    notice.ready(fleet::status);
    stopped.await();
    return ExitCode.DONE;
  }

  private static void close(Fleet fleet, AuditLog audit, PrintWriter err) {
    fleet.close();
    try {
      audit.close();
    } catch (IOException e) {
      err.println("sluice: the audit log is not closed: " + e.getMessage());
    }
  }
}
