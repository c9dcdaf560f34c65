package io.sluice.cli.operate;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import io.sluice.cli.Table;
import io.sluice.cli.WatchOption;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

@Command(
    name = "ledger",
    description = "Shows accepted = delivered + queued + dropped, per upstream and lane.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:the ledger balances", "3:it does not"})
public final class LedgerCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;
  @Mixin private WatchOption watch;

  @Option(names = "--json", description = "Print the API's JSON.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    return watch.show(admin, spec.commandLine().getOut(), this::print);
  }

  private int print(AdminClient client, PrintWriter out) throws CommandFailure {
    JsonNode ledger = client.get("/api/v1/ledger");
    boolean balances = ledger.path("balances").asBoolean(false);
    if (json) {
      Show.json(ledger, out);
    } else {
      table(ledger.path("ledger")).print(out);
      out.println(balances ? "balances" : "does not balance");
      out.flush();
    }
    return balances ? ExitCode.DONE : ExitCode.AUDIT;
  }

  private static Table table(JsonNode lines) {
    Table table = new Table("UPSTREAM", "LANE", "ACCEPTED", "DELIVERED", "QUEUED", "DROPPED");
    for (JsonNode line : lines) {
      String dropped =
          line.path("dropped").properties().stream()
              .map(reason -> reason.getKey() + " " + reason.getValue().asString())
              .collect(Collectors.joining(", "));
      table.row(
          Show.text(line, "upstream"),
          Show.text(line, "lane"),
          Show.text(line, "accepted"),
          Show.text(line, "delivered"),
          Show.text(line, "queued"),
          dropped.isEmpty() ? "0" : dropped);
    }
    return table;
  }
}
