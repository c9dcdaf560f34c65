package io.sluice.cli.offline;

import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.config.GatewayTypes;
import io.sluice.engine.config.ConfigSchema;
import io.sluice.engine.config.ReferencePage;
import io.sluice.engine.config.Types;
import io.sluice.engine.registry.provision.DeviceFileEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "reference",
    description = "Writes the configuration's reference page and JSON Schema from the code.")
public final class ReferenceCommand implements Callable<Integer> {
  @Option(
      names = "--page",
      paramLabel = "FILE",
      defaultValue = "docs/reference.md",
      description = "The reference page (default: ${DEFAULT-VALUE}).")
  private Path page;

  @Option(
      names = "--schema",
      paramLabel = "FILE",
      defaultValue = "config/schema/sluice.schema.json",
      description =
          "The JSON Schema (default: ${DEFAULT-VALUE}); that of device files goes beside it.")
  private Path schema;

  @Override
  public Integer call() throws CommandFailure {
    Types types = GatewayTypes.installed();
    write(page, ReferencePage.write(types, DeviceFileEntry.class));
    write(schema, ConfigSchema.write(types));
    write(
        schema.resolveSibling("devices.schema.json"),
        ConfigSchema.writeDevices(DeviceFileEntry.class));
    return ExitCode.DONE;
  }

  /** Writes a file, and the folder where that is missing. */
  public static void write(Path file, String text) throws CommandFailure {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, file + " cannot be written: " + e.getMessage(), e);
    }
  }
}
