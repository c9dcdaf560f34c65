package io.sluice.app;

import io.sluice.cli.Endings;
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
import io.sluice.sim.SimCommand;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

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
    Main main = new Main();
    CommandLine root = new CommandLine(main);
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
    Endings.install(root, () -> main.debug);
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
}
