package io.sluice.cli.operate;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

@Command(
    name = "report",
    description = "Writes a month's coverage as a page (HTML) and a table (CSV) to hand on.")
final class CoverageReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Option(
      names = "--month",
      paramLabel = "MONTH",
      required = true,
      description = "The month, as 2026-10.")
  private String month;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = ".",
      description = "Directory to write to (default: here).")
  private Path directory;

  @Option(
      names = "--lang",
      paramLabel = "LANG",
      defaultValue = "en",
      description =
          "Language of the page and of the table's headings: en or zh (default: ${DEFAULT-VALUE}).")
  private String language;

  @Option(
      names = "--bom",
      negatable = true,
      defaultValue = Option.NULL_VALUE,
      description =
          "Begin the table with a byte order mark, by which Excel knows UTF-8 (default: with"
              + " --lang zh).")
  private @Nullable Boolean bom;

  @Override
  public Integer call() throws CommandFailure {
    if (!language.equals("en") && !language.equals("zh")) {
      throw new CommandFailure(ExitCode.USAGE, "--lang must be en or zh, not \"" + language + '"');
    }
    YearMonth asked;
    try {
      asked = YearMonth.parse(month);
    } catch (DateTimeParseException e) {
      throw new CommandFailure(
          ExitCode.USAGE, "--month must be as 2026-10, not \"" + month + '"', e);
    }
    JsonNode figures;
    try (AdminClient client = admin.client()) {
      figures = client.require(client.send("GET", "/api/v1/coverage/month?month=" + asked, null));
    }
    CoverageReport report = new CoverageReport(figures, language.equals("zh"));
    PrintWriter out = spec.commandLine().getOut();
    write(
        directory.resolve("coverage-" + asked + ".html"),
        report.html(Instant.now(), Version.current()),
        out);
    write(
        directory.resolve("coverage-" + asked + ".csv"),
        report.csv(bom == null ? language.equals("zh") : bom),
        out);
    return ExitCode.DONE;
  }

  private static void write(Path file, String text, PrintWriter out) throws CommandFailure {
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.FAILED, file + " cannot be written; give another directory with --out", e);
    }
    out.println(file);
    out.flush();
  }
}
