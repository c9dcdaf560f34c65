package io.sluice.engine.alarm;

import io.sluice.api.Cap;
import io.sluice.api.Device;
import io.sluice.api.Following;
import io.sluice.api.operator.AlarmService;
import io.sluice.engine.normalize.profile.AlarmFields.Word;
import io.sluice.engine.normalize.profile.CapWords;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alarms, open and cleared, in {@code alarms.db}: one open alarm of a kind, device and name.
 * Every change is on disk when the method returns. Thread-safe; blocks on the disk.
 */
public final class AlarmBook implements AlarmService, AutoCloseable {
  private static final Map<String, Long> NO_SEVERITIES =
      Map.of("Extreme", 0L, "Severe", 0L, "Moderate", 0L, "Minor", 0L, "Unknown", 0L);
  private static final Logger LOG = LoggerFactory.getLogger(AlarmBook.class);

  /** Open alarms of one device; a name beyond them is not taken into the book. */
  static final int OPEN_PER_DEVICE = 100;

  private static final long LEFT_OUT_PERIOD_MILLIS = 60_000;
  private static final String DEVICE = "device";
  private static final String ACTUAL = "Actual";
  private static final String PAST = "Past";

  /** All-clears of alarms that are not open, between two prunings; further ones are not kept. */
  private static final int ALL_CLEARS_BETWEEN = 10_000;

  private final AlarmDatabase database;
  private final AlarmSettings settings;
  private final AlarmRecords records;
  private final Clock clock;
  private final AlarmTallies tallies = new AlarmTallies();
  private final List<Consumer<Counts>> followers = new CopyOnWriteArrayList<>();
  private final List<Consumer<AlarmView>> clearings = new CopyOnWriteArrayList<>();
  private volatile Counts counts;
  private volatile Map<String, Long> severities = NO_SEVERITIES;
  private final OpenAlarms open = new OpenAlarms();
  private final AtomicLong unknownStates = new AtomicLong();
  private volatile long leftOutSaidMillis;
  private volatile long unknownSaidMillis;

  /** Of the alarm thread. */
  private int allClears;

  private AlarmBook(AlarmDatabase database, AlarmSettings settings, String gateway, Clock clock) {
    this.database = database;
    this.settings = settings;
    this.records = new AlarmRecords(gateway);
    this.clock = clock;
    this.counts = database.transact(connection -> new AlarmTable(connection).counts());
  }

  /**
   * Opens {@code alarms.db} in the data directory.
   *
   * @param gateway its id
   * @throws IOException where it cannot be opened; the message names the file and the remedy
   */
  public static AlarmBook open(Path data, AlarmSettings settings, String gateway, Clock clock)
      throws IOException {
    AlarmDatabase database = AlarmDatabase.open(data.resolve("alarms.db"));
    try {
      return new AlarmBook(database, settings, gateway, clock);
    } catch (AlarmException e) {
      database.close();
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Looks whether a file that was in trouble is well again; every second or so. */
  public void probe() {
    database.probe();
  }

  AlarmDatabase database() {
    return database;
  }

  /**
   * Takes in what records of devices say, once: those up to the sequence are never asked for again.
   *
   * @param epoch of the spool that the sequence is of
   */
  void take(List<Signal> signals, String epoch, long sequence) {
    change(
        sequence,
        table -> {
          for (Signal signal : signals) {
            table.touched(signal);
            tell(table, apply(table, signal, DEVICE));
          }
          table.update("DELETE FROM progress WHERE epoch <> ?", epoch);
          table.update("INSERT OR REPLACE INTO progress VALUES (?, ?)", epoch, sequence);
          return null;
        });
    open.takenUpTo(sequence);
  }

  /** The sequence of {@link #take} of this spool; -1 where there was none. */
  long takenUpTo(String epoch) {
    return database.transact(connection ->
        new AlarmTable(connection).number("SELECT sequence FROM progress WHERE epoch = ?", epoch));
  }

  /**
   * The gateway raises or clears alarms of its own, in one transaction; changes of them go upstream
   * too.
   */
  void report(List<Signal> signals) {
    change(table -> {
      for (Signal signal : signals) {
        tell(table, apply(table, signal, "gateway"));
      }
      return null;
    });
  }

  /** What became of an alarm, and its name in the record that goes upstream. */
  private record Change(AlarmView alarm, String event) {}

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
    if (cleared != null && !DEVICE.equals(row.view().clearedBy())) {
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

  /**
   * Marks the alarms that have gone unacknowledged for too long, and says so upstream.
   *
   * @return those marked now
   */
  List<AlarmView> escalate() {
    return change(table -> {
      List<AlarmView> escalated = new ArrayList<>();
      for (String severity : CapWords.BY_GRAVITY) {
        Duration after = settings.escalateAfter(severity);
        long until = micros() - TimeUnit.MILLISECONDS.toMicros(after.toMillis());
        for (AlarmView alarm :
            after.isZero() ? List.<AlarmView>of() : table.waiting(severity, until)) {
          table.escalated(alarm.id(), micros(), notification(alarm));
          AlarmView marked = table.get(alarm.id());
          if (marked != null) {
            send(table, marked, "escalated");
            escalated.add(marked);
          }
        }
      }
      return escalated;
    });
  }

  /** The webhook is not told of its own failing. */
  private @Nullable String notification(AlarmView alarm) {
    boolean isOwn = alarm.kind() == Kind.GATEWAY && alarm.name().equals(WebhookDuty.NAME);
    return settings.webhook() == null || isOwn ? null : Notifications.WAITING;
  }

  private void send(AlarmTable table, AlarmView alarm, String event) throws SQLException {
    long now = micros();
    if (!AlarmOutbox.add(table, now, records.encode(alarm, event, now))) {
      tallies.outboxFull.incrementAndGet();
      leftOut(AlarmOutbox.WAITING_MAX + " records of alarms wait for the spool; it gets no more");
    }
  }

  /** Deletes what has been cleared for long enough, or is too much. */
  void prune() {
    long before = micros() - TimeUnit.MILLISECONDS.toMicros(settings.keep().toMillis());
    change(table -> {
      table.prune(before, settings.keepMost());
      return null;
    });
    allClears = 0;
    open.sweep();
  }

  /** Which alarms of devices are open, for those who must know at once. */
  OpenAlarms openAlarms() {
    return open;
  }

  /** Tells {@link #openAlarms} of all, as after a start. */
  void publishOpen() {
    Map<String, Set<String>> keys = new HashMap<>();
    for (AlarmView alarm : open(Kind.DEVICE)) {
      if (alarm.device() != null) {
        keys.computeIfAbsent(alarm.device(), any -> new HashSet<>())
            .add(Signal.key(alarm.name(), alarm.point()));
      }
    }
    open.begin(keys);
  }

  @Override
  public long unknownStates() {
    return unknownStates.get();
  }

  List<AlarmView> open(Kind kind) {
    return database.transact(connection -> new AlarmTable(connection).open(kind));
  }

  @Override
  public Found find(Filter filter) {
    return read(table -> table.find(filter));
  }

  @Override
  public @Nullable AlarmView get(long id) {
    return this.<@Nullable AlarmView>read(table -> table.get(id));
  }

  @Override
  public @Nullable AlarmView acknowledge(long id, String by, @Nullable String note) {
    return this.<@Nullable AlarmView>change(table -> {
      AlarmView before = table.get(id);
      table.acknowledge(id, micros(), by, note);
      return told(table, before, "acknowledged");
    });
  }

  @Override
  public @Nullable AlarmView clear(long id, String by, @Nullable String note) {
    boolean[] isCleared = new boolean[1];
    AlarmView cleared =
        this.<@Nullable AlarmView>change(table -> {
          AlarmView before = table.get(id);
          table.clear(id, micros(), by, note);
          isCleared[0] = before != null && before.state() != State.CLEARED;
          return told(table, before, "cleared");
        });
    if (cleared != null && isCleared[0]) {
      clearings.forEach(listener -> listener.accept(cleared));
    }
    return cleared;
  }

  /** Has the listener told of each alarm that somebody clears by hand; it must not block. */
  void onClearedByHand(Consumer<AlarmView> listener) {
    clearings.add(listener);
  }

  /** The alarm as it is now; what an operator has changed goes upstream. */
  private @Nullable AlarmView told(AlarmTable table, @Nullable AlarmView before, String event)
      throws SQLException {
    AlarmView after = before == null ? null : table.get(before.id());
    if (before != null && after != null && after.state() != before.state()) {
      send(table, after, event);
    }
    return after;
  }

  /**
   * The devices are as they are now: their open alarms are where they are, and those of a device
   * that is gone are over.
   */
  void devicesChanged(Collection<DeviceNow> devices) {
    change(table -> {
      for (DeviceNow each : devices) {
        Device device = each.device();
        List<AlarmView> open = table.openOf(each.id());
        if (device != null && !device.retired()) {
          if (open.stream().anyMatch(alarm -> isElsewhere(alarm, device))) {
            table.moved(each.id(), device.sector(), device.site(), device.profile());
          }
          continue;
        }
        for (AlarmView alarm : open) {
          table.clear(alarm.id(), micros(), "gateway", null);
          told(table, alarm, "cleared");
        }
      }
      return null;
    });
  }

  /** A device as it is in the registry; null where it is there no more. */
  record DeviceNow(String id, @Nullable Device device) {}

  private static boolean isElsewhere(AlarmView alarm, Device device) {
    return !alarm.sector().equals(device.sector())
        || !alarm.site().equals(device.site())
        || !alarm.model().equals(device.profile());
  }

  /** Ids of the devices that have an open alarm. */
  Set<String> devicesWithAlarms() {
    return read(table -> {
      Set<String> ids = new HashSet<>();
      table.forEachText(
          "SELECT DISTINCT device FROM alarm WHERE state <> 'cleared' AND device <> ''", ids::add);
      return ids;
    });
  }

  @Override
  public Figures figures() {
    return tallies.figures();
  }

  AlarmTallies tallies() {
    return tallies;
  }

  @Override
  public Counts counts() {
    return counts;
  }

  @Override
  public Map<String, Long> severities() {
    try {
      Map<String, Long> found = new TreeMap<>(NO_SEVERITIES);
      found.putAll(read(AlarmTable::severities));
      severities = found;
    } catch (AlarmException e) {
      LOG.debug("alarms by severity: {}", e.getMessage());
    }
    return severities;
  }

  @Override
  public Following follow(Consumer<Counts> listener) {
    followers.add(listener);
    return () -> followers.remove(listener);
  }

  /** What is done to the table in one transaction. */
  private interface Step<T extends @Nullable Object> {
    T on(AlarmTable table) throws SQLException;
  }

  private record Changed<T extends @Nullable Object>(
      T result, Counts counts, Map<String, Set<String>> open) {}

  private <T extends @Nullable Object> T read(Step<T> step) {
    return database.transact(connection -> step.on(new AlarmTable(connection)));
  }

  private <T extends @Nullable Object> T change(Step<T> step) {
    return change(open.takenUpTo(), step);
  }

  /**
   * @param sequence up to which the book has then taken records
   */
  private <T extends @Nullable Object> T change(long sequence, Step<T> step) {
    Changed<T> changed =
        database.transact(connection -> {
          AlarmTable table = new AlarmTable(connection);
          T result = step.on(table);
          return new Changed<>(result, table.counts(), table.openKeysOfTouched());
        });
    changed.open().forEach((device, keys) -> open.publish(device, keys, sequence));
    Counts before = counts;
    counts = changed.counts();
    if (!before.equals(changed.counts())) {
      followers.forEach(follower -> follower.accept(changed.counts()));
    }
    return changed.result();
  }

  private long micros() {
    return TimeUnit.MILLISECONDS.toMicros(clock.millis());
  }

  @Override
  public void close() {
    database.close();
  }
}
