package io.sluice.app;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the gateway's admin API is, for the commands that ask it. */
final class AdminOptions {
  @Option(
      names = "--admin",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "Address of the gateway's admin API (default: ${DEFAULT-VALUE}).")
  private URI address;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:SLUICE_ADMIN_TOKEN}",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description = "Its token (default: environment variable SLUICE_ADMIN_TOKEN).")
  private @Nullable String token;

  AdminClient client() throws CommandFailure {
    String scheme = address.getScheme();
    if (address.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--admin " + address + " is no web address; write for example http://127.0.0.1:8080");
    }
    return new AdminClient(address, token == null || token.isEmpty() ? null : token);
  }
}
