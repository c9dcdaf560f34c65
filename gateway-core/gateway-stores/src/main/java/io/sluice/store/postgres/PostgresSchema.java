package io.sluice.store.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables of the fleet, as the scripts beside this class make them. Flyway runs these, from
 * {@code sluice fleet init}; a gateway makes no table, and looks at what version there is.
 */
public final class PostgresSchema {
  /** Names of the scripts in their order, without {@code .sql}. */
  public static final List<String> SCRIPTS =
      List.of(
          "V1__registry",
          "V2__gateways_sessions_commands",
          "V3__configurations",
          "V4__regions",
          "V5__configuration_rollout",
          "V6__oldest_client");

  /** Where the scripts are, for Flyway. */
  public static final String LOCATION = "classpath:io/sluice/store/postgres";

  /** The schema that has all tables, those of Flyway too. */
  public static final String NAME = "sluice";

  /** The table in which Flyway keeps what it has run. */
  public static final String HISTORY = "schema_history";

  private PostgresSchema() {}

  /** The database has not the tables that this Sluice works with. */
  public static final class WrongVersionException extends SQLException {
    private static final long serialVersionUID = 1;

    WrongVersionException(String message) {
      super(message);
    }
  }

  /**
   * Looks whether the tables are those that this Sluice works with, or newer ones that it may work
   * with.
   *
   * @throws WrongVersionException where they are older, or newer and not for it
   * @throws SQLException where there are none, or they cannot be read
   */
  static void check(Connection connection) throws SQLException {
    int version =
        number(
            connection,
            "SELECT coalesce(max(version::integer), 0) FROM sluice.schema_history"
                + " WHERE success AND version IS NOT NULL");
    if (version < SCRIPTS.size()) {
      throw new WrongVersionException(
          "its tables are of version "
              + version
              + ", this Sluice needs "
              + SCRIPTS.size()
              + "; run sluice fleet init of this Sluice");
    }
    if (version > SCRIPTS.size()
        && number(connection, "SELECT sluice.oldest_client()") > SCRIPTS.size()) {
      throw new WrongVersionException(
          "its tables are of version "
              + version
              + ", this Sluice knows up to "
              + SCRIPTS.size()
              + "; update this gateway");
    }
  }

  private static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getInt(1);
    }
  }
}
