package io.sluice.store.sqlite;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.store.StoredCommand;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The table {@code command} in SQL. */
final class CommandTable {
  private static final String UPSERT =
      "INSERT OR REPLACE INTO command (sequence, id, device, name, content_type, payload,"
          + " created_us, expires_us, state, sent_us, acknowledged_us, reason_code, over)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private CommandTable() {}

  /** In the order of their sequence. */
  static void load(Connection connection, Consumer<StoredCommand> consumer) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM command ORDER BY sequence")) {
      while (row.next()) {
        consumer.accept(row(row));
      }
    }
  }

  private static StoredCommand row(ResultSet row) throws SQLException {
    byte[] payload = row.getBytes("payload");
    Command command =
        new Command(
            row.getString("id"),
            new DeviceId(row.getString("device")),
            row.getString("name"),
            ContentType.valueOf(row.getString("content_type")),
            payload == null ? new byte[0] : payload,
            row.getLong("created_us"),
            row.getLong("expires_us"));
    return new StoredCommand(
        row.getLong("sequence"),
        command,
        State.valueOf(row.getString("state")),
        micros(row, "sent_us"),
        micros(row, "acknowledged_us"),
        row.getObject("reason_code") == null ? null : Integer.valueOf(row.getInt("reason_code")),
        row.getBoolean("over"));
  }

  private static @Nullable Long micros(ResultSet row, String column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? null : micros;
  }

  static void save(Statements statements, StoredCommand command) throws SQLException {
    PreparedStatement upsert = statements.of(UPSERT);
    bind(upsert, command);
    upsert.executeUpdate();
  }

  static void remove(Statements statements, long sequence) throws SQLException {
    PreparedStatement delete = statements.of("DELETE FROM command WHERE sequence = ?");
    delete.setLong(1, sequence);
    delete.executeUpdate();
  }

  /** Ends all that waits for a device, in the transaction that removes it. */
  static void end(Statements statements, String device) throws SQLException {
    statements.update(
        "UPDATE command SET state = 'EXPIRED', payload = NULL, over = 1 WHERE device = ?"
            + " AND over = 0 AND state IN ('QUEUED', 'SENT')",
        device);
  }

  private static void bind(PreparedStatement upsert, StoredCommand row) throws SQLException {
    Command command = row.command();
    upsert.setLong(1, row.sequence());
    upsert.setString(2, command.id());
    upsert.setString(3, command.device().value());
    upsert.setString(4, command.name());
    upsert.setString(5, command.contentType().name());
    upsert.setBytes(6, command.payload());
    upsert.setLong(7, command.createdMicros());
    upsert.setLong(8, command.expiresMicros());
    upsert.setString(9, row.state().name());
    upsert.setObject(10, row.sentMicros());
    upsert.setObject(11, row.acknowledgedMicros());
    upsert.setObject(12, row.reasonCode());
    upsert.setBoolean(13, row.isOver());
  }
}
