package io.sluice.cli.operate;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.JsonOption;
import io.sluice.cli.Show;
import io.sluice.cli.Table;
import java.io.PrintWriter;
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
    name = "dead-letter",
    description = "What was refused and kept: lists it, tries one again.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {DeadLetterCommand.ListAll.class, DeadLetterCommand.Retry.class})
public final class DeadLetterCommand implements Runnable {
  private static final String PATH = "/api/v1/dead-letters";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; write list or retry after dead-letter");
  }

  @Command(name = "list", description = "Lists dead letters, newest first.")
  public static final class ListAll implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;
    @Mixin private JsonOption json;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "50",
        description = "Most letters to list, 1 to 500 (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(
        names = "--before",
        paramLabel = "SEQUENCE",
        description = "Only those below this sequence: the next page.")
    private @Nullable Long before;

    @Override
    public Integer call() throws CommandFailure {
      return json.print(
          spec,
          admin,
          PATH + "?limit=" + limit + (before == null ? "" : "&before=" + before),
          ListAll::table);
    }

    private static void table(JsonNode answer, PrintWriter out) {
      Table table = new Table("SEQUENCE", "RECEIVED", "DEVICE", "REASON", "TOPIC", "DETAIL");
      for (JsonNode letter : answer.path("deadLetters")) {
        table.row(
            Show.text(letter, "sequence"),
            Show.time(letter, "receivedMicros"),
            Show.text(letter, "device"),
            Show.text(letter, "reason"),
            Show.text(letter, "topic"),
            Show.text(letter, "detail"));
      }
      table.print(out);
      out.printf("%n%s are kept%n", Show.text(answer, "count"));
      if (answer.path("next").isNumber()) {
        out.println("older ones: --before " + answer.path("next").asString());
      }
    }
  }

  @Command(
      name = "retry",
      description = "Shows what a profile makes of a dead letter; with --accept stores it, once.")
  public static final class Retry implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;

    @Parameters(paramLabel = "SEQUENCE", description = "Its sequence, as list shows it.")
    private long sequence;

    @Option(
        names = "--profile",
        paramLabel = "PROFILE",
        description = "Device profile; not for what an upstream refused.")
    private @Nullable String profile;

    @Option(
        names = "--accept",
        description = "Store its record, or send it to the upstream that refused it.")
    private boolean accept;

    @Override
    public Integer call() throws CommandFailure {
      ObjectNode body = AdminClient.JSON.createObjectNode().put("accept", accept);
      if (profile != null) {
        body.put("profile", profile);
      }
      JsonNode answer;
      try (AdminClient client = admin.client()) {
        answer = client.require(client.send("POST", PATH + "/" + sequence + "/retry", body));
      }
      if (!answer.path("ok").asBoolean(false)) {
        throw new CommandFailure(ExitCode.FAILED, Show.text(answer, "problem"));
      }
      PrintWriter out = spec.commandLine().getOut();
      for (JsonNode written : answer.path("records")) {
        out.println(AdminClient.JSON.writeValueAsString(written));
      }
      if (answer.path("accepted").asBoolean(false)) {
        out.println("dead letter " + sequence + " is accepted");
      }
      out.flush();
      return ExitCode.DONE;
    }
  }
}
