package io.sluice.sim;

import io.sluice.sim.load.SimLoadCommand;
import io.sluice.sim.reference.SimReferenceCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;

/** The simulator's commands; also a program of its own. */
@Command(
    name = "sim",
    description = "Simulates devices: plays fleets, audits what arrived, loads servers.",
    mixinStandardHelpOptions = true,
    version = "sluice sim 0.1.0",
    subcommands = {
      SimRunCommand.class,
      SimDevicesCommand.class,
      SimLoadCommand.class,
      SimReferenceCommand.class,
      SimSchemaCommand.class
    })
public final class SimCommand implements Runnable {
  /** Exit codes of CONTRACT. */
  public static final int DONE = 0;

  public static final int FAILED = 1;
  public static final int MISUSED = 2;
  public static final int AUDIT_FAILED = 3;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new SimCommand()).setExecutionExceptionHandler(oneLine()).execute(args));
  }

  private static IExecutionExceptionHandler oneLine() {
    return (thrown, command, parsed) -> {
      String said =
          thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
      command.getErr().println("sim: " + said);
      return FAILED;
    };
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "say what to do: run, devices, load, reference or schema");
  }
}
