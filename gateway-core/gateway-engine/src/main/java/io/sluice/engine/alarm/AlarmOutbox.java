package io.sluice.engine.alarm;

import io.sluice.api.Lane;
import io.sluice.engine.spool.Spool;
import io.sluice.engine.spool.SpoolEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Records on their way from the book into the spool: written in the transaction that changes the
 * book, deleted once the spool has them on disk. At least once; {@value #WAITING_MAX} wait at most,
 * the newest are then left out and counted. Used by the alarm thread.
 */
final class AlarmOutbox {
  static final int WAITING_MAX = 10_000;
  private static final int AT_ONCE = 256;

  /** A record that waits. */
  private record Waiting(long id, long receivedMicros, byte[] body) {}

  private final AlarmDatabase database;
  private final Spool spool;

  /** Ids that are on disk; at most {@value #AT_ONCE} as no more are given to the spool at once. */
  private final Queue<Long> stored = new ConcurrentLinkedQueue<>();

  private volatile boolean isRetrying;
  private long givenUpTo;

  AlarmOutbox(AlarmDatabase database, Spool spool) {
    this.database = database;
    this.spool = spool;
  }

  /** Part of the caller's transaction. False where too many wait. */
  static boolean add(AlarmTable table, long receivedMicros, byte[] body) throws SQLException {
    if (table.number("SELECT count(*) FROM outbox") >= WAITING_MAX) {
      return false;
    }
    table.update("INSERT INTO outbox (received, body) VALUES (?, ?)", receivedMicros, body);
    return true;
  }

  /** Forgets what is stored, hands the spool what waits. True where there was something to do. */
  boolean flush() {
    if (isRetrying) {
      isRetrying = false;
      givenUpTo = 0;
    }
    List<Waiting> waiting = database.transact(this::settle);
    for (Waiting each : waiting) {
      if (!spool.append(new Entry(each))) {
        break;
      }
      givenUpTo = each.id();
    }
    return !waiting.isEmpty();
  }

  private List<Waiting> settle(Connection connection) throws SQLException {
    AlarmTable table = new AlarmTable(connection);
    for (Long id = stored.poll(); id != null; id = stored.poll()) {
      table.update("DELETE FROM outbox WHERE id = ?", id);
    }
    List<Waiting> waiting = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, received, body FROM outbox WHERE id > ? ORDER BY id LIMIT " + AT_ONCE)) {
      select.setLong(1, givenUpTo);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          waiting.add(new Waiting(row.getLong(1), row.getLong(2), row.getBytes(3)));
        }
      }
    }
    return waiting;
  }

  private final class Entry implements SpoolEntry {
    private final Waiting waiting;

    Entry(Waiting waiting) {
      this.waiting = waiting;
    }

    @Override
    public Lane lane() {
      return Lane.ALARM;
    }

    @Override
    public byte[] body() {
      return waiting.body();
    }

    @Override
    public long receivedMicros() {
      return waiting.receivedMicros();
    }

    @Override
    public void stored(long sequence) {
      stored.add(waiting.id());
    }

    @Override
    public void failed(String cause) {
      isRetrying = true;
    }
  }
}
