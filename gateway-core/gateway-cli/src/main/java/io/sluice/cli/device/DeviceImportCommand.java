package io.sluice.cli.device;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

@Command(
    name = "import",
    description = "Registers the devices of a file, or replaces what is there, in one go.",
    footer =
        "YAML as in devices.yaml, or CSV with its keys as columns (credentials.token and so on)."
            + " Lines that are refused are named with their reason; the others go in.")
final class DeviceImportCommand implements Callable<Integer> {
  /** A hundred thousand passwords take their slow hash each. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "FILE", description = "YAML list of devices, or FILE.csv.")
  private Path file;

  @Override
  public Integer call() throws CommandFailure {
    boolean isCsv = file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
    JsonNode report;
    try (AdminClient client = admin.client()) {
      report =
          client.require(
              client.upload(
                  "/api/v1/devices/import",
                  isCsv ? "text/csv" : "application/yaml",
                  Files.readAllBytes(file),
                  PATIENCE));
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.USAGE, file + " cannot be read: " + e.getMessage(), e);
    }
    return print(report);
  }

  private int print(JsonNode report) {
    PrintWriter err = spec.commandLine().getErr();
    for (JsonNode line : report.path("refused")) {
      String device = line.path("device").asString("");
      err.println(
          file
              + ":"
              + line.path("line").asInt()
              + ": "
              + (device.isEmpty() ? "" : device + ": ")
              + line.path("reason").asString(""));
    }
    err.flush();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%d added, %d replaced, %d refused%n",
        report.path("added").asInt(),
        report.path("replaced").asInt(),
        report.path("refused").size());
    out.flush();
    return report.path("refused").isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
