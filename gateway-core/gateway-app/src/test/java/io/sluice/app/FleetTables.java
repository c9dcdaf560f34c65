package io.sluice.app;

import io.sluice.store.postgres.PostgresSchema;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The tables of a fleet, made without what makes them: that is no part of the edge archive. */
final class FleetTables {
  private FleetTables() {}

  static void make(PostgreSql server, String database) throws IOException {
    server.sql(
        database,
        "CREATE SCHEMA sluice",
        "CREATE TABLE sluice.schema_history (version text, success boolean)");
    for (int i = 0; i < PostgresSchema.SCRIPTS.size(); i++) {
      String name = PostgresSchema.SCRIPTS.get(i) + ".sql";
      try (InputStream in = PostgresSchema.class.getResourceAsStream(name)) {
        server.sql(
            database,
            new String(in.readAllBytes(), StandardCharsets.UTF_8),
            "INSERT INTO sluice.schema_history VALUES ('" + (i + 1) + "', true)");
      }
    }
  }
}
