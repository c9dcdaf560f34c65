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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "alarms",
    description = "Lists the alarms that are open, newest first.",
    subcommands = {AlarmsCommand.Acknowledge.class, AlarmsCommand.Clear.class})
public final class AlarmsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;
  @Mixin private WatchOption watch;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      defaultValue = "open",
      description = "open, active, acknowledged or cleared (default: ${DEFAULT-VALUE}).")
  private String state;

  @Option(names = "--sector", paramLabel = "SECTOR", description = "Only those of a sector.")
  private @Nullable String sector;

  @Option(names = "--site", paramLabel = "SITE", description = "Only those of a site.")
  private @Nullable String site;

  @Option(names = "--device", paramLabel = "ID", description = "Only those of a device.")
  private @Nullable String device;

  @Option(
      names = "--severity",
      paramLabel = "WORDS",
      description = "Only those, as in Extreme,Severe.")
  private @Nullable String severity;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Only device, supervision, coverage or gateway.")
  private @Nullable String kind;

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "Only those with this in name, text, note or place.")
  private @Nullable String text;

  @Option(
      names = "--sort",
      paramLabel = "KEY",
      defaultValue = "raised",
      description = "raised, severity, state, site, device or name (default: ${DEFAULT-VALUE}).")
  private String sort;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "Most alarms to list, 1 to 1000 (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Print the API's JSON.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    return watch.show(admin, spec.commandLine().getOut(), this::print);
  }

  private int print(AdminClient client, PrintWriter out) throws CommandFailure {
    JsonNode answer =
        client.get(
            "/api/v1/alarms?limit="
                + limit
                + parameter("state", state)
                + parameter("sector", sector)
                + parameter("site", site)
                + parameter("device", device)
                + parameter("severity", severity)
                + parameter("kind", kind)
                + parameter("text", text)
                + parameter("sort", sort));
    if (json) {
      Show.json(answer, out);
      return ExitCode.DONE;
    }
    Table table = new Table("ID", "SEVERITY", "STATE", "RAISED", "SITE", "DEVICE", "ALARM", "TEXT");
    for (JsonNode alarm : answer.path("alarms")) {
      table.row(
          Show.text(alarm, "id"),
          severity(alarm),
          state(alarm),
          Show.time(alarm, "raisedMicros"),
          Show.text(alarm, "site"),
          Show.text(alarm, "device"),
          name(alarm),
          Show.text(alarm, "text"));
    }
    table.print(out);
    out.printf(
        "%n%s active, %s acknowledged%n",
        Show.text(answer, "active"), Show.text(answer, "acknowledged"));
    long leftOut =
        answer.path("leftOut").path("device").asLong(0)
            + answer.path("leftOut").path("book").asLong(0);
    if (leftOut > 0) {
      out.printf("%d were left out since the start, as too many were open%n", leftOut);
    }
    if (answer.path("undelivered").asLong(0) > 0) {
      out.printf("%s wait for the webhook%n", Show.text(answer, "undelivered"));
    }
    if (answer.path("next").isString()) {
      out.printf(
          "%d of %s are listed: --limit lists more, --severity, --site and --text fewer%n",
          answer.path("alarms").size(), Show.text(answer, "total"));
    }
    out.flush();
    return ExitCode.DONE;
  }

  /** The alarm's name, with its point behind it. */
  private static String name(JsonNode alarm) {
    String point = alarm.path("point").asString("");
    return Show.text(alarm, "name") + (point.isEmpty() ? "" : " · " + point);
  }

  private static String parameter(String name, @Nullable String value) {
    return value == null ? "" : "&" + name + "=" + AdminClient.encoded(value);
  }

  /** What is not actual says so: nobody shall run for a drill, nor take an alarm for one. */
  private static String severity(JsonNode alarm) {
    String status = Show.text(alarm, "status");
    String severity = Show.text(alarm, "severity");
    return status.equals("Actual") ? severity : severity + " (" + status + ")";
  }

  private static String state(JsonNode alarm) {
    return Show.text(alarm, "state")
        + (alarm.path("escalatedMicros").isNumber() ? ", escalated" : "");
  }

  /** What both commands that change an alarm take. */
  public abstract static class Act implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;

    @Parameters(paramLabel = "ID", description = "Its id, as alarms lists it.")
    private long id;

    @Option(
        names = "--note",
        paramLabel = "TEXT",
        description = "What is known or done about it; kept with the alarm.")
    private @Nullable String note;

    private final String act;

    Act(String act) {
      this.act = act;
    }

    @Override
    public Integer call() throws CommandFailure {
      PrintWriter out = spec.commandLine().getOut();
      ObjectNode body = AdminClient.JSON.createObjectNode();
      if (note != null) {
        body.put("note", note);
      }
      JsonNode alarm;
      try (AdminClient client = admin.client()) {
        alarm = client.require(client.send("POST", "/api/v1/alarms/" + id + "/" + act, body));
      }
      out.printf("alarm %d is %s, by %s%n", id, Show.text(alarm, "state"), by(alarm));
      out.flush();
      return ExitCode.DONE;
    }

    private static String by(JsonNode alarm) {
      boolean isCleared = Show.text(alarm, "state").equals("cleared");
      return Show.text(alarm, isCleared ? "clearedBy" : "acknowledgedBy");
    }
  }

  @Command(name = "acknowledge", description = "Says that an operator has seen an alarm.")
  public static final class Acknowledge extends Act {
    Acknowledge() {
      super("acknowledge");
    }
  }

  @Command(name = "clear", description = "Ends an alarm by hand.")
  public static final class Clear extends Act {
    Clear() {
      super("clear");
    }
  }
}
