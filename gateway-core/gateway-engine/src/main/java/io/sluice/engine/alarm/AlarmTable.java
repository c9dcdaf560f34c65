package io.sluice.engine.alarm;

import io.sluice.api.Cap;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Counts;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.Found;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The table of alarms, by one connection within one transaction. */
final class AlarmTable {
  private static final String OPEN = "state <> 'cleared'";
  static final Cap UNKNOWN = new Cap("Unknown", "Unknown", "Unknown", "Actual");

  /** How grave an alarm is when there is no room for all, as SQL; a drill less than any other. */
  static final String WEIGHT =
      "CASE WHEN status <> 'Actual' THEN -1 ELSE " + AlarmSearch.RANK + " END";

  /** What still has to be told is not deleted; it is given up in a bounded time. */
  private static final String SETTLED = " AND notification IS NOT 'waiting'";

  private final Connection connection;
  private final Set<String> touched = new HashSet<>();
  private final Tally alarms = new Tally("SELECT count(*) FROM alarm WHERE " + OPEN);
  private final Tally outbox = new Tally("SELECT count(*) FROM outbox");

  AlarmTable(Connection connection) {
    this.connection = connection;
  }

  /** Rows of a kind: counted once in a transaction, then kept up. */
  private final class Tally {
    private final String sql;
    private long rows = -1;

    Tally(String sql) {
      this.sql = sql;
    }

    long rows() throws SQLException {
      if (rows < 0) {
        rows = number(sql);
      }
      return rows;
    }

    void add(long more) {
      if (rows >= 0) {
        rows += more;
      }
    }
  }

  /**
   * An alarm.
   *
   * @param observedMicros what its device's clock said of it last, where that is good; else 0
   * @param knownMicros of what order the last is that is known of it
   */
  record Row(AlarmView view, long observedMicros, long knownMicros) {}

  /** The newest alarm that the signal is of, open or cleared; null where there is none. */
  @Nullable Row newest(Signal signal) throws SQLException {
    List<Row> rows =
        query(
            "SELECT * FROM alarm WHERE kind = ? AND device = ? AND name = ? AND point = ?"
                + " ORDER BY id DESC LIMIT 1",
            signal.kind().label(),
            signal.device(),
            signal.name(),
            signal.point());
    return rows.isEmpty() ? null : rows.getFirst();
  }

  @Nullable AlarmView get(long id) throws SQLException {
    List<Row> rows = query("SELECT * FROM alarm WHERE id = ?", id);
    return rows.isEmpty() ? null : rows.getFirst().view();
  }

  /** See {@link io.sluice.api.operator.AlarmService#find}. */
  Found find(Filter filter) throws SQLException {
    AlarmSearch search = AlarmSearch.of(filter);
    List<AlarmView> views = new ArrayList<>();
    query(search.page(), search.pageValues()).forEach(row -> views.add(row.view()));
    boolean isLast = views.size() <= filter.limit();
    List<AlarmView> page = isLast ? views : views.subList(0, filter.limit());
    Map<String, Long> severities = new TreeMap<>();
    long total = 0;
    try (PreparedStatement statement = prepared(search.counts(), search.values());
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        severities.put(row.getString(1), row.getLong(2));
        total += row.getLong(2);
      }
    }
    return new Found(
        List.copyOf(page), isLast ? null : search.cursor(page.getLast()), total, severities);
  }

  /** Open alarms of a kind, oldest first. */
  List<AlarmView> open(Kind kind) throws SQLException {
    return query("SELECT * FROM alarm WHERE kind = ? AND " + OPEN + " ORDER BY id", kind.label())
        .stream()
        .map(Row::view)
        .toList();
  }

  /** Notes that the signal may change what is open of its device. */
  void touched(Signal signal) {
    if (signal.kind() == Kind.DEVICE) {
      touched.add(signal.device());
    }
  }

  /** {@link #openKeys} of each device that was touched. */
  Map<String, Set<String>> openKeysOfTouched() throws SQLException {
    Map<String, Set<String>> keys = new HashMap<>();
    for (String device : touched) {
      keys.put(device, openKeys(device));
    }
    return keys;
  }

  /** Names and points of a device's own open alarms, as {@link Signal#key}. */
  Set<String> openKeys(String device) throws SQLException {
    Set<String> keys = new HashSet<>();
    for (Row row :
        query("SELECT * FROM alarm WHERE kind = 'device' AND device = ? AND " + OPEN, device)) {
      keys.add(Signal.key(row.view().name(), row.view().point()));
    }
    return keys;
  }

  /** When the device last said that this alarm is over though it was not open; 0 for never. */
  long allClear(Signal signal) throws SQLException {
    return Math.max(
        0,
        number(
            "SELECT at FROM all_clear WHERE device = ? AND name = ? AND point = ?",
            signal.device(),
            signal.name(),
            signal.point()));
  }

  void keepAllClear(Signal signal) throws SQLException {
    update(
        "INSERT INTO all_clear VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
        signal.device(),
        signal.name(),
        signal.point(),
        signal.when());
  }

  /**
   * Active alarms that wait since then or longer and are not escalated, oldest first; 256 at most.
   */
  List<AlarmView> waiting(String severity, long untilMicros) throws SQLException {
    return query(
            "SELECT * FROM alarm WHERE state = 'active' AND escalated IS NULL AND waits <= ?"
                + " AND severity = ? AND urgency <> 'Past' ORDER BY waits LIMIT 256",
            untilMicros,
            severity)
        .stream()
        .map(Row::view)
        .toList();
  }

  /**
   * The open alarm of a kind that is the first to make room: the least grave, of these one that is
   * acknowledged, of these the newest; null where there is none.
   *
   * @param device whose, or null for any device's
   */
  @Nullable Row least(Kind kind, @Nullable String device) throws SQLException {
    String of = device == null ? "kind = 'device' AND ?1 = ?1" : "kind = ?1 AND device = ?2";
    List<Object> values = device == null ? List.of(1) : List.of(kind.label(), device);
    List<Row> rows =
        query(
            "SELECT * FROM alarm WHERE "
                + of
                + " AND "
                + OPEN
                + " ORDER BY "
                + WEIGHT
                + ", state, id DESC LIMIT 1",
            values.toArray());
    return rows.isEmpty() ? null : rows.getFirst();
  }

  long openOf(Kind kind, String device) throws SQLException {
    return number(
        "SELECT count(*) FROM alarm WHERE kind = ? AND device = ? AND " + OPEN,
        kind.label(),
        device);
  }

  /** How many alarms are open. */
  long open() throws SQLException {
    return alarms.rows();
  }

  /** How many records wait for the spool. */
  long waiting() throws SQLException {
    return outbox.rows();
  }

  void await(long receivedMicros, byte[] body) throws SQLException {
    outbox.add(update("INSERT INTO outbox (received, body) VALUES (?, ?)", receivedMicros, body));
  }

  /** Open alarms by severity, those that there are. */
  Map<String, Long> severities() throws SQLException {
    Map<String, Long> severities = new TreeMap<>();
    try (PreparedStatement statement =
            prepared("SELECT severity, count(*) FROM alarm WHERE " + OPEN + " GROUP BY severity");
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        severities.put(row.getString(1), row.getLong(2));
      }
    }
    return severities;
  }

  Counts counts() throws SQLException {
    long open = open();
    long acknowledged =
        number("SELECT count(*) FROM alarm WHERE " + OPEN + " AND state = 'acknowledged'");
    return new Counts(open - acknowledged, acknowledged);
  }

  void insert(Signal signal, long nowMicros) throws SQLException {
    Cap cap = signal.said().over(UNKNOWN);
    alarms.add(
        update(
            "INSERT INTO alarm (kind, device, sector, site, model, name, point, severity, urgency,"
                + " certainty, status, state, raised, waits, observed, known, text)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, ?, ?, ?)",
            signal.kind().label(),
            signal.device(),
            signal.sector(),
            signal.site(),
            signal.model(),
            signal.name(),
            signal.point(),
            cap.severity(),
            cap.urgency(),
            cap.certainty(),
            cap.status(),
            nowMicros,
            nowMicros,
            signal.ownMicros(),
            signal.when(),
            signal.text()));
  }

  /** What the source says now takes the place of what it said. */
  void renew(long id, Signal signal, Cap cap) throws SQLException {
    update(
        "UPDATE alarm SET sector = ?, site = ?, model = ?, severity = ?, urgency = ?,"
            + " certainty = ?, status = ?, observed = ?, known = max(known, ?), text = ?"
            + " WHERE id = ?",
        signal.sector(),
        signal.site(),
        signal.model(),
        cap.severity(),
        cap.urgency(),
        cap.certainty(),
        cap.status(),
        signal.ownMicros(),
        signal.when(),
        signal.text(),
        id);
  }

  /**
   * An alarm that became graver wants to be seen again. Its escalation begins anew, unless it still
   * waits for it: an alarm that comes and goes between two severities would wait for ever.
   */
  void reactivate(long id, long nowMicros) throws SQLException {
    update(
        "UPDATE alarm SET waits = CASE WHEN state = 'active' AND escalated IS NULL"
            + " AND urgency <> 'Past' THEN waits ELSE ? END,"
            + " state = 'active', acknowledged = NULL, acknowledged_by = NULL, escalated = NULL"
            + " WHERE id = ?",
        nowMicros,
        id);
  }

  void acknowledge(long id, long nowMicros, String by, @Nullable String note) throws SQLException {
    update(
        "UPDATE alarm SET state = 'acknowledged', acknowledged = ?, acknowledged_by = ?"
            + " WHERE id = ? AND state = 'active'",
        nowMicros,
        by,
        id);
    note(id, note);
  }

  /** What somebody has to say of an alarm, in whatever state it is; null says nothing. */
  private void note(long id, @Nullable String note) throws SQLException {
    if (note != null) {
      update("UPDATE alarm SET note = ? WHERE id = ?", note, id);
    }
  }

  void clear(long id, long nowMicros, String by, @Nullable String note) throws SQLException {
    AlarmView alarm = get(id);
    if (alarm != null && alarm.kind() == Kind.DEVICE && alarm.device() != null) {
      touched.add(alarm.device());
    }
    alarms.add(
        -update(
            "UPDATE alarm SET state = 'cleared', cleared = ?, cleared_by = ? WHERE id = ? AND "
                + OPEN,
            nowMicros,
            by,
            id));
    note(id, note);
  }

  /** Open alarms of a device, of every kind. */
  List<AlarmView> openOf(String device) throws SQLException {
    return query("SELECT * FROM alarm WHERE device = ? AND " + OPEN + " ORDER BY id", device)
        .stream()
        .map(Row::view)
        .toList();
  }

  /** The device of these alarms is of another group now. */
  void moved(String device, String sector, String site, String model) throws SQLException {
    update(
        "UPDATE alarm SET sector = ?, site = ?, model = ? WHERE device = ? AND " + OPEN,
        sector,
        site,
        model,
        device);
  }

  void known(long id, Signal signal) throws SQLException {
    update(
        "UPDATE alarm SET observed = ?, known = max(known, ?) WHERE id = ?",
        signal.ownMicros(),
        signal.when(),
        id);
  }

  /**
   * @param notification what is to become of it at the webhook, or null
   */
  void escalated(long id, long nowMicros, @Nullable String notification) throws SQLException {
    update(
        "UPDATE alarm SET escalated = ?, notification = ?, notified = ?, tried = 0 WHERE id = ?",
        nowMicros,
        notification,
        notification == null ? null : nowMicros,
        id);
  }

  /** Deletes cleared alarms: those over since before then, and the oldest of those too many. */
  void prune(long clearedBeforeMicros, long most) throws SQLException {
    update(
        "DELETE FROM alarm WHERE state = 'cleared' AND cleared < ?" + SETTLED, clearedBeforeMicros);
    update(
        "DELETE FROM alarm WHERE id IN (SELECT id FROM alarm WHERE state = 'cleared'"
            + SETTLED
            + " ORDER BY cleared LIMIT max(0, (SELECT count(*) FROM alarm) - ?))",
        most);
    update("DELETE FROM all_clear WHERE at < ?", clearedBeforeMicros);
    update(
        "DELETE FROM all_clear WHERE (device, name, point) IN (SELECT device, name, point"
            + " FROM all_clear ORDER BY at LIMIT max(0, (SELECT count(*) FROM all_clear) - ?))",
        most);
  }

  /** Answers the number of rows that it touched. */
  int update(String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(sql, values)) {
      return statement.executeUpdate();
    }
  }

  long number(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(sql, values);
        ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getLong(1) : -1;
    }
  }

  List<Row> query(String sql, Object... values) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement statement = prepared(sql, values);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        rows.add(row(row));
      }
    }
    return rows;
  }

  /** Calls with the first column of each row. */
  void forEachText(String sql, Consumer<String> consumer) throws SQLException {
    try (PreparedStatement statement = prepared(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        consumer.accept(row.getString(1));
      }
    }
  }

  private PreparedStatement prepared(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  private static Row row(ResultSet row) throws SQLException {
    String device = row.getString("device");
    AlarmView view =
        new AlarmView(
            row.getLong("id"),
            device.isEmpty() ? null : device,
            row.getString("sector"),
            row.getString("site"),
            row.getString("model"),
            Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
            row.getString("name"),
            row.getString("point"),
            row.getString("severity"),
            row.getString("urgency"),
            row.getString("certainty"),
            row.getString("status"),
            State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
            row.getLong("raised"),
            micros(row, "acknowledged"),
            row.getString("acknowledged_by"),
            micros(row, "cleared"),
            row.getString("cleared_by"),
            micros(row, "escalated"),
            row.getString("notification"),
            micros(row, "notified"),
            row.getString("text"),
            row.getString("note"));
    return new Row(view, row.getLong("observed"), row.getLong("known"));
  }

  private static @Nullable Long micros(ResultSet row, String column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? null : micros;
  }
}
