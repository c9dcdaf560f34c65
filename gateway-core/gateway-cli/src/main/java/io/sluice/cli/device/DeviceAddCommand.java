package io.sluice.cli.device;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

@Command(name = "add", description = "Registers a device.")
final class DeviceAddCommand implements Callable<Integer> {
  /** A pre-shared key has both parts. */
  static final class Psk {
    @Option(
        names = "--psk-identity",
        paramLabel = "NAME",
        required = true,
        description = "DTLS PSK identity.")
    private String identity;

    @Option(
        names = "--psk-key",
        paramLabel = "HEX",
        required = true,
        arity = "0..1",
        interactive = true,
        description = "DTLS PSK key, hexadecimal; asked for where the value is left out.")
    private char[] key;
  }

  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "ID", description = "1 to 128 letters, digits and . _ : @ -")
  private String id;

  @Option(
      names = "--profile",
      paramLabel = "PROFILE",
      required = true,
      description = "Its device profile.")
  private String profile;

  @Option(
      names = "--sector",
      paramLabel = "SECTOR",
      required = true,
      description = "factory, farm, public-service, emergency or one's own.")
  private String sector;

  @Option(names = "--site", paramLabel = "SITE", required = true, description = "Where it stands.")
  private String site;

  @Option(
      names = "--interval",
      paramLabel = "D",
      description = "Report interval that replaces the profile's: 10s.")
  private @Nullable String interval;

  @Option(
      names = "--timezone",
      paramLabel = "ZONE",
      description = "Zone of the times that it writes without one: Asia/Kolkata, +05:30.")
  private @Nullable String timezone;

  @Option(
      names = "--parent",
      paramLabel = "ID",
      description = "The concentrator that publishes for it.")
  private @Nullable String parent;

  @Option(
      names = "--password",
      paramLabel = "PASSWORD",
      arity = "0..1",
      interactive = true,
      description = "Password; asked for where the value is left out.")
  private char @Nullable [] password;

  @Option(
      names = "--certificate",
      paramLabel = "SUBJECT",
      description = "Subject of its certificate: CN=press-07.")
  private @Nullable String certificate;

  @Option(
      names = "--secret",
      paramLabel = "SECRET",
      arity = "0..1",
      interactive = true,
      description = "Device secret of a vendor's sign-in; asked for where the value is left out.")
  private char @Nullable [] secret;

  @ArgGroup(exclusive = false)
  private @Nullable Psk psk;

  @Option(names = "--unplanned", description = "It does not belong to the site's plan.")
  private boolean unplanned;

  @Option(names = "--not-commissioned", description = "It is not expected to report yet.")
  private boolean notCommissioned;

  @Override
  public Integer call() throws CommandFailure {
    PrintWriter out = spec.commandLine().getOut();
    try (AdminClient client = admin.client()) {
      client.require(client.send("POST", "/api/v1/devices", body()));
    }
    out.println(id + " is registered");
    out.flush();
    return ExitCode.DONE;
  }

  private ObjectNode body() {
    ObjectNode body = AdminClient.JSON.createObjectNode();
    body.put("id", id).put("profile", profile).put("sector", sector).put("site", site);
    putGiven(body, "interval", interval);
    putGiven(body, "parent", parent);
    putGiven(body, "timezone", timezone);
    body.put("planned", !unplanned).put("commissioned", !notCommissioned);
    ObjectNode credentials = AdminClient.JSON.createObjectNode();
    putGiven(credentials, "password", password == null ? null : new String(password));
    putGiven(credentials, "certificate", certificate);
    putGiven(credentials, "secret", secret == null ? null : new String(secret));
    if (psk != null) {
      credentials.putObject("psk").put("identity", psk.identity).put("key", new String(psk.key));
    }
    if (!credentials.isEmpty()) {
      body.set("credentials", credentials);
    }
    return body;
  }

  private static void putGiven(ObjectNode body, String key, @Nullable String value) {
    if (value != null) {
      body.put(key, value);
    }
  }
}
