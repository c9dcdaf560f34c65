package io.sluice.app;

import io.sluice.engine.config.ConfigLoader;
import io.sluice.engine.config.ConfigLoader.Faulty;
import io.sluice.engine.config.ConfigLoader.Loaded;
import io.sluice.engine.config.GatewayConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --config}, for the commands that read a configuration. */
final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The gateway's configuration.")
  private Path file;

  Path file() {
    return file;
  }

  /** The configuration; null where it has faults, which are printed then. */
  @Nullable GatewayConfig load(PrintWriter err) {
    return switch (ConfigLoader.load(file, GatewayTypes.installed(), System.getenv())) {
      case Loaded loaded -> loaded.config();
      case Faulty faulty -> {
        Reports.print(faulty.faults(), faulty.count(), err);
        yield null;
      }
    };
  }
}
