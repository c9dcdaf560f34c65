package io.sluice.engine.registry;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ids of devices that were removed while they were revoked or retired. What they have shown before,
 * a certificate of a just-in-time authority or a claim token, may still be good: it does not bring
 * them back. Who registers the id by hand lifts that.
 *
 * <p>Holds the latest {@value #MAX_IDS}; the table {@code barred_device} has them on disk. Look-ups
 * take no lock; changes are serialized by the owner ({@link DeviceRegistry}).
 */
final class BarredDevices {
  static final int MAX_IDS = 1_000_000;

  private final Set<String> ids = ConcurrentHashMap.newKeySet();

  void load(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id FROM barred_device")) {
      while (row.next()) {
        ids.add(row.getString(1));
      }
    }
  }

  boolean contains(String id) {
    return ids.contains(id);
  }

  /** In the transaction of the removal; {@link #barred} follows once that holds. */
  void bar(Connection connection, String id) throws SQLException {
    if (ids.size() >= MAX_IDS) {
      dropOldest(connection);
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT OR REPLACE INTO barred_device (id) VALUES (?)")) {
      insert.setString(1, id);
      insert.executeUpdate();
    }
  }

  private void dropOldest(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "DELETE FROM barred_device WHERE number = (SELECT min(number) FROM barred_device)"
                    + " RETURNING id")) {
      while (row.next()) {
        ids.remove(row.getString(1));
      }
    }
  }

  void barred(String id) {
    ids.add(id);
  }

  /** In the transaction of a registration by hand; {@link #lifted} follows once that holds. */
  void lift(Connection connection, Collection<Registered> entries) throws SQLException {
    List<String> lifted =
        ids.isEmpty()
            ? List.of()
            : entries.stream().map(Registered::id).filter(ids::contains).toList();
    if (lifted.isEmpty()) {
      return;
    }
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM barred_device WHERE id = ?")) {
      for (String id : lifted) {
        delete.setString(1, id);
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  void lifted(Collection<Registered> entries) {
    if (!ids.isEmpty()) {
      entries.forEach(entry -> ids.remove(entry.id()));
    }
  }
}
