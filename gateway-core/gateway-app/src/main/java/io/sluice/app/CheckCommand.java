package io.sluice.app;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    description = "Validates a configuration: every fault in one pass, with line and column.")
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Override
  public Integer call() {
    GatewayFiles loaded = config.load(spec.commandLine().getErr());
    if (loaded == null) {
      return ExitCode.USAGE;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(config.file() + ": no fault found");
    out.flush();
    return ExitCode.DONE;
  }
}
