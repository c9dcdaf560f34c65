package io.sluice.store.postgres;

import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import org.flywaydb.core.Flyway;

/**
 * A database of a real PostgreSQL with the tables of a fleet, as Flyway makes them, and as a later
 * Sluice may have added to them: each has a column that this one does not know.
 */
final class FleetDatabase {
  static final String KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

  private static final String LATER =
      """
      DO $$
      DECLARE each text;
      BEGIN
        FOR each IN SELECT tablename FROM pg_tables
            WHERE schemaname = 'sluice' AND tablename <> 'schema_history' LOOP
          EXECUTE format(
            'ALTER TABLE sluice.%I ADD COLUMN IF NOT EXISTS later text NOT NULL DEFAULT ''any''',
            each);
        END LOOP;
      END $$\
      """;

  private FleetDatabase() {}

  /** Makes one on the server that the tests share; its name. */
  static String make() throws IOException {
    String name = PostgreSql.shared().newDatabase();
    migrate(PostgreSql.shared(), name);
    return name;
  }

  static void migrate(PostgreSql server, String database) throws IOException {
    Flyway.configure()
        .dataSource("jdbc:" + server.uri(database), PostgreSql.USER, PostgreSql.PASSWORD)
        .schemas(PostgresSchema.NAME)
        .defaultSchema(PostgresSchema.NAME)
        .table(PostgresSchema.HISTORY)
        .locations(PostgresSchema.LOCATION)
        .load()
        .migrate();
    server.sql(database, LATER);
  }

  static FleetStoreSettings settings(String database) {
    return settings(PostgreSql.shared(), database);
  }

  static FleetStoreSettings settings(PostgreSql server, String database) {
    return new FleetStoreSettings(
        server.uri(database),
        PostgreSql.USER,
        new Secret(PostgreSql.PASSWORD),
        null,
        new Secret(KEY));
  }
}
