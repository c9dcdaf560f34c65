package io.sluice.cli.device;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import io.sluice.cli.Table;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

@Command(name = "list", description = "Lists devices in the order of their ids.")
final class DeviceListCommand implements Callable<Integer> {
  private static final int PAGE = 1_000;

  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Option(names = "--sector", paramLabel = "SECTOR", description = "Only those of a sector.")
  private @Nullable String sector;

  @Option(names = "--site", paramLabel = "SITE", description = "Only those of a site.")
  private @Nullable String site;

  @Option(names = "--profile", paramLabel = "PROFILE", description = "Only those of a profile.")
  private @Nullable String profile;

  @Option(names = "--retired", description = "Those out of service instead.")
  private boolean retired;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Most devices to list (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Print the API's JSON.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    if (limit < 1) {
      throw new CommandFailure(ExitCode.USAGE, "--limit must be 1 or more, not " + limit);
    }
    PrintWriter out = spec.commandLine().getOut();
    ArrayNode devices = AdminClient.JSON.createArrayNode();
    boolean more;
    try (AdminClient client = admin.client()) {
      more = fetch(client, devices);
    }
    if (json) {
      Show.json(devices, out);
      return ExitCode.DONE;
    }
    Table table = new Table("DEVICE", "PROFILE", "SECTOR", "SITE", "STATE", "LAST SEEN", "ADDRESS");
    for (JsonNode view : devices) {
      JsonNode device = view.path("device");
      table.row(
          Show.text(device, "id"),
          Show.text(device, "profile"),
          Show.text(device, "sector"),
          Show.text(device, "site"),
          state(view),
          Show.time(view, "lastSeenMicros"),
          Show.text(view, "address"));
    }
    table.print(out);
    if (more) {
      out.println("and more; raise --limit, or narrow it by --sector, --site or --profile");
      out.flush();
    }
    return ExitCode.DONE;
  }

  /** Gathers pages up to the limit; returns whether there are more. */
  private boolean fetch(AdminClient client, ArrayNode devices) throws CommandFailure {
    String after = null;
    do {
      int wanted = Math.min(PAGE, limit - devices.size());
      if (wanted <= 0) {
        return true;
      }
      JsonNode page = client.get("/api/v1/devices?limit=" + wanted + query(after));
      page.path("devices").forEach(devices::add);
      JsonNode next = page.path("next");
      after = next.isString() ? next.asString() : null;
    } while (after != null);
    return false;
  }

  private String query(@Nullable String after) {
    return parameter("sector", sector)
        + parameter("site", site)
        + parameter("profile", profile)
        + parameter("after", after)
        + (retired ? "&retired=true" : "");
  }

  private static String parameter(String name, @Nullable String value) {
    return value == null ? "" : "&" + name + "=" + AdminClient.encoded(value);
  }

  static String state(JsonNode view) {
    JsonNode device = view.path("device");
    if (device.path("retired").asBoolean(false)) {
      return "retired";
    }
    if (!device.path("commissioned").asBoolean(true)) {
      return "planned";
    }
    return view.path("connected").asBoolean(false) ? "connected" : "away";
  }
}
