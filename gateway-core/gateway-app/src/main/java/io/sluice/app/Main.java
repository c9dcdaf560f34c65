package io.sluice.app;

import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Version;
import io.sluice.cli.demo.DemoCommand;
import io.sluice.cli.device.ClaimCommand;
import io.sluice.cli.device.CommandCommand;
import io.sluice.cli.device.DeviceCommand;
import io.sluice.cli.doctor.DoctorCommand;
import io.sluice.cli.offline.AdminTokenCommand;
import io.sluice.cli.offline.AuditCommand;
import io.sluice.cli.offline.BackupCommand;
import io.sluice.cli.offline.CheckCommand;
import io.sluice.cli.offline.CompletionCommand;
import io.sluice.cli.offline.DecodeCommand;
import io.sluice.cli.offline.ManCommand;
import io.sluice.cli.offline.ReferenceCommand;
import io.sluice.cli.offline.RestoreCommand;
import io.sluice.cli.operate.AlarmsCommand;
import io.sluice.cli.operate.CoverageCommand;
import io.sluice.cli.operate.DeadLetterCommand;
import io.sluice.cli.operate.DrainCommand;
import io.sluice.cli.operate.LedgerCommand;
import io.sluice.cli.operate.ReloadCommand;
import io.sluice.cli.operate.StatusCommand;
import io.sluice.cli.operate.StopCommand;
import io.sluice.cli.operate.UpstreamCommand;
import io.sluice.cli.support.SupportBundleCommand;
import io.sluice.engine.config.NearestKey;
import io.sluice.sim.SimCommand;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. Of the subcommands, only the one that is called is loaded. */
@Command(
    name = "sluice",
    description = "Industrial IoT access gateway.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  private static final List<String> COMMANDS =
      List.of(
          "run",
          "demo",
          "check",
          "doctor",
          "support-bundle",
          "backup",
          "restore",
          "decode",
          "device",
          "claim",
          "admin-token",
          "status",
          "ledger",
          "coverage",
          "stop",
          "reload",
          "drain",
          "alarms",
          "command",
          "dead-letter",
          "upstream",
          "audit",
          "sim",
          "reference",
          "completion",
          "man");

  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure.")
  private boolean debug;

  Main() {}

  public static void main(String[] args) {
    System.exit(execute(args));
  }

  /** Runs a command line; messages go to the standard streams. Returns the exit code. */
  static int execute(String... args) {
    return commandLine(args).execute(args);
  }

  static CommandLine commandLine(String... args) {
    CommandLine root = new CommandLine(new Main());
    String called = called(args);
    for (String name : called == null ? COMMANDS : List.of(called)) {
      Object command = command(name);
      if (command != null) {
        root.addSubcommand(name, command);
      }
    }
    if (called == null) {
      root.addSubcommand(new CommandLine.HelpCommand());
    }
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setParameterExceptionHandler(Main::badUsage);
    root.setExecutionExceptionHandler((failure, line, parsed) -> failed(failure, line));
    return root;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; see sluice --help for what there is");
  }

  /** The command that the first argument names, or null where all have to be known. */
  private static @Nullable String called(String... args) {
    return args.length > 0 && COMMANDS.contains(args[0]) ? args[0] : null;
  }

  private static @Nullable Object command(String name) {
    return switch (name) {
      case "run" -> new RunCommand();
      case "demo" -> new DemoCommand(WiredGateway::start);
      case "decode" -> new DecodeCommand();
      case "backup" -> new BackupCommand();
      case "restore" -> new RestoreCommand();
      case "check" -> new CheckCommand();
      case "doctor" -> new DoctorCommand();
      case "support-bundle" -> new SupportBundleCommand();
      case "device" -> new DeviceCommand();
      case "claim" -> new ClaimCommand();
      case "admin-token" -> new AdminTokenCommand();
      case "status" -> new StatusCommand();
      case "ledger" -> new LedgerCommand();
      case "coverage" -> new CoverageCommand();
      case "stop" -> new StopCommand();
      case "reload" -> new ReloadCommand();
      case "drain" -> new DrainCommand();
      case "command" -> new CommandCommand();
      case "dead-letter" -> new DeadLetterCommand();
      case "completion" -> new CompletionCommand(() -> commandLine());
      case "man" -> new ManCommand(() -> commandLine());
      case "alarms" -> new AlarmsCommand();
      case "upstream" -> new UpstreamCommand();
      case "audit" -> new AuditCommand();
      case "sim" -> new SimCommand();
      case "reference" -> new ReferenceCommand();
      default -> null;
    };
  }

  private static int badUsage(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    List<String> near = near(e, line);
    String remedy =
        near.isEmpty()
            ? "; see " + line.getCommandSpec().qualifiedName() + " --help"
            : "; did you mean " + String.join(" or ", near) + "?";
    err(line, plain(message) + (message.contains("; ") ? "" : remedy));
    return ExitCode.USAGE;
  }

  /** The parser names types as Java does. */
  private static String plain(String message) {
    return message
        .replace("is not an int", "is not a whole number")
        .replace("is not a long", "is not a whole number")
        .replace("is not a double", "is not a number");
  }

  /** The command or option that was surely meant; else what the parser proposes. */
  private static List<String> near(ParameterException e, CommandLine line) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return List.of();
    }
    List<String> wrong = unmatched.getUnmatched();
    String nearest =
        wrong.isEmpty()
            ? null
            : NearestKey.of(
                wrong.getFirst(),
                wrong.getFirst().startsWith("-")
                    ? line.getCommandSpec().optionsMap().keySet()
                    : line.getSubcommands().keySet());
    return nearest == null ? unmatched.getSuggestions() : List.of(nearest);
  }

  private static int failed(Exception failure, CommandLine line) {
    boolean debug = ((Main) line.getCommandSpec().root().userObject()).debug;
    if (debug) {
      failure.printStackTrace(line.getErr());
    }
    if (failure instanceof CommandFailure expected) {
      err(line, String.valueOf(expected.getMessage()));
      return expected.exitCode();
    }
    err(
        line,
        said(failure).lines().findFirst().orElse("") + (debug ? "" : " (--debug shows where)"));
    return ExitCode.FAILED;
  }

  private static String said(Exception failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    if (message == null) {
      return kind;
    }
    // AccessDeniedException and its like say a path and nothing else
    return failure instanceof FileSystemException file && file.getReason() == null
        ? message + ": " + kind
        : message;
  }

  private static void err(CommandLine line, String message) {
    PrintWriter err = line.getErr();
    err.println("sluice: " + message);
    err.flush();
  }
}
