package io.sluice.cli.offline;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import io.sluice.cli.config.ConfigOption;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.cli.operate.ReloadCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "check",
    description = "Validates a configuration: every fault in one pass, with line and column.")
public final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Mixin private AdminOptions admin;

  @Option(
      names = "--against-running",
      description =
          "Ask the running gateway, too, what a reload of its files would change, and what wants a"
              + " restart (--admin, --token).")
  private boolean againstRunning;

  @Option(names = "--json", description = "Print what was found as JSON.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      return asJson(out);
    }
    GatewayFiles loaded = config.load(spec.commandLine().getErr());
    if (loaded == null) {
      return ExitCode.USAGE;
    }
    out.println(config.file() + ": no fault found");
    out.flush();
    if (againstRunning) {
      AdminClient.Answer answer = ReloadCommand.ask(admin, loaded.config().admin(), true);
      return ReloadCommand.print(answer, out, spec.commandLine().getErr());
    }
    return ExitCode.DONE;
  }

  private int asJson(PrintWriter out) throws CommandFailure {
    StringWriter said = new StringWriter();
    GatewayFiles loaded = config.load(new PrintWriter(said, true));
    boolean isOk = loaded != null;
    ObjectNode answer = Findings.json(config.file(), isOk, said.toString());
    if (againstRunning && loaded != null) {
      answer.set("running", ReloadCommand.ask(admin, loaded.config().admin(), true).body());
    }
    Show.json(answer, out);
    return isOk ? ExitCode.DONE : ExitCode.USAGE;
  }
}
