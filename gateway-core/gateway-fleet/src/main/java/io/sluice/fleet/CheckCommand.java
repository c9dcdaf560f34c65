package io.sluice.fleet;

import io.sluice.cli.ExitCode;
import io.sluice.fleet.config.FleetFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    description =
        "Validates a fleet's configuration and the profiles that it names: every fault in one pass,"
            + " with line and column.")
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The fleet's configuration.")
  private Path file;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    FleetFile config = FleetFile.check(file, System.getenv(), err);
    if (config == null) {
      return ExitCode.USAGE;
    }
    if (config.bus() == null) {
      err.println(
          "warning: "
              + file
              + ": fleet.bus is missing: sluice fleet run wants it; write fleet: { bus: {"
              + " bootstrap-servers: host:port } }");
    }
    if (config.store() == null) {
      err.println(
          "warning: "
              + file
              + ": fleet.store is missing: no instance takes commands or tells the view of devices,"
              + " unless another one has it");
    }
    err.flush();
    PrintWriter out = spec.commandLine().getOut();
    out.println(file + ": no fault found");
    out.flush();
    return ExitCode.DONE;
  }
}
