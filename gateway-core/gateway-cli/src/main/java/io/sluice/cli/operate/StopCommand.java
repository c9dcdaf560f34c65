package io.sluice.cli.operate;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.JsonOption;
import io.sluice.cli.Show;
import io.sluice.cli.Table;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "stop",
    description = "Approved stops: during one, devices need not report.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {StopCommand.ListAll.class, StopCommand.Add.class, StopCommand.End.class})
public final class StopCommand implements Runnable {
  private static final String PATH = "/api/v1/coverage/stops";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; write list, add or end after stop");
  }

  @Command(name = "list", description = "Lists approved stops, newest first.")
  public static final class ListAll implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;
    @Mixin private JsonOption json;

    @Override
    public Integer call() throws CommandFailure {
      return json.print(spec, admin, PATH, ListAll::table);
    }

    private static void table(JsonNode stops, PrintWriter out) {
      Table table = new Table("ID", "SCOPE", "KEY", "FROM", "TO", "BY", "REASON");
      for (JsonNode stop : stops.path("stops")) {
        table.row(
            Show.text(stop, "id"),
            Show.text(stop, "scope"),
            Show.text(stop, "key"),
            Show.time(stop, "from"),
            Show.time(stop, "to"),
            Show.text(stop, "by"),
            Show.text(stop, "reason"));
      }
      table.print(out);
    }
  }

  @Command(name = "add", description = "Records an approved stop and prints its id.")
  public static final class Add implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;

    @Option(
        names = "--scope",
        paramLabel = "SCOPE",
        required = true,
        description = "all, sector, site, model or device.")
    private String scope;

    @Option(
        names = "--key",
        paramLabel = "NAME",
        description = "Name of the sector, site, model or device; not for all.")
    private @Nullable String key;

    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "As 2026-01-31T06:00:00Z; at most 72 h ago (default: now).")
    private @Nullable String from;

    @Option(
        names = "--to",
        paramLabel = "TIME",
        description = "As 2026-01-31T14:00:00Z (default: until it is ended).")
    private @Nullable String to;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
    private String reason;

    @Option(names = "--by", paramLabel = "NAME", description = "Who approved it.")
    private @Nullable String by;

    @Override
    public Integer call() throws CommandFailure {
      ObjectNode body = AdminClient.JSON.createObjectNode().put("scope", scope);
      body.put("reason", reason);
      if (key != null) {
        body.put("key", key);
      }
      if (by != null) {
        body.put("by", by);
      }
      putTime(body, "from", from);
      putTime(body, "to", to);
      JsonNode stop;
      try (AdminClient client = admin.client()) {
        stop = client.require(client.send("POST", PATH, body));
      }
      if (stop.path("warning").isString()) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("warning: " + stop.path("warning").asString());
        err.flush();
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println(stop.path("id").asString());
      out.flush();
      return ExitCode.DONE;
    }

    private static void putTime(ObjectNode body, String key, @Nullable String text)
        throws CommandFailure {
      if (text == null) {
        return;
      }
      try {
        body.put(key, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(text)));
      } catch (DateTimeParseException e) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "--" + key + " " + text + " is no time; write it as 2026-01-31T06:00:00Z",
            e);
      }
    }
  }

  @Command(name = "end", description = "Ends a stop now; one that has not begun is taken back.")
  public static final class End implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;

    @Parameters(paramLabel = "ID", description = "Its id, as list shows it.")
    private long id;

    @Override
    public Integer call() throws CommandFailure {
      try (AdminClient client = admin.client()) {
        client.require(client.send("DELETE", PATH + "/" + id, null));
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println("stop " + id + " is ended");
      out.flush();
      return ExitCode.DONE;
    }
  }
}
