package io.sluice.fleet;

import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Version;
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
    CommandLine root = new CommandLine(new Main());
    root.addSubcommand("init", new InitCommand());
    root.addSubcommand("run", new RunCommand());
    root.addSubcommand("config", new ConfigCommand());
    root.addSubcommand(new CommandLine.HelpCommand());
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setParameterExceptionHandler((e, given) -> badUsage(e));
    root.setExecutionExceptionHandler((failure, line, parsed) -> failed(failure, line));
    root.setOut(out);
    root.setErr(err);
    return root.execute(args.toArray(String[]::new));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; see sluice fleet --help for what there is");
  }

  private static int badUsage(ParameterException e) {
    CommandLine line = e.getCommandLine();
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    String remedy =
        message.contains("; ") ? "" : "; see " + line.getCommandSpec().qualifiedName() + " --help";
    say(line, message + remedy);
    return ExitCode.USAGE;
  }

  private static int failed(Exception failure, CommandLine line) {
    boolean isDebug = ((Main) line.getCommandSpec().root().userObject()).debug;
    if (isDebug) {
      failure.printStackTrace(line.getErr());
    }
    if (failure instanceof CommandFailure expected) {
      say(line, String.valueOf(expected.getMessage()));
      return expected.exitCode();
    }
    String message = failure.getMessage();
    String said = message == null ? failure.getClass().getSimpleName() : message;
    say(line, said.lines().findFirst().orElse("") + (isDebug ? "" : " (--debug shows where)"));
    return ExitCode.FAILED;
  }

  private static void say(CommandLine line, String message) {
    line.getErr().println("sluice: " + message);
    line.getErr().flush();
  }
}
