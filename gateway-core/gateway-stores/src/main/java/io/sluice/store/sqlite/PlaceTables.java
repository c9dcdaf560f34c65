package io.sluice.store.sqlite;

import io.sluice.api.store.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The tables {@code barred_device} and {@code known_place} in SQL, which keep the latest rows, and
 * {@code followed}, which has one or none.
 */
final class PlaceTables {
  private PlaceTables() {}

  static void loadBarred(Connection connection, Consumer<String> consumer) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id FROM barred_device ORDER BY number")) {
      while (row.next()) {
        consumer.accept(row.getString(1));
      }
    }
  }

  /**
   * @param dropped takes the ids that are too many now
   */
  static void bar(Statements statements, String id, int keep, Consumer<String> dropped)
      throws SQLException {
    statements.update("INSERT OR REPLACE INTO barred_device (id) VALUES (?)", id);
    long count;
    try (ResultSet row = statements.of("SELECT count(*) FROM barred_device").executeQuery()) {
      count = row.getLong(1);
    }
    if (count <= keep) {
      return;
    }
    PreparedStatement delete =
        statements.of(
            "DELETE FROM barred_device WHERE number IN"
                + " (SELECT number FROM barred_device ORDER BY number LIMIT ?) RETURNING id");
    delete.setLong(1, count - keep);
    try (ResultSet row = delete.executeQuery()) {
      while (row.next()) {
        dropped.accept(row.getString(1));
      }
    }
  }

  static void unbar(Statements statements, String id) throws SQLException {
    statements.update("DELETE FROM barred_device WHERE id = ?", id);
  }

  static void loadPlaces(Connection connection, LongConsumer consumer) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT digest FROM known_place ORDER BY number DESC")) {
      while (row.next()) {
        consumer.accept(row.getLong(1));
      }
    }
  }

  static void addPlaces(Statements statements, List<Long> digests, int keep) throws SQLException {
    PreparedStatement insert =
        statements.of(
            "INSERT OR REPLACE INTO known_place (number, digest) VALUES"
                + " ((SELECT coalesce(max(number), 0) + 1 FROM known_place), ?)");
    for (long digest : digests) {
      insert.setLong(1, digest);
      insert.executeUpdate();
    }
    PreparedStatement trim =
        statements.of(
            "DELETE FROM known_place WHERE number <= (SELECT max(number) FROM known_place) - ?");
    trim.setInt(1, keep);
    trim.executeUpdate();
  }

  static void loadFollowed(Connection connection, Consumer<Step.FollowTo> consumer)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT registry, revision, scope FROM followed")) {
      if (row.next()) {
        consumer.accept(new Step.FollowTo(row.getString(1), row.getLong(2), row.getString(3)));
      }
    }
  }

  static void followTo(Statements statements, Step.FollowTo place) throws SQLException {
    PreparedStatement replace =
        statements.of(
            "INSERT OR REPLACE INTO followed (id, registry, revision, scope) VALUES (1, ?, ?, ?)");
    replace.setString(1, place.registry());
    replace.setLong(2, place.revision());
    replace.setString(3, place.scope());
    replace.executeUpdate();
  }
}
