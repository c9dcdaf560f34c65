package io.sluice.store.sqlite;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables {@code device} and {@code seed_entry} in SQL. */
final class DeviceTable {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceTable.class);
  private static final String UPSERT =
      "INSERT INTO device (id, profile, sector, site, interval_ms, parent, planned,"
          + " commissioned, retired, password_hash, token_hash, psk_identity, psk_key, certificate,"
          + " public_key, certificate_authority, secret, timezone)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (id) DO UPDATE SET profile = excluded.profile, sector = excluded.sector,"
          + " site = excluded.site, interval_ms = excluded.interval_ms, parent = excluded.parent,"
          + " planned = excluded.planned, commissioned = excluded.commissioned,"
          + " retired = excluded.retired, password_hash = excluded.password_hash,"
          + " token_hash = excluded.token_hash, psk_identity = excluded.psk_identity,"
          + " psk_key = excluded.psk_key, certificate = excluded.certificate,"
          + " public_key = excluded.public_key,"
          + " certificate_authority = excluded.certificate_authority,"
          + " secret = excluded.secret,"
          + " timezone = excluded.timezone";

  private DeviceTable() {}

  static void load(Connection connection, Consumer<StoredDevice> consumer) throws SQLException {
    Map<String, StoredDevice.Previous> previous = previous(connection);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM device")) {
      while (row.next()) {
        Device device = device(row);
        consumer.accept(
            new StoredDevice(device, credentials(row), previous.get(device.id().value())));
      }
    }
  }

  private static Map<String, StoredDevice.Previous> previous(Connection connection)
      throws SQLException {
    Map<String, StoredDevice.Previous> previous = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM previous_credential")) {
      while (row.next()) {
        previous.put(
            row.getString("id"),
            new StoredDevice.Previous(credentials(row), row.getLong("until_ms")));
      }
    }
    return previous;
  }

  private static Device device(ResultSet row) throws SQLException {
    long intervalMillis = row.getLong("interval_ms");
    Duration interval = row.wasNull() ? null : Duration.ofMillis(intervalMillis);
    String parent = row.getString("parent");
    return new Device(
        new DeviceId(row.getString("id")),
        row.getString("profile").intern(),
        row.getString("sector").intern(),
        row.getString("site").intern(),
        interval,
        parent == null ? null : new DeviceId(parent),
        row.getBoolean("planned"),
        row.getBoolean("commissioned"),
        row.getBoolean("retired"),
        zone(row.getString("timezone")));
  }

  /** Null for none, and for one that this platform does not know any more. */
  private static @Nullable ZoneId zone(@Nullable String name) {
    try {
      return name == null ? null : ZoneId.of(name);
    } catch (DateTimeException e) {
      LOG.warn("the registry has the time zone {}, which is not known here", name);
      return null;
    }
  }

  private static StoredCredentials credentials(ResultSet row) throws SQLException {
    StoredCredentials credentials =
        new StoredCredentials(
            row.getString("password_hash"),
            row.getString("token_hash"),
            row.getString("psk_identity"),
            row.getBytes("psk_key"),
            row.getString("certificate"),
            row.getString("certificate_authority"),
            row.getString("public_key"),
            row.getString("secret"));
    return credentials.none() ? StoredCredentials.NONE : credentials;
  }

  static void insert(Statements statements, StoredDevice device) throws SQLException {
    if (find(statements, device.id()) != null) {
      throw new StoreConflictException("device " + device.id() + " is registered meanwhile");
    }
    save(statements, device);
  }

  static void update(Statements statements, StoredDevice before, StoredDevice after)
      throws SQLException {
    StoredDevice stored = find(statements, before.id());
    if (stored == null || !stored.equals(before.asStored())) {
      throw new StoreConflictException(
          "device "
              + before.id()
              + (stored == null ? " is removed meanwhile" : " is changed meanwhile"));
    }
    save(statements, after);
  }

  private static @Nullable StoredDevice find(Statements statements, String id) throws SQLException {
    PreparedStatement select = statements.of("SELECT * FROM device WHERE id = ?");
    select.setString(1, id);
    try (ResultSet row = select.executeQuery()) {
      return row.next()
          ? new StoredDevice(device(row), credentials(row), previous(statements, id))
          : null;
    }
  }

  private static StoredDevice.@Nullable Previous previous(Statements statements, String id)
      throws SQLException {
    PreparedStatement select = statements.of("SELECT * FROM previous_credential WHERE id = ?");
    select.setString(1, id);
    try (ResultSet row = select.executeQuery()) {
      return row.next()
          ? new StoredDevice.Previous(credentials(row), row.getLong("until_ms"))
          : null;
    }
  }

  static void save(Statements statements, StoredDevice device) throws SQLException {
    PreparedStatement upsert = statements.of(UPSERT);
    bind(upsert, device);
    upsert.executeUpdate();
    statements.update("DELETE FROM previous_credential WHERE id = ?", device.id());
    StoredDevice.Previous previous = device.previous();
    if (previous != null) {
      PreparedStatement insert =
          statements.of(
              "INSERT INTO previous_credential (id, until_ms, password_hash, token_hash,"
                  + " psk_identity, psk_key, certificate, public_key, certificate_authority,"
                  + " secret) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      insert.setString(1, device.id());
      insert.setLong(2, previous.untilMillis());
      bind(insert, 3, previous.credentials());
      insert.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, int first, StoredCredentials credentials)
      throws SQLException {
    statement.setString(first, credentials.passwordHash());
    statement.setString(first + 1, credentials.tokenHash());
    statement.setString(first + 2, credentials.pskIdentity());
    statement.setBytes(first + 3, credentials.pskKey());
    statement.setString(first + 4, credentials.certificate());
    statement.setString(first + 5, credentials.publicKey());
    statement.setString(first + 6, credentials.certificateAuthority());
    statement.setString(first + 7, credentials.secret());
  }

  private static void bind(PreparedStatement upsert, StoredDevice entry) throws SQLException {
    Device device = entry.device();
    upsert.setString(1, entry.id());
    upsert.setString(2, device.profile());
    upsert.setString(3, device.sector());
    upsert.setString(4, device.site());
    Duration interval = device.interval();
    if (interval == null) {
      upsert.setNull(5, Types.INTEGER);
    } else {
      upsert.setLong(5, interval.toMillis());
    }
    DeviceId parent = device.parent();
    upsert.setString(6, parent == null ? null : parent.value());
    upsert.setBoolean(7, device.planned());
    upsert.setBoolean(8, device.commissioned());
    upsert.setBoolean(9, device.retired());
    bind(upsert, 10, entry.credentials());
    ZoneId zone = device.timezone();
    upsert.setString(18, zone == null ? null : zone.getId());
  }

  static void remove(Statements statements, String id) throws SQLException {
    statements.update("DELETE FROM device WHERE id = ?", id);
    statements.update("DELETE FROM previous_credential WHERE id = ?", id);
  }

  static void loadSeedDigests(Connection connection, BiConsumer<String, String> consumer)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id, digest FROM seed_entry")) {
      while (row.next()) {
        consumer.accept(row.getString(1), row.getString(2));
      }
    }
  }

  static void saveSeedDigest(Statements statements, String id, String digest) throws SQLException {
    statements.update("INSERT OR REPLACE INTO seed_entry VALUES (?, ?)", id, digest);
  }
}
