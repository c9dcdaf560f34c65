package io.sluice.engine.alarm;

import io.sluice.api.Lane;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolEntry;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Records on their way from the book into the spool: written in the transaction that changes the
 * book, deleted once the spool has them on disk. {@value #WAITING_MAX} wait at most, further ones
 * are left out. Used by the alarm thread.
 */
final class AlarmOutbox {
  static final int WAITING_MAX = 100_000;
  private static final int AT_ONCE = 256;

  /** A record that waits. */
  private record Waiting(long id, long receivedMicros, byte[] body) {}

  private final AlarmDatabase database;
  private final Spool spool;

  /** Ids that are on disk; never more than wait. */
  private final Queue<Long> stored = new ConcurrentLinkedQueue<>();

  private volatile boolean isRetrying;
  private long givenUpTo;

  AlarmOutbox(AlarmDatabase database, Spool spool) {
    this.database = database;
    this.spool = spool;
  }

  /** Part of the caller's transaction. False where too many wait. */
  static boolean add(AlarmTable table, long receivedMicros, byte[] body) throws SQLException {
    if (table.waiting() >= WAITING_MAX) {
      return false;
    }
    table.await(receivedMicros, body);
    return true;
  }

  /**
   * Forgets what a former process stored and could not take down any more; before the first {@link
   * #flush}, so that nothing goes into the spool twice.
   *
   * @param newest of the alarm lane
   */
  void forgetStored(List<Spool.StoredEntry> newest) {
    Set<ByteBuffer> bodies = new HashSet<>();
    newest.forEach(entry -> bodies.add(ByteBuffer.wrap(entry.body())));
    database.transact(connection -> {
      AlarmTable table = new AlarmTable(connection);
      for (long after = 0; after >= 0; ) {
        List<Waiting> some = waiting(connection, after);
        for (Waiting each : some) {
          if (bodies.contains(ByteBuffer.wrap(each.body()))) {
            table.update("DELETE FROM outbox WHERE id = ?", each.id());
          }
        }
        after = some.isEmpty() ? -1 : some.getLast().id();
      }
      return null;
    });
  }

  /** The table was begun anew, and its numbers with it. */
  void begunAnew() {
    stored.clear();
    givenUpTo = 0;
  }

  /** Forgets what is stored, hands the spool what waits, as much of it as it takes. */
  void flush() {
    if (isRetrying) {
      isRetrying = false;
      givenUpTo = 0;
    }
    List<Waiting> waiting;
    do {
      Set<Long> settled = Set.copyOf(stored);
      waiting = database.transact(connection -> settle(connection, settled));
      stored.removeAll(settled); // once their rows are gone: a failed transaction tries them again
    } while (give(waiting) && waiting.size() == AT_ONCE);
  }

  /** False where the spool is full or closed: the next second tries again. */
  private boolean give(List<Waiting> waiting) {
    for (Waiting each : waiting) {
      if (!spool.append(new Entry(each))) {
        return false;
      }
      givenUpTo = each.id();
    }
    return true;
  }

  private List<Waiting> settle(Connection connection, Set<Long> settled) throws SQLException {
    AlarmTable table = new AlarmTable(connection);
    for (long id : settled) {
      table.update("DELETE FROM outbox WHERE id = ?", id);
    }
    return waiting(connection, givenUpTo);
  }

  private static List<Waiting> waiting(Connection connection, long after) throws SQLException {
    List<Waiting> waiting = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, received, body FROM outbox WHERE id > ? ORDER BY id LIMIT " + AT_ONCE)) {
      select.setLong(1, after);
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
