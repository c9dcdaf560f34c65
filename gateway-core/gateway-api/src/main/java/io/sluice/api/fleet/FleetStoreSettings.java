package io.sluice.api.fleet;

import io.sluice.api.broker.BrokerTls;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where the fleet's registry is: the options {@code fleet.store}. */
public record FleetStoreSettings(
    @Option(
            doc =
                "The database: postgresql://HOST:5432/NAME; several hosts with commas between: the"
                    + " one that takes writes is used.",
            required = true,
            pattern = "postgresql://[^/@?#\\s,]+(,[^/@?#\\s,]+)*/[A-Za-z0-9._-]{1,63}",
            hint = "write postgresql://HOST:5432/NAME; user and password have keys of their own")
        String uri,
    @Option(doc = "Name of the database's user.", required = true) String user,
    @Option(doc = "The user's password; its file is read at each connection.")
        @Nullable Secret password,
    @Option(doc = "TLS to the database; without it the connection is not encrypted.")
        @Nullable BrokerTls tls,
    @Option(
            doc =
                "Key of 64 hexadecimal digits, the same at all gateways that share devices, and"
                    + " never given to PostgreSQL: pre-shared keys and device secrets are encrypted"
                    + " with it (AES-256-GCM) before they leave the gateway. Make one with: openssl"
                    + " rand -hex 32. Without it such devices cannot be registered in the fleet.")
        @Nullable Secret key)
    implements Checked {
  private static final String KEY = "[0-9a-fA-F]{64}";

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(0);
    if (key != null && !key.value().strip().matches(KEY)) {
      problems.add(
          new Problem("key", "must be 64 hexadecimal digits; make one with: openssl rand -hex 32"));
    }
    return problems;
  }

  /** Whether what is sent to it in the clear leaves this machine. */
  public boolean isExposed() {
    String hosts = hosts().toLowerCase(Locale.ROOT);
    return tls == null && !hosts.matches("(localhost|127\\.[0-9.]+|\\[::1])(:[0-9]+)?(,.*)?");
  }

  /** Hosts and ports, as {@link #uri} has them. */
  public String hosts() {
    String rest = uri.substring(uri.indexOf("//") + 2);
    return rest.substring(0, rest.indexOf('/'));
  }

  /** Name of the database. */
  public String database() {
    return uri.substring(uri.lastIndexOf('/') + 1);
  }
}
