package io.sluice.cli.config;

import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which data directory is meant, for the commands that work on one. */
public final class DataOption {
  /** Where the package has it. */
  private static final Path PACKAGED = Path.of("/etc/sluice/sluice.yaml");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The gateway's configuration, whose gateway.data is taken (default:"
              + " /etc/sluice/sluice.yaml).")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory itself, instead of a configuration.")
  private @Nullable Path data;

  public Path directory(PrintWriter err) throws CommandFailure {
    if (data != null) {
      return data;
    }
    Path file = config == null ? PACKAGED : config;
    if (config == null && !Files.exists(file)) {
      throw new CommandFailure(
          ExitCode.USAGE, "no data directory is named; add --config FILE or --data DIR");
    }
    GatewayFiles files = GatewayFiles.load(file, err);
    if (files == null) {
      throw new CommandFailure(
          ExitCode.USAGE, file + " has faults; mend them, or name the directory by --data");
    }
    return files.config().gateway().data();
  }
}
