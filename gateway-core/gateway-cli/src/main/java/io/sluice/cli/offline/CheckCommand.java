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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "check",
    description = "Validates a configuration: every fault in one pass, with line and column.")
public final class CheckCommand implements Callable<Integer> {
  private static final String WARNING = "warning: ";
  private static final Pattern PLACED = Pattern.compile("(.+?):([0-9]{1,9}):([0-9]{1,9}): (.*)");

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
    ObjectNode answer = AdminClient.JSON.createObjectNode();
    answer.put("file", config.file().toString()).put("ok", isOk);
    ArrayNode findings = answer.putArray("findings");
    said.toString().lines().forEach(line -> findings.add(finding(line)));
    if (againstRunning && loaded != null) {
      answer.set("running", ReloadCommand.ask(admin, loaded.config().admin(), true).body());
    }
    Show.json(answer, out);
    return isOk ? ExitCode.DONE : ExitCode.USAGE;
  }

  /** A line of the text form, taken apart. */
  private static ObjectNode finding(String line) {
    boolean isWarning = line.startsWith(WARNING);
    String text = isWarning ? line.substring(WARNING.length()) : line;
    ObjectNode finding = AdminClient.JSON.createObjectNode();
    finding.put("level", isWarning ? "warning" : "fault");
    Matcher placed = PLACED.matcher(text);
    if (placed.matches()) {
      finding.put("file", placed.group(1));
      finding.put("line", Integer.parseInt(placed.group(2)));
      finding.put("column", Integer.parseInt(placed.group(3)));
      finding.put("text", placed.group(4));
    } else {
      finding.put("text", text);
    }
    return finding;
  }
}
