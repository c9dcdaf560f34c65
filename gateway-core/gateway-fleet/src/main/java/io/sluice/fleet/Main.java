package io.sluice.fleet;

import io.sluice.cli.Endings;
import io.sluice.cli.Version;
import io.sluice.cli.device.CommandCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line of the fleet: {@code sluice fleet ...}. */
@Command(
    name = "sluice fleet",
    description = "The view of many gateways as one.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure.")
  private boolean debug;

  Main() {}

  public static void main(String[] args) {
    System.exit(
        execute(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            List.of(args)));
  }

  /** Runs a command line. Returns the exit code. */
  static int execute(PrintWriter out, PrintWriter err, List<String> args) {
    Main main = new Main();
    CommandLine root = new CommandLine(main);
    root.addSubcommand("init", new InitCommand());
    root.addSubcommand("run", new RunCommand());
    root.addSubcommand("config", new ConfigCommand());
    root.addSubcommand("command", new CommandCommand());
    root.addSubcommand("check", new CheckCommand());
    root.addSubcommand("reference", new ReferenceCommand());
    root.addSubcommand(new CommandLine.HelpCommand());
    Endings.install(root, () -> main.debug);
    root.setOut(out);
    root.setErr(err);
    return root.execute(args.toArray(String[]::new));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; see sluice fleet --help for what there is");
  }
}
