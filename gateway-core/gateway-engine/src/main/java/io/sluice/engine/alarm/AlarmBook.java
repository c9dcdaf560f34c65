package io.sluice.engine.alarm;

import io.sluice.api.Device;
import io.sluice.api.Following;
import io.sluice.api.operator.AlarmService;
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

  private final AlarmDatabase database;
  private final AlarmSettings settings;
  private final Clock clock;
  private final AlarmTallies tallies = new AlarmTallies();
  private final AlarmTransitions transitions;
  private final List<Consumer<Counts>> followers = new CopyOnWriteArrayList<>();
  private final List<Consumer<AlarmView>> clearings = new CopyOnWriteArrayList<>();
  private volatile Counts counts;
  private volatile Map<String, Long> severities = NO_SEVERITIES;
  private final OpenAlarms open = new OpenAlarms();

  private AlarmBook(AlarmDatabase database, AlarmSettings settings, String gateway, Clock clock) {
    this.database = database;
    this.settings = settings;
    this.clock = clock;
    this.transitions = new AlarmTransitions(settings, new AlarmRecords(gateway), clock, tallies);
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

  /** Has the listener told where a damaged file was set aside and begun anew. */
  public void onBegunAnew(Runnable listener) {
    database.onBegunAnew(listener);
  }

  AlarmDatabase database() {
    return database;
  }

  /**
   * Takes in what records of devices say, once: those up to the sequence are never asked for again.
   *
   * @param epoch of the spool that the sequence is of
   */
  public void take(List<Signal> signals, String epoch, long sequence) {
    change(
        sequence,
        table -> {
          for (Signal signal : signals) {
            table.touched(signal);
            transitions.take(table, signal, AlarmTransitions.DEVICE);
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
  public void report(List<Signal> signals) {
    change(table -> {
      for (Signal signal : signals) {
        transitions.take(table, signal, "gateway");
      }
      return null;
    });
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
            transitions.send(table, marked, "escalated");
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

  /** Deletes what has been cleared for long enough, or is too much. */
  void prune() {
    long before = micros() - TimeUnit.MILLISECONDS.toMicros(settings.keep().toMillis());
    change(table -> {
      table.prune(before, settings.keepMost());
      return null;
    });
    transitions.pruned();
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
    return transitions.unknownStates();
  }

  public List<AlarmView> open(Kind kind) {
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
  public void onClearedByHand(Consumer<AlarmView> listener) {
    clearings.add(listener);
  }

  /** The alarm as it is now; what an operator has changed goes upstream. */
  private @Nullable AlarmView told(AlarmTable table, @Nullable AlarmView before, String event)
      throws SQLException {
    AlarmView after = before == null ? null : table.get(before.id());
    if (before != null && after != null && after.state() != before.state()) {
      transitions.send(table, after, event);
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
