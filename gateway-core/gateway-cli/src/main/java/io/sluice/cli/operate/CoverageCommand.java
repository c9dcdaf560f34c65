package io.sluice.cli.operate;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import io.sluice.cli.Table;
import io.sluice.cli.WatchOption;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

@Command(
    name = "coverage",
    description = "Shows expected against seen devices and samples.",
    subcommands = CoverageReportCommand.class)
public final class CoverageCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;
  @Mixin private WatchOption watch;

  @Option(
      names = "--window",
      paramLabel = "W",
      defaultValue = "1h",
      description = "now, 1h, 24h or 30d (default: ${DEFAULT-VALUE}).")
  private String window;

  @Option(
      names = "--by",
      paramLabel = "KEY",
      defaultValue = "all",
      description = "all, sector, site or model (default: ${DEFAULT-VALUE}).")
  private String by;

  @Option(names = "--json", description = "Print the API's JSON.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    return watch.show(admin, spec.commandLine().getOut(), this::print);
  }

  private int print(AdminClient client, PrintWriter out) throws CommandFailure {
    String path =
        "/api/v1/coverage?window=" + AdminClient.encoded(window) + "&by=" + AdminClient.encoded(by);
    AdminClient.Answer answer = client.send("GET", path, null);
    if (answer.status() == 404) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "this gateway does not measure coverage; run a version that does (its API has no"
              + " /api/v1/coverage)");
    }
    JsonNode coverage = client.require(answer);
    if (json) {
      Show.json(coverage, out);
    } else {
      table(coverage.path("groups")).print(out);
      out.printf(
          "window %s at %s, %s%n",
          Show.text(coverage, "window"),
          Show.time(coverage, "at"),
          coverage.path("final").asBoolean(false) ? "final" : "provisional");
      out.flush();
    }
    return ExitCode.DONE;
  }

  /** A site may have several sectors: each is a row, and both names tell it. */
  private Table table(JsonNode groups) {
    boolean isBySite = by.equals("site");
    List<String> heads = new ArrayList<>(List.of("GROUP"));
    if (isBySite) {
      heads.add("SECTOR");
    }
    heads.addAll(
        List.of(
            "EXPECTED",
            "EFFECTIVE",
            "COMPLETENESS",
            "VALIDITY",
            "CONNECTION",
            "REPORTING",
            "TIMELINESS",
            "GOOD",
            "FILLED",
            "DUE"));
    Table table = new Table(heads.toArray(String[]::new));
    List<JsonNode> worstFirst = new ArrayList<>();
    groups.forEach(worstFirst::add);
    worstFirst.sort(
        Comparator.comparingDouble(CoverageCommand::effective)
            .thenComparing(group -> Show.text(group, "key"))
            .thenComparing(group -> Show.text(group, "sector")));
    for (JsonNode group : worstFirst) {
      List<String> cells = new ArrayList<>(List.of(Show.text(group, "key")));
      if (isBySite) {
        cells.add(Show.text(group, "sector"));
      }
      cells.addAll(
          List.of(
              Show.text(group, "expected"),
              Show.percent(group, "effective"),
              Show.percent(group, "completeness"),
              Show.percent(group, "validity"),
              Show.percent(group, "connection"),
              Show.percent(group, "reportingRatio"),
              Show.percent(group, "timeliness"),
              Show.text(group, "good"),
              Show.text(group, "filled"),
              Show.text(group, "due")));
      table.row(cells.toArray(String[]::new));
    }
    return table;
  }

  /** For the order: a group of which nothing was due comes last. */
  private static double effective(JsonNode group) {
    JsonNode effective = group.path("effective");
    return effective.isNumber() ? effective.asDouble() : 2;
  }
}
