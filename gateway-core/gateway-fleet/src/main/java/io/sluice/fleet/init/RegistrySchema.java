package io.sluice.fleet.init;

import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.store.postgres.PostgresFault;
import io.sluice.store.postgres.PostgresLink;
import io.sluice.store.postgres.PostgresRoles;
import io.sluice.store.postgres.PostgresSchema;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;

/** Makes the tables of the fleet in PostgreSQL, and brings those of before to this version. */
public final class RegistrySchema {
  private static final String WHO = "sluice fleet init";

  private RegistrySchema() {}

  /**
   * What was done.
   *
   * @param version of the tables as they now are
   * @param scripts that were run; 0 where all was there
   */
  public record Done(String version, int scripts) {}

  /**
   * Runs what has not been run yet. Doing it again changes nothing; two that do it at once wait for
   * each other.
   *
   * @param settings of a user who may make tables
   * @throws IOException where it cannot be done; one line that names the store and the remedy
   */
  public static Done migrate(FleetStoreSettings settings) throws IOException {
    try {
      MigrateResult result =
          Flyway.configure(RegistrySchema.class.getClassLoader())
              .dataSource(PostgresLink.connections(settings, WHO))
              .schemas(PostgresSchema.NAME)
              .defaultSchema(PostgresSchema.NAME)
              .table(PostgresSchema.HISTORY)
              .locations(PostgresSchema.LOCATION)
              .load()
              .migrate();
      String target = result.targetSchemaVersion;
      return new Done(
          target == null ? String.valueOf(result.initialSchemaVersion) : target,
          result.migrationsExecuted);
    } catch (FlywayException e) {
      throw new IOException(sentence(e, settings.uri()), e);
    }
  }

  /**
   * Gives users of the database what they need of the tables, all or nothing. Doing it again
   * changes nothing.
   *
   * @param settings of the tables' owner
   * @throws IOException where it cannot be done; one line that names the store and the remedy
   */
  public static void give(FleetStoreSettings settings, List<PostgresRoles.User> users)
      throws IOException {
    try {
      PostgresRoles.give(PostgresLink.connections(settings, WHO), users);
    } catch (SQLException e) {
      throw new IOException(PostgresFault.sentence(e, settings.uri()), e);
    }
  }

  private static String sentence(FlywayException e, String uri) {
    Throwable cause = e;
    while (cause != null) {
      if (cause instanceof SQLException sql) {
        return PostgresFault.sentence(sql, uri);
      }
      cause = cause.getCause();
    }
    return "the fleet's store "
        + uri
        + ": "
        + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
