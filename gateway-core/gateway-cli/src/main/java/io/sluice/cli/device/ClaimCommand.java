package io.sluice.cli.device;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.JsonOption;
import io.sluice.cli.Table;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
    name = "claim",
    description = "Claim tokens: devices that show one register themselves.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ClaimCommand.Issue.class,
      ClaimCommand.ListAll.class,
      ClaimCommand.Withdraw.class
    })
public final class ClaimCommand implements Runnable {
  private static final String PATH = "/api/v1/claims";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; write issue, list or withdraw after claim");
  }

  @Command(name = "issue", description = "Makes a claim token and prints it, this once.")
  public static final class Issue implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;

    @Parameters(paramLabel = "NAME", description = "Name of the claim.")
    private String name;

    @Option(
        names = "--profile",
        paramLabel = "PROFILE",
        required = true,
        description = "Device profile.")
    private String profile;

    @Option(
        names = "--sector",
        paramLabel = "SECTOR",
        required = true,
        description = "Sector of the devices.")
    private String sector;

    @Option(
        names = "--site",
        paramLabel = "SITE",
        required = true,
        description = "Site of the devices.")
    private String site;

    @Option(
        names = "--pattern",
        paramLabel = "PATTERN",
        defaultValue = "*",
        description = "Ids that may be taken: press-* (default: any).")
    private String pattern;

    @Option(
        names = "--uses",
        paramLabel = "N",
        defaultValue = "1",
        description = "Devices that it registers (default: ${DEFAULT-VALUE}).")
    private int uses;

    @Option(
        names = "--expires",
        paramLabel = "D",
        defaultValue = "24h",
        description = "How long it may be used (default: ${DEFAULT-VALUE}).")
    private String expiry;

    @Override
    public Integer call() throws CommandFailure {
      ObjectNode body = AdminClient.JSON.createObjectNode();
      body.put("name", name).put("profile", profile).put("sector", sector).put("site", site);
      body.put("pattern", pattern).put("uses", uses).put("expiry", expiry);
      PrintWriter out = spec.commandLine().getOut();
      try (AdminClient client = admin.client()) {
        out.println(client.require(client.send("POST", PATH, body)).path("token").asString());
      }
      out.flush();
      return ExitCode.DONE;
    }
  }

  @Command(name = "list", description = "Lists the claims that can still be used.")
  public static final class ListAll implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;
    @Mixin private JsonOption json;

    @Override
    public Integer call() throws CommandFailure {
      return json.print(spec, admin, PATH, ListAll::table);
    }

    private static void table(JsonNode claims, PrintWriter out) {
      Table table =
          new Table("NAME", "PROFILE", "SECTOR", "SITE", "PATTERN", "USES LEFT", "EXPIRES");
      for (JsonNode claim : claims.path("claims")) {
        long millis = TimeUnit.MICROSECONDS.toMillis(claim.path("expiresMicros").asLong());
        table.row(
            claim.path("name").asString(),
            claim.path("profile").asString(),
            claim.path("sector").asString(),
            claim.path("site").asString(),
            claim.path("pattern").asString(),
            claim.path("usesLeft").asString(),
            Instant.ofEpochMilli(millis).toString());
      }
      table.print(out);
    }
  }

  @Command(name = "withdraw", description = "Ends a claim.")
  public static final class Withdraw implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;

    @Parameters(paramLabel = "NAME", description = "Name of the claim.")
    private String name;

    @Override
    public Integer call() throws CommandFailure {
      try (AdminClient client = admin.client()) {
        client.require(client.send("DELETE", PATH + "/" + AdminClient.encoded(name), null));
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println("claim " + name + " is withdrawn");
      out.flush();
      return ExitCode.DONE;
    }
  }
}
