package io.sluice.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** The statements of one transaction, each prepared once. Confined to the thread that made it. */
final class Statements implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Statements(Connection connection) {
    this.connection = connection;
  }

  PreparedStatement of(String sql) throws SQLException {
    PreparedStatement known = prepared.get(sql);
    if (known == null) {
      known = connection.prepareStatement(sql);
      prepared.put(sql, known);
    }
    return known;
  }

  /** Runs a statement whose parameters are texts; tells how many rows it changed. */
  int update(String sql, String... parameters) throws SQLException {
    PreparedStatement statement = of(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setString(i + 1, parameters[i]);
    }
    return statement.executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement each : prepared.values()) {
      each.close();
    }
  }
}
