package io.sluice.cli;

import io.sluice.engine.config.NearestKey;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * How a command line ends that cannot do what it was asked to: one line on the error stream that
 * says what is wrong and what to do, and one of {@link ExitCode}. The same for all programs.
 */
public final class Endings {
  private Endings() {}

  /**
   * Has a command line and its subcommands end so.
   *
   * @param isDebug whether the stack trace of a failure is shown; asked once it has failed
   */
  public static void install(CommandLine root, BooleanSupplier isDebug) {
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setParameterExceptionHandler((e, given) -> badUsage(e));
    root.setExecutionExceptionHandler(
        (failure, line, parsed) -> failed(failure, line, isDebug.getAsBoolean()));
  }

  private static int badUsage(ParameterException e) {
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

  private static int failed(Exception failure, CommandLine line, boolean debug) {
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
