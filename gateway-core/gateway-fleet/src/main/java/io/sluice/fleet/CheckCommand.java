package io.sluice.fleet;

import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import io.sluice.cli.offline.Findings;
import io.sluice.fleet.config.FleetFile;
import java.io.PrintWriter;
import java.io.StringWriter;
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

  @Option(names = "--json", description = "Print what was found as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      boolean isOk = isUsable(spec.commandLine().getErr());
      if (isOk) {
        out.println(file + ": no fault found");
        out.flush();
      }
      return isOk ? ExitCode.DONE : ExitCode.USAGE;
    }
    StringWriter said = new StringWriter();
    boolean isOk = isUsable(new PrintWriter(said, true));
    Show.json(Findings.json(file, isOk, said.toString()), out);
    return isOk ? ExitCode.DONE : ExitCode.USAGE;
  }

  private boolean isUsable(PrintWriter err) {
    FleetFile config = FleetFile.check(file, System.getenv(), err);
    if (config == null) {
      return false;
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
    return true;
  }
}
