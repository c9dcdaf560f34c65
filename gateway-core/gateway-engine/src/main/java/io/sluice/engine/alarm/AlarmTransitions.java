package io.sluice.engine.alarm;

import io.sluice.api.Cap;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.State;
import io.sluice.engine.normalize.profile.AlarmFields.Word;
import io.sluice.engine.normalize.profile.CapWords;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a signal makes of an alarm: raised, changed, cleared, or nothing; and which alarm makes room
 * where there are too many. Within the caller's transaction. Confined to the caller's lock on the
 * database, except {@link #unknownStates}: any thread.
 */
final class AlarmTransitions {
  /** Who says what a device says. */
  static final String DEVICE = "device";

  /** Open alarms of one device; a name beyond them is not taken into the book. */
  static final int OPEN_PER_DEVICE = 100;

  private static final Logger LOG = LoggerFactory.getLogger(AlarmTransitions.class);
  private static final long LEFT_OUT_PERIOD_MILLIS = 60_000;
  private static final String ACTUAL = "Actual";
  private static final String PAST = "Past";

  /** All-clears of alarms that are not open, between two prunings; further ones are not kept. */
  private static final int ALL_CLEARS_BETWEEN = 10_000;

  private final AlarmSettings settings;
  private final AlarmRecords records;
  private final Clock clock;
  private final AlarmTallies tallies;
  private final AtomicLong unknownStates = new AtomicLong();
  private volatile long leftOutSaidMillis;
  private volatile long unknownSaidMillis;

  /** Of the alarm thread. */
  private int allClears;

  AlarmTransitions(
      AlarmSettings settings, AlarmRecords records, Clock clock, AlarmTallies tallies) {
    this.settings = settings;
    this.records = records;
    this.clock = clock;
    this.tallies = tallies;
  }

  /** What became of an alarm, and its name in the record that goes upstream. */
  private record Change(AlarmView alarm, String event) {}

  /**
   * Applies a signal, and has the upstreams told of what it changed.
   *
   * @param by who says it: {@value #DEVICE} or the gateway
   */
  void take(AlarmTable table, Signal signal, String by) throws SQLException {
    tell(table, apply(table, signal, by));
  }

  private void tell(AlarmTable table, @Nullable Change change) throws SQLException {
    if (change != null) {
      send(table, change.alarm(), change.event());
    }
  }

  /** Applies a signal; answers what it changed, or null. */
  private @Nullable Change apply(AlarmTable table, Signal signal, String by) throws SQLException {
    AlarmTable.Row row = table.newest(signal);
    if (signal.says() == Word.UNKNOWN) {
      unknownState(signal);
      return null;
    }
    if (signal.isPast() && !isNews(table, row, signal)) {
      return null;
    }
    if (row == null || row.view().state() == State.CLEARED) {
      return signal.isOver() ? allClear(table, signal) : raise(table, row, signal);
    }
    AlarmView open = row.view();
    String status = signal.said().status();
    boolean isDrill = status != null && !status.equals(ACTUAL);
    if (isDrill && open.status().equals(ACTUAL)) {
      return null; // a test or drill neither changes nor ends what is actual
    }
    if (signal.isOver()) {
      table.known(open.id(), signal);
      table.clear(open.id(), micros(), by, null);
      return change(table, open.id(), "cleared");
    }
    return renew(table, open, signal);
  }

  /** Back-fill that is older than what is known of its alarm opens and ends nothing. */
  private static boolean isNews(AlarmTable table, AlarmTable.@Nullable Row row, Signal signal)
      throws SQLException {
    long known = row == null ? 0 : row.knownMicros();
    Long cleared = row == null ? null : row.view().clearedMicros();
    if (row != null && cleared != null && !DEVICE.equals(row.view().clearedBy())) {
      known = Math.max(known, cleared);
    }
    return signal.when() > Math.max(known, table.allClear(signal));
  }

  private @Nullable Change allClear(AlarmTable table, Signal signal) throws SQLException {
    if (signal.kind() == Kind.DEVICE && allClears < ALL_CLEARS_BETWEEN) {
      allClears++;
      table.keepAllClear(signal);
    }
    return null;
  }

  private @Nullable Change renew(AlarmTable table, AlarmView open, Signal signal)
      throws SQLException {
    Cap before = new Cap(open.severity(), open.urgency(), open.certainty(), open.status());
    Cap now = signal.said().over(before);
    int graver = CapWords.gravity(now.severity()) - CapWords.gravity(before.severity());
    if (graver < 0 && signal.keepsGrave()) {
      now = new Cap(before.severity(), now.urgency(), now.certainty(), now.status());
    }
    boolean wasPast = before.urgency().equals(PAST);
    if (signal.isPast() || (wasPast && signal.said().urgency() == null)) {
      // back-fill makes nothing past that is live; what is live is past no more
      String urgency = signal.isPast() ? before.urgency() : "Unknown";
      now = new Cap(now.severity(), urgency, now.certainty(), now.status());
    }
    boolean isLive = wasPast && !now.urgency().equals(PAST);
    boolean isActual = !before.status().equals(ACTUAL) && now.status().equals(ACTUAL);
    if (graver > 0 || isLive || isActual) {
      table.reactivate(open.id(), micros());
    }
    table.renew(open.id(), signal, now);
    return now.equals(before) ? null : change(table, open.id(), "changed");
  }

  private static @Nullable Change change(AlarmTable table, long id, String event)
      throws SQLException {
    AlarmView alarm = table.get(id);
    return alarm == null ? null : new Change(alarm, event);
  }

  /** Said once a minute at most, with the word in its message. */
  private void unknownState(Signal signal) {
    unknownStates.incrementAndGet();
    long now = clock.millis();
    if (now - unknownSaidMillis > LEFT_OUT_PERIOD_MILLIS || now < unknownSaidMillis) {
      unknownSaidMillis = now;
      LOG.warn(
          "device {} says of alarm {} {} what is no known state ({}); it stays as it is; list the"
              + " word under alarm-fields: raised or ended in profile {}",
          signal.device(),
          signal.name(),
          signal.point(),
          signal.text(),
          signal.model());
    }
  }

  private @Nullable Change raise(AlarmTable table, AlarmTable.@Nullable Row before, Signal signal)
      throws SQLException {
    if (before != null && isRepeat(before, signal)) {
      return null;
    }
    boolean isOfDevice = !signal.device().isEmpty();
    if (isOfDevice
        && table.openOf(signal.kind(), signal.device()) >= OPEN_PER_DEVICE
        && !makeRoom(table, signal, signal.device())) {
      return null;
    }
    if (table.open() >= settings.keepMost() && !makeRoom(table, signal, null)) {
      return null;
    }
    table.insert(signal, micros());
    AlarmTable.Row raised = table.newest(signal);
    return raised == null ? null : new Change(raised.view(), "raised");
  }

  /** Whether a device repeats what an operator has ended: it has raised nothing since then. */
  private static boolean isRepeat(AlarmTable.Row before, Signal signal) {
    return signal.ownMicros() != 0
        && signal.ownMicros() == before.observedMicros()
        && !DEVICE.equals(before.view().clearedBy());
  }

  /**
   * Of the signal and the open alarms, leaves out the least grave. The gravest stay, and of those
   * alike the oldest that nobody has acknowledged.
   *
   * @param device whose alarms are too many; null where it is the book that is full
   * @return whether there is room for the signal now
   */
  private boolean makeRoom(AlarmTable table, Signal signal, @Nullable String device)
      throws SQLException {
    String cause =
        device == null
            ? settings.keepMost() + " alarms are open"
            : "device " + device + " has " + OPEN_PER_DEVICE + " open alarms";
    (device == null ? tallies.bookFull : tallies.deviceFull).incrementAndGet();
    leftOut(cause + "; the least grave are left out");
    AlarmTable.Row least = table.least(signal.kind(), device);
    if (least == null || !givesWay(least.view(), signal.said().over(AlarmTable.UNKNOWN))) {
      return false;
    }
    String before = least.view().note();
    table.clear(
        least.view().id(),
        micros(),
        "gateway",
        (before == null ? "" : before + "; ") + "made room for a graver one, as " + cause);
    tell(table, change(table, least.view().id(), "cleared"));
    return true;
  }

  private static boolean givesWay(AlarmView open, Cap cap) {
    int difference = weight(cap.severity(), cap.status()) - weight(open.severity(), open.status());
    return difference > 0 || (difference == 0 && open.state() == State.ACKNOWLEDGED);
  }

  private static int weight(String severity, String status) {
    return status.equals(ACTUAL) ? Math.max(0, CapWords.gravity(severity)) : -1;
  }

  /** Said once a minute at most, for a device can send as many names as it likes. */
  private void leftOut(String cause) {
    long now = clock.millis();
    if (now - leftOutSaidMillis > LEFT_OUT_PERIOD_MILLIS || now < leftOutSaidMillis) {
      leftOutSaidMillis = now;
      LOG.warn("{}", cause);
    }
  }

  /** Has the upstreams told of an alarm. */
  void send(AlarmTable table, AlarmView alarm, String event) throws SQLException {
    long now = micros();
    if (!AlarmOutbox.add(table, now, records.encode(alarm, event, now))) {
      tallies.outboxFull.incrementAndGet();
      leftOut(AlarmOutbox.WAITING_MAX + " records of alarms wait for the spool; it gets no more");
    }
  }

  /** What was cleared long ago is deleted: all-clears are kept again. On the alarm thread. */
  void pruned() {
    allClears = 0;
  }

  /** Signals of a state that no profile knows, since the start. */
  long unknownStates() {
    return unknownStates.get();
  }

  private long micros() {
    return TimeUnit.MILLISECONDS.toMicros(clock.millis());
  }
}
