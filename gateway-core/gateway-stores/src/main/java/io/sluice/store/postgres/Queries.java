package io.sluice.store.postgres;

import io.sluice.api.fleet.OutcomeUnknownException;
import io.sluice.api.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Runs one statement at a time, each in a transaction of its own. Thread-safe. */
final class Queries {
  private static final int TIMEOUT_SECONDS = 10;

  private final DataSource database;

  Queries(DataSource database) {
    this.database = database;
  }

  /** Reads a row. */
  interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /** What the statement returns. */
  <T> List<T> all(String sql, Row<T> reader, @Nullable Object... parameters) {
    boolean asked = false;
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      connection.setAutoCommit(true);
      statement.setQueryTimeout(TIMEOUT_SECONDS);
      for (int at = 0; at < parameters.length; at++) {
        bind(connection, statement, at + 1, parameters[at]);
      }
      List<T> rows = new ArrayList<>();
      asked = true;
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rows.add(reader.of(row));
        }
      }
      return rows;
    } catch (SQLException e) {
      String sentence = PostgresFault.sentence(e, "in PostgreSQL");
      throw asked && isLost(e)
          ? new OutcomeUnknownException(sentence, e)
          : new StoreUnavailableException(sentence, e);
    }
  }

  /** Whether the connection ended, or the server with it, so that nobody knows what was done. */
  private static boolean isLost(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || state.startsWith("57") || state.startsWith("58");
  }

  /** The first row, null where there is none. */
  <T> @Nullable T first(String sql, Row<T> reader, @Nullable Object... parameters) {
    List<T> rows = all(sql, reader, parameters);
    return rows.isEmpty() ? null : rows.getFirst();
  }

  private static void bind(
      Connection connection, PreparedStatement statement, int at, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case String[] texts -> statement.setArray(at, connection.createArrayOf("text", texts));
      case Long[] numbers -> statement.setArray(at, connection.createArrayOf("bigint", numbers));
      case Integer[] numbers ->
          statement.setArray(at, connection.createArrayOf("integer", numbers));
      case Boolean[] flags -> statement.setArray(at, connection.createArrayOf("boolean", flags));
      case byte[] bytes -> statement.setBytes(at, bytes);
      case null, default -> statement.setObject(at, value);
    }
  }

  /** A column of time as microseconds since the epoch, null where it has none. */
  static @Nullable Long micros(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null
        ? null
        : Long.valueOf(time.toEpochSecond() * 1_000_000 + time.getNano() / 1_000);
  }

  /** As {@link #micros}, of a column that always has one. */
  static long time(ResultSet row, String column) throws SQLException {
    Long micros = micros(row, column);
    return micros == null ? 0 : micros;
  }
}
