package io.sluice.cli.device;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

@Command(name = "change", description = "Changes what is given; all else of the device stays.")
final class DeviceChangeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "ID", description = "Id of the device.")
  private String id;

  @Option(names = "--profile", paramLabel = "PROFILE", description = "Its device profile.")
  private @Nullable String profile;

  @Option(names = "--sector", paramLabel = "SECTOR", description = "Its sector.")
  private @Nullable String sector;

  @Option(names = "--site", paramLabel = "SITE", description = "Where it stands.")
  private @Nullable String site;

  @Option(
      names = "--interval",
      paramLabel = "D",
      description = "Report interval, for example 10s; empty (--interval=): the profile's.")
  private @Nullable String interval;

  @Option(
      names = "--parent",
      paramLabel = "ID",
      description = "The concentrator that publishes for it; empty: none.")
  private @Nullable String parent;

  @Option(
      names = "--timezone",
      paramLabel = "ZONE",
      description = "Zone of the times that it writes without one; empty: its site's.")
  private @Nullable String timezone;

  @Option(names = "--planned", arity = "1", paramLabel = "true|false", description = "In the plan.")
  private @Nullable Boolean planned;

  @Option(
      names = "--commissioned",
      arity = "1",
      paramLabel = "true|false",
      description = "Whether it is expected to report.")
  private @Nullable Boolean commissioned;

  @Override
  public Integer call() throws CommandFailure {
    ObjectNode body = body();
    if (body.isEmpty()) {
      throw new CommandFailure(
          ExitCode.USAGE, "nothing to change; give for example --site plant-a");
    }
    try (AdminClient client = admin.client()) {
      client.require(client.send("PATCH", "/api/v1/devices/" + AdminClient.encoded(id), body));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(id + " is changed");
    out.flush();
    return ExitCode.DONE;
  }

  private ObjectNode body() {
    ObjectNode body = AdminClient.JSON.createObjectNode();
    putGiven(body, "profile", profile);
    putGiven(body, "sector", sector);
    putGiven(body, "site", site);
    putOrRemove(body, "interval", interval);
    putOrRemove(body, "parent", parent);
    putOrRemove(body, "timezone", timezone);
    if (planned != null) {
      body.put("planned", planned.booleanValue());
    }
    if (commissioned != null) {
      body.put("commissioned", commissioned.booleanValue());
    }
    return body;
  }

  private static void putGiven(ObjectNode body, String key, @Nullable String value) {
    if (value != null) {
      body.put(key, value);
    }
  }

  private static void putOrRemove(ObjectNode body, String key, @Nullable String value) {
    if (value != null && value.isEmpty()) {
      body.putNull(key);
    } else {
      putGiven(body, key, value);
    }
  }
}
