package io.sluice.fleet;

import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.fleet.config.FleetFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "reference",
    description =
        "Writes the reference page and JSON Schema of a fleet's configuration from the code.")
final class ReferenceCommand implements Callable<Integer> {
  @Option(
      names = "--page",
      paramLabel = "FILE",
      defaultValue = "docs/reference-fleet.md",
      description = "The reference page (default: ${DEFAULT-VALUE}).")
  private Path page;

  @Option(
      names = "--schema",
      paramLabel = "FILE",
      defaultValue = "config/schema/fleet.schema.json",
      description = "The JSON Schema (default: ${DEFAULT-VALUE}).")
  private Path schema;

  @Override
  public Integer call() throws CommandFailure {
    io.sluice.cli.offline.ReferenceCommand.write(page, FleetFile.reference());
    io.sluice.cli.offline.ReferenceCommand.write(schema, FleetFile.schema());
    return ExitCode.DONE;
  }
}
