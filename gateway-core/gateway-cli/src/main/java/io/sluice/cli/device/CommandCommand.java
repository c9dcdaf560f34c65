package io.sluice.cli.device;

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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "command",
    description = "Commands to devices: send one, list them, cancel one.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CommandCommand.Send.class,
      CommandCommand.ListAll.class,
      CommandCommand.Cancel.class
    })
public final class CommandCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; write send, list or cancel after command");
  }

  private static String path(String device) {
    return "/api/v1/devices/" + AdminClient.encoded(device) + "/commands";
  }

  @Command(name = "send", description = "Queues a command for a device and prints its id.")
  public static final class Send implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;

    @Parameters(index = "0", paramLabel = "DEVICE", description = "Id of the device.")
    private String device;

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the command.")
    private String name;

    @Option(names = "--json-payload", paramLabel = "JSON", description = "Its payload: any JSON.")
    private @Nullable String payload;

    @Option(
        names = "--expires",
        paramLabel = "D",
        defaultValue = "1h",
        description = "How long it waits for the device (default: ${DEFAULT-VALUE}).")
    private String expires;

    @Override
    public Integer call() throws CommandFailure {
      ObjectNode body = AdminClient.JSON.createObjectNode();
      body.put("name", name).put("expiresIn", expires);
      if (payload != null) {
        body.set("payload", read(payload));
      }
      PrintWriter out = spec.commandLine().getOut();
      try (AdminClient client = admin.client()) {
        out.println(Show.text(client.require(client.send("POST", path(device), body)), "id"));
      }
      out.flush();
      return ExitCode.DONE;
    }

    private static JsonNode read(String text) throws CommandFailure {
      try {
        return AdminClient.JSON.readTree(text);
      } catch (JacksonException e) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "--json-payload is no JSON; write for example '{\"on\":true}', in quotes for the shell",
            e);
      }
    }
  }

  @Command(name = "list", description = "Lists the commands of a device, newest first.")
  public static final class ListAll implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;
    @Mixin private JsonOption json;

    @Parameters(paramLabel = "DEVICE", description = "Id of the device.")
    private String device;

    @Override
    public Integer call() throws CommandFailure {
      return json.print(spec, admin, path(device), ListAll::table);
    }

    private static void table(JsonNode answer, PrintWriter out) {
      Table table = new Table("ID", "NAME", "STATE", "CREATED", "SENT", "ACKNOWLEDGED", "EXPIRES");
      for (JsonNode command : answer.path("commands")) {
        table.row(
            Show.text(command, "id"),
            Show.text(command, "name"),
            Show.text(command, "state"),
            Show.time(command, "createdMicros"),
            Show.time(command, "sentMicros"),
            Show.time(command, "acknowledgedMicros"),
            Show.time(command, "expiresMicros"));
      }
      table.print(out);
    }
  }

  @Command(name = "cancel", description = "Cancels a command that is queued or sent.")
  public static final class Cancel implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;

    @Parameters(index = "0", paramLabel = "DEVICE", description = "Id of the device.")
    private String device;

    @Parameters(index = "1", paramLabel = "ID", description = "Id of the command.")
    private String id;

    @Override
    public Integer call() throws CommandFailure {
      try (AdminClient client = admin.client()) {
        client.require(client.send("DELETE", path(device) + "/" + AdminClient.encoded(id), null));
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println("command " + id + " is cancelled");
      out.flush();
      return ExitCode.DONE;
    }
  }
}
