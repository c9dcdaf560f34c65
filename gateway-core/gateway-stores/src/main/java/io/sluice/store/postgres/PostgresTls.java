package io.sluice.store.postgres;

import io.sluice.api.broker.BrokerTls;
import io.sluice.api.tls.ClientTls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.ssl.WrappedFactory;

/**
 * TLS to PostgreSQL by the PEM files of the configuration, read anew for each connection. The
 * server has to show a certificate of its name that one of the authorities has signed ({@code
 * sslmode=verify-full}).
 */
public final class PostgresTls extends WrappedFactory {
  private static final String CA = "sluice.tls.ca";
  private static final String CERTIFICATE = "sluice.tls.certificate";
  private static final String KEY = "sluice.tls.key";

  /**
   * Made by the driver, by its name.
   *
   * @throws IOException where a file cannot be used; the message names it and the remedy
   */
  public PostgresTls(Properties connection) throws IOException {
    factory =
        ClientTls.context(
                path(connection, CA), path(connection, CERTIFICATE), path(connection, KEY))
            .getSocketFactory();
  }

  /** Has connections with these properties made so, where there are such settings. */
  static void apply(@Nullable BrokerTls tls, Properties connection) {
    if (tls == null) {
      return;
    }
    connection.setProperty("sslmode", "verify-full");
    connection.setProperty("sslfactory", PostgresTls.class.getName());
    put(connection, CA, tls.ca());
    put(connection, CERTIFICATE, tls.certificate());
    put(connection, KEY, tls.key());
  }

  private static void put(Properties connection, String key, @Nullable Path file) {
    if (file != null) {
      connection.setProperty(key, file.toString());
    }
  }

  private static @Nullable Path path(Properties connection, String key) {
    String file = connection.getProperty(key);
    return file == null ? null : Path.of(file);
  }
}
