package io.sluice.store.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The roles of a fleet's database, as SQL for its administrator. */
public final class PostgresRoles {
  private PostgresRoles() {}

  /** The script; it may be run again. */
  public static String sql() throws IOException {
    try (InputStream script = PostgresRoles.class.getResourceAsStream("roles.sql")) {
      if (script == null) {
        throw new IOException("roles.sql is missing from the program; install it anew");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
