package io.sluice.store.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/** The roles of a fleet's database: as SQL for its administrator, and given to its users. */
public final class PostgresRoles {
  /** What a gateway's user is a member of. */
  public static final String GATEWAY = "sluice_gateway";

  /** What the user of the fleet's view is a member of. */
  public static final String VIEW = "sluice_fleet";

  /** The region of a user who is in each. */
  public static final String EVERY_REGION = "*";

  private PostgresRoles() {}

  /**
   * A user of the database, and what it is to be.
   *
   * @param role {@link #GATEWAY} or {@link #VIEW}
   * @param region whose devices it sees, {@link #EVERY_REGION} for those of all
   */
  public record User(String name, String role, String region) {}

  /** The script; it may be run again. */
  public static String sql() throws IOException {
    try (InputStream script = PostgresRoles.class.getResourceAsStream("roles.sql")) {
      if (script == null) {
        throw new IOException("roles.sql is missing from the program; install it anew");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Makes the roles, gives them their rights, and makes users members of them, all or nothing.
   * Doing it again changes nothing.
   *
   * @param database of the tables' owner; it has to be allowed to make roles where they are not
   *     there
   * @param users who are there already
   * @throws SQLException where PostgreSQL does not do it, and where a user is not there
   */
  public static void give(DataSource database, List<User> users) throws IOException, SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      // two that do it at once: PostgreSQL refuses the second change of a role
      statement.execute("SELECT pg_advisory_xact_lock(hashtext('sluice.roles'))");
      statement.execute(sql());
      for (User user : users) {
        if (!isThere(connection, user.name())) {
          throw new SQLException(
              "there is no user "
                  + user.name()
                  + "; make it first: CREATE ROLE "
                  + quoted(user.name())
                  + " LOGIN PASSWORD '...'",
              "42704");
        }
        if (!isMember(connection, user)) {
          statement.execute("GRANT " + quoted(user.role()) + " TO " + quoted(user.name()));
        }
        place(connection, user);
      }
      connection.commit();
    }
  }

  private static boolean isThere(Connection connection, String name) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT FROM pg_catalog.pg_roles WHERE rolname = ?")) {
      query.setString(1, name);
      try (ResultSet row = query.executeQuery()) {
        return row.next();
      }
    }
  }

  private static boolean isMember(Connection connection, User user) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT FROM pg_catalog.pg_auth_members WHERE roleid = ?::text::regrole"
                + " AND member = ?::text::regrole")) {
      query.setString(1, quoted(user.role()));
      query.setString(2, quoted(user.name()));
      try (ResultSet row = query.executeQuery()) {
        return row.next();
      }
    }
  }

  private static void place(Connection connection, User user) throws SQLException {
    try (PreparedStatement change =
        connection.prepareStatement(
            "INSERT INTO sluice.gateway_role (role, region) VALUES (?, ?)"
                + " ON CONFLICT (role) DO UPDATE SET region = excluded.region")) {
      change.setString(1, user.name());
      change.setString(2, user.region());
      change.executeUpdate();
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
