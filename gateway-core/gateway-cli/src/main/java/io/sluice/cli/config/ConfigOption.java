package io.sluice.cli.config;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --config}, for the commands that read a configuration. */
public final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The gateway's configuration.")
  private Path file;

  public Path file() {
    return file;
  }

  /** What the configuration and the files that it names say; null where they have faults. */
  public @Nullable GatewayFiles load(PrintWriter err) {
    return GatewayFiles.load(file, err);
  }
}
