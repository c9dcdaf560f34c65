package io.sluice.store.postgres;

import io.sluice.api.broker.BrokerTls;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** TLS to PostgreSQL, as the driver's properties say it. */
final class PostgresTls {
  private PostgresTls() {}

  /** Nothing but encrypted to the host of that name, where there are such settings. */
  static void apply(@Nullable BrokerTls tls, Properties properties) {
    if (tls == null) {
      return;
    }
    properties.setProperty("sslmode", "verify-full");
    if (tls.ca() == null) {
      properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
    } else {
      properties.setProperty("sslrootcert", tls.ca().toString());
    }
    if (tls.certificate() != null && tls.key() != null) {
      properties.setProperty("sslcert", tls.certificate().toString());
      properties.setProperty("sslkey", tls.key().toString());
    }
  }
}
