package io.sluice.cli;

import io.sluice.api.config.TextFile;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.tls.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the gateway's admin API is, for the commands that ask it. */
public final class AdminOptions {
  private static final String DEFAULT = "http://127.0.0.1:8080";
  private static final Pattern HOST_PORT =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):[0-9]{1,5}");

  @Option(
      names = "--admin",
      paramLabel = "URL",
      defaultValue = DEFAULT,
      description = "Address of the gateway's admin API (default: ${DEFAULT-VALUE}).")
  private String address;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:SLUICE_ADMIN_TOKEN}",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description =
          "Its token, which lists of processes then show: prefer --token-file or the environment"
              + " variable SLUICE_ADMIN_TOKEN (the default).")
  private @Nullable String token;

  @Option(names = "--token-file", paramLabel = "FILE", description = "File that holds its token.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Authority of its certificate, PEM (default: the Java runtime's).")
  private @Nullable Path ca;

  @Option(
      names = "--admin-certificate",
      paramLabel = "FILE",
      description = "Own certificate, PEM, for a gateway that asks for one.")
  private @Nullable Path certificate;

  @Option(names = "--admin-key", paramLabel = "FILE", description = "Its private key, PEM.")
  private @Nullable Path key;

  public AdminClient client() throws CommandFailure {
    return client(null);
  }

  /**
   * Of the gateway that a configuration describes, where the command line names none.
   *
   * @param configured its admin listener, or null: as the command line has it
   */
  public AdminClient client(@Nullable AdminSettings configured) throws CommandFailure {
    if (configured != null && configured.port() != 0 && address.equals(DEFAULT)) {
      boolean isEverywhere = Set.of("0.0.0.0", "::", "[::]").contains(configured.host());
      String host = isEverywhere ? "127.0.0.1" : configured.host();
      address =
          (configured.tls() == null ? "http://" : "https://")
              + (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host)
              + ":"
              + configured.port();
    }
    URI base = base();
    String shown = tokenFile == null ? token : content(tokenFile);
    if (shown != null && !shown.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "the token holds blanks or characters beyond ASCII, which no token has; copy it anew");
    }
    return new AdminClient(base, shown == null || shown.isEmpty() ? null : shown, tls());
  }

  /** {@code host:port} alone is taken for plain HTTP. */
  private URI base() throws CommandFailure {
    try {
      URI uri = new URI(HOST_PORT.matcher(address).matches() ? "http://" + address : address);
      String scheme = uri.getScheme();
      if (uri.getHost() != null && ("http".equals(scheme) || "https".equals(scheme))) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw noAddress(e);
    }
    throw noAddress(null);
  }

  private CommandFailure noAddress(@Nullable Exception cause) {
    String text =
        "--admin " + address + " is no web address; write for example http://127.0.0.1:8080";
    return cause == null
        ? new CommandFailure(ExitCode.USAGE, text)
        : new CommandFailure(ExitCode.USAGE, text, cause);
  }

  private static String content(Path file) throws CommandFailure {
    try {
      return TextFile.secret(file);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          e.getCause() instanceof CharacterCodingException
              ? String.valueOf(e.getMessage())
              : file + " cannot be read",
          e);
    }
  }

  /** Null: as the Java runtime has it. */
  private @Nullable SSLContext tls() throws CommandFailure {
    if ((certificate == null) != (key == null)) {
      throw new CommandFailure(ExitCode.USAGE, "--admin-certificate and --admin-key go together");
    }
    if (ca == null && certificate == null) {
      return null;
    }
    try {
      return ClientTls.context(ca, certificate, key);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }
}
