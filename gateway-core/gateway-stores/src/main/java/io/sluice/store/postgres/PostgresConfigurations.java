package io.sluice.store.postgres;

import io.sluice.api.fleet.ConfigurationStore;
import io.sluice.api.store.StoreUnavailableException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The fleet's configurations in PostgreSQL: their tables are of {@code V3} and {@code V5}. */
public final class PostgresConfigurations implements ConfigurationStore {
  /** What is told when a version is pushed; its payload is the version. */
  public static final String CHANNEL = "sluice_configuration";

  private static final String VERSION =
      "version, pushed_by, pushed_at, note, gateways, region, trial_seconds, sha256, restart,"
          + " released";

  private final DataSource database;

  public PostgresConfigurations(DataSource database) {
    this.database = database;
  }

  /** What is done with a connection. */
  private interface Work<T extends @Nullable Object> {
    T with(Connection connection) throws SQLException;
  }

  private <T extends @Nullable Object> T in(Work<T> work) {
    try (Connection connection = database.getConnection()) {
      return work.with(connection);
    } catch (SQLException e) {
      throw new StoreUnavailableException(
          "the fleet's configurations cannot be read or written: " + e.getMessage(), e);
    }
  }

  @Override
  public Version push(Pushed pushed) {
    return in(connection -> {
      connection.setAutoCommit(false);
      try (Statement lock = connection.createStatement()) {
        // so that versions are seen in their order: a gateway that has the newer looks for no
        // older;
        // no lock of the table, for which a user would have to be able to change what is there
        lock.execute("select pg_advisory_xact_lock(hashtextextended('sluice.configuration', 0))");
      }
      Version version = insert(connection, pushed);
      try (PreparedStatement insert =
          connection.prepareStatement(
              "insert into sluice.configuration_file (version, path, content) values (?, ?, ?)")) {
        for (Map.Entry<String, byte[]> file : pushed.files().entrySet()) {
          insert.setLong(1, version.version());
          insert.setString(2, file.getKey());
          insert.setBytes(3, file.getValue());
          insert.addBatch();
        }
        insert.executeBatch();
      }
      wake(connection, version.version());
      connection.commit();
      return version;
    });
  }

  private static void wake(Connection connection, long version) throws SQLException {
    try (PreparedStatement tell = connection.prepareStatement("select pg_notify(?, ?)")) {
      tell.setString(1, CHANNEL);
      tell.setString(2, String.valueOf(version));
      tell.execute();
    }
  }

  @Override
  public void release(long version, @Nullable List<String> gateways) {
    in(connection -> {
      try (PreparedStatement update =
          connection.prepareStatement(
              "update sluice.configuration set released = ? where version = ?")) {
        update.setArray(1, array(connection, gateways));
        update.setLong(2, version);
        update.executeUpdate();
      }
      wake(connection, version);
      return version;
    });
  }

  private static @Nullable Array array(Connection connection, @Nullable List<String> texts)
      throws SQLException {
    return texts == null ? null : connection.createArrayOf("text", texts.toArray(String[]::new));
  }

  private static Version insert(Connection connection, Pushed pushed) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into sluice.configuration"
                + " (pushed_by, note, gateways, region, trial_seconds, sha256, restart, released)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?) returning "
                + VERSION)) {
      insert.setString(1, pushed.by());
      insert.setString(2, pushed.note());
      insert.setArray(3, array(connection, pushed.audience().gateways()));
      insert.setString(4, pushed.audience().region());
      insert.setInt(5, pushed.trialSeconds());
      insert.setString(6, sha256(pushed.files()));
      insert.setBoolean(7, pushed.restart());
      insert.setArray(8, array(connection, pushed.released()));
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return version(row);
      }
    }
  }

  @Override
  public @Nullable Offer newest(String gateway, @Nullable String region, long known) {
    return this.<@Nullable Offer>in(connection -> {
      try (PreparedStatement select =
          connection.prepareStatement(
              "select "
                  + VERSION
                  + " from sluice.configuration where version > ?"
                  + " and (gateways = '{}' or ? = any (gateways))"
                  + " and (region is null or region = ?)"
                  + " and (released is null or ? = any (released))"
                  + " order by version desc limit 1")) {
        select.setLong(1, known);
        select.setString(2, gateway);
        select.setString(3, region);
        select.setString(4, gateway);
        try (ResultSet row = select.executeQuery()) {
          if (!row.next()) {
            return null;
          }
          Version version = version(row);
          return new Offer(version, files(connection, version.version()));
        }
      }
    });
  }

  @Override
  public void tell(String gateway, long version, Step step, String detail) {
    in(connection -> {
      try (PreparedStatement upsert =
          connection.prepareStatement(
              "insert into sluice.configuration_report (gateway, version, step, detail)"
                  + " values (?, ?, ?, ?) on conflict (gateway, version) do update"
                  + " set step = excluded.step, detail = excluded.detail, said_at = now()")) {
        upsert.setString(1, gateway);
        upsert.setLong(2, version);
        upsert.setString(3, step.name());
        upsert.setString(4, detail);
        return upsert.executeUpdate();
      }
    });
  }

  @Override
  public @Nullable Version version(long version) {
    return this.<@Nullable Version>in(connection -> {
      try (PreparedStatement select =
          connection.prepareStatement(
              "select " + VERSION + " from sluice.configuration where version = ?")) {
        select.setLong(1, version);
        try (ResultSet row = select.executeQuery()) {
          return row.next() ? version(row) : null;
        }
      }
    });
  }

  @Override
  public List<Version> versions(int limit) {
    return in(connection -> {
      try (PreparedStatement select =
          connection.prepareStatement(
              "select " + VERSION + " from sluice.configuration order by version desc limit ?")) {
        select.setInt(1, limit);
        try (ResultSet row = select.executeQuery()) {
          List<Version> versions = new ArrayList<>();
          while (row.next()) {
            versions.add(version(row));
          }
          return versions;
        }
      }
    });
  }

  @Override
  public @Nullable SortedMap<String, byte[]> files(long version) {
    return this.<@Nullable SortedMap<String, byte[]>>in(connection -> {
      SortedMap<String, byte[]> files = files(connection, version);
      return files.isEmpty() ? null : files;
    });
  }

  private static SortedMap<String, byte[]> files(Connection connection, long version)
      throws SQLException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "select path, content from sluice.configuration_file where version = ?")) {
      select.setLong(1, version);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          files.put(row.getString(1), row.getBytes(2));
        }
      }
    }
    return files;
  }

  @Override
  public List<Report> reports(long version) {
    return in(connection -> {
      try (PreparedStatement select =
          connection.prepareStatement(
              "select distinct on (gateway) gateway, version, step, detail, said_at, pushed_by,"
                  + " pushed_at from sluice.configuration_report"
                  + " join sluice.configuration using (version) where ? in (0, version)"
                  + " order by gateway, version desc")) {
        select.setLong(1, version);
        try (ResultSet row = select.executeQuery()) {
          List<Report> reports = new ArrayList<>();
          while (row.next()) {
            reports.add(
                new Report(
                    row.getString(1),
                    row.getLong(2),
                    Step.valueOf(row.getString(3)),
                    row.getString(4),
                    Queries.time(row, "said_at"),
                    row.getString(6),
                    Queries.time(row, "pushed_at")));
          }
          return reports;
        }
      }
    });
  }

  private static Version version(ResultSet row) throws SQLException {
    return new Version(
        row.getLong(1),
        row.getString(2),
        Queries.time(row, "pushed_at"),
        row.getString(4),
        new Audience(texts(row.getArray(5)), row.getString(6)),
        row.getInt(7),
        row.getString(8),
        row.getBoolean(9),
        released(row.getArray(10)));
  }

  private static @Nullable List<String> released(@Nullable Array array) throws SQLException {
    return array == null ? null : texts(array);
  }

  private static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }

  /** Over names and contents in the order of the names. */
  static String sha256(SortedMap<String, byte[]> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.forEach((name, content) -> {
        digest.update((name + "\0" + content.length + "\0").getBytes(StandardCharsets.UTF_8));
        digest.update(content);
      });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
