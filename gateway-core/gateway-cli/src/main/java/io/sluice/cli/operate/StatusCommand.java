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
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "status",
    description = "Shows listeners, spool, upstreams and devices of a running gateway.")
public final class StatusCommand implements Callable<Integer> {
  private static final double HOURS_OF_A_YEAR = 8_760;

  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;
  @Mixin private WatchOption watch;

  @Option(names = "--json", description = "Print JSON: the status, with the upstreams added.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    return watch.show(admin, spec.commandLine().getOut(), this::print);
  }

  private int print(AdminClient client, PrintWriter out) throws CommandFailure {
    if (!json) {
      printNotice(client, out);
    }
    JsonNode status = client.get("/api/v1/status");
    JsonNode upstreams = client.get("/api/v1/upstreams").path("upstreams");
    if (json) {
      ((ObjectNode) status).set("upstreams", upstreams);
      Show.json(status, out);
    } else {
      print(status, upstreams, out);
    }
    return ExitCode.DONE;
  }

  /** Wants no token, so that it is read before anybody has signed in. */
  private static void printNotice(AdminClient client, PrintWriter out) throws CommandFailure {
    AdminClient.Answer answer = client.send("GET", "/api/v1/notice", null);
    String notice = answer.ok() ? Show.text(answer.body(), "notice") : "-"; // an older gateway's
    if (!notice.equals("-")) {
      out.printf("%s%n%n", notice.strip());
      out.flush();
    }
  }

  private static void print(JsonNode status, JsonNode upstreams, PrintWriter out) {
    String readiness =
        status.path("ready").asBoolean(false)
            ? "ready"
            : "not ready: " + Show.text(status, "notReadyReason");
    out.printf(
        "%s  sluice %s  since %s  %s%n",
        Show.text(status, "gateway"),
        Show.text(status, "version"),
        Show.time(status, "startedMicros"),
        readiness);
    String devices =
        status.path("devices").properties().stream()
            .map(state -> state.getValue().asString() + " " + state.getKey())
            .collect(Collectors.joining(", "));
    out.printf(
        "devices: %s; dead letters: %s; spool full in: %s%n%n",
        devices.isEmpty() ? "none" : devices, Show.text(status, "deadLetters"), hoursLeft(status));
    JsonNode draining = status.path("draining");
    if (draining.isObject()) {
      out.printf(
          "draining since %s: %s sessions and %s records left%n%n",
          Show.time(draining, "sinceMicros"),
          Show.text(draining, "sessions"),
          Show.text(draining, "queued"));
    }
    JsonNode fleet = status.path("fleetStore");
    if (fleet.isObject()) {
      out.printf(
          "fleet's registry: %s since %s, revision %s, %s behind%s%n%n",
          Show.text(fleet, "state"),
          Show.time(fleet, "sinceMicros"),
          Show.text(fleet, "revision"),
          Show.text(fleet, "behind"),
          fleet.path("reason").isString() ? "; " + fleet.path("reason").asString() : "");
    }
    JsonNode rollout = status.path("rollout");
    if (rollout.isObject()) {
      out.printf("fleet's configuration: %s%n%n", rollout(rollout));
    }
    listeners(status.path("listeners")).print(out);
    out.println();
    Table sources = sources(status);
    if (!sources.isEmpty()) {
      sources.print(out);
      out.println();
    }
    lanes(status.path("lanes")).print(out);
    out.println();
    upstreams(upstreams).print(out);
  }

  private static String rollout(JsonNode rollout) {
    String state = rollout.path("state").asString("");
    String holds = rollout.path("holds").asLong(0) == 0 ? "none" : Show.text(rollout, "holds");
    if (state.equals("none")) {
      return holds + " holds; none was pushed for this gateway yet";
    }
    return "%s holds; %s, by %s, %s since %s%s%s"
        .formatted(
            holds,
            Show.text(rollout, "version"),
            Show.text(rollout, "by"),
            state.replace('-', ' '),
            Show.time(rollout, "sinceMicros"),
            rollout.path("untilMicros").isNumber()
                ? " until " + Show.time(rollout, "untilMicros")
                : "",
            rollout.path("detail").isString() ? ": " + rollout.path("detail").asString() : "");
  }

  /** Nobody plans by the hours of a year. */
  private static String hoursLeft(JsonNode status) {
    return status.path("spoolHoursLeft").asDouble(0) > HOURS_OF_A_YEAR
        ? "more than a year"
        : Show.number(status, "spoolHoursLeft", " h");
  }

  private static Table listeners(JsonNode listeners) {
    Table table = new Table("LISTENER", "ADDRESS", "CONNECTIONS");
    for (JsonNode listener : listeners) {
      table.row(
          Show.text(listener, "kind"),
          Show.text(listener, "address"),
          Show.text(listener, "connections"));
    }
    return table;
  }

  /** The far ends that the gateway connects to by itself. */
  private static Table sources(JsonNode status) {
    Table table = new Table("SOURCE", "FAR END", "STATE", "LINKS", "NEXT ATTEMPT", "DETAIL");
    for (JsonNode endpoint : status.path("endpoints")) {
      if (!endpoint.path("state").asString("").equals("listening")) {
        table.row(
            Show.text(endpoint, "adapter"),
            Show.text(endpoint, "address"),
            Show.text(endpoint, "state"),
            Show.text(endpoint, "links"),
            Show.time(endpoint, "nextAttemptMicros"),
            Show.text(endpoint, endpoint.path("reason").isNull() ? "lastError" : "reason"));
      }
    }
    return table;
  }

  private static Table lanes(JsonNode lanes) {
    Table table = new Table("LANE", "RECORDS", "BYTES", "CAPACITY", "OLDEST");
    for (JsonNode lane : lanes) {
      table.row(
          Show.text(lane, "lane"),
          Show.text(lane, "records"),
          Show.bytes(lane.path("bytes").asLong(0)),
          Show.bytes(lane.path("capacityBytes").asLong(0)),
          Show.number(lane, "oldestSeconds", " s"));
    }
    return table;
  }

  private static Table upstreams(JsonNode upstreams) {
    Table table = new Table("UPSTREAM", "TYPE", "STATE", "RATE", "BACKLOG", "DRAINED IN", "DETAIL");
    for (JsonNode upstream : upstreams) {
      table.row(
          Show.text(upstream, "name"),
          Show.text(upstream, "type"),
          Show.text(upstream, "state"),
          Show.number(upstream, "ratePerSecond", "/s"),
          Show.text(upstream, "backlogRecords"),
          Show.number(upstream, "drainSecondsLeft", " s"),
          Show.text(upstream, "detail"));
    }
    return table;
  }
}
