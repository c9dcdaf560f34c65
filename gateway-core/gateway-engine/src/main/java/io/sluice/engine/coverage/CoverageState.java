package io.sluice.engine.coverage;

import io.sluice.api.Device;
import io.sluice.api.Quality;
import io.sluice.api.operator.CoverageService.ChangeFilter;
import io.sluice.api.operator.CoverageService.Changes;
import io.sluice.api.operator.CoverageService.What;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.DeviceCoverage;
import io.sluice.engine.coverage.slot.DeviceCoverage.Standing;
import io.sluice.engine.coverage.slot.ExcludedTimes;
import io.sluice.engine.coverage.slot.Exclusions;
import io.sluice.engine.coverage.slot.ExpectationPeriod;
import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Lateness;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.coverage.slot.SlotCursor;
import io.sluice.engine.coverage.slot.SlotPageCache;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.registry.presence.Presence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The state of every device, and the sums over them. Counting a sample takes constant time; {@link
 * #figures} takes time with the number of devices. Thread-safe: one lock, which is the book itself.
 */
public final class CoverageState {
  /** How long what comes late still counts: docs/coverage.md, late data. */
  public static final long FINAL_MICROS = 72 * Calendar.HOUR_MICROS;

  /** How far a sample's time may lie ahead of its receipt: docs/coverage.md, late data. */
  private static final long AHEAD_MAX_MICROS = 300_000_000L;

  /** How long after its start the gateway calls no device lost that had a session before. */
  private static final long SETTLING_MICROS = 60_000_000L;

  private static final long NEVER = Long.MIN_VALUE;

  /** Sets of metrics whose names are kept as bytes. */
  private static final int PLACES_MAX = 1_000;

  private final Function<Device, @Nullable ReportingExpectation> shapes;
  private final Calendar calendar;
  private final SlotPageCache shelf;
  private final Map<String, DeviceCoverage> devices = new HashMap<>();
  private final Map<GroupKey, Lateness> lateness = new HashMap<>();
  private final ChangeLog changes = new ChangeLog();
  private final List<Integer> removed = new ArrayList<>();
  private final SampleTimes sampleTimes = new SampleTimes();
  private final IdentityHashMap<Map<String, Integer>, MetricPlaces> places =
      new IdentityHashMap<>();
  private Map<String, Integer> lastDue = Map.of();
  private MetricPlaces lastPlaces = new MetricPlaces(lastDue);

  // Messages of a device often come several at once: the one counted last, null where none is.
  private @Nullable String lastId;
  private @Nullable DeviceCoverage lastCounted;

  private final SlotCursor cursor;
  private final @Nullable ExcludedTimes own;
  private Exclusions exclusions = Exclusions.NONE;
  private int nextNumber = 1;
  private boolean hasMoves;
  private long firstLookMicros = NEVER;

  /**
   * @param shapes what a device is held to; null where its profile is not loaded, which makes
   *     nothing due
   */
  CoverageState(
      Function<Device, @Nullable ReportingExpectation> shapes,
      Calendar calendar,
      SlotPageCache.Source pages) {
    this(shapes, calendar, pages, null);
  }

  /**
   * As the other constructor.
   *
   * @param own when nothing counts of a device, where that is not the same for all of a group; null
   *     where it is told by {@link #exclude(Exclusions, long)}
   */
  public CoverageState(
      Function<Device, @Nullable ReportingExpectation> shapes,
      Calendar calendar,
      SlotPageCache.Source pages,
      @Nullable ExcludedTimes own) {
    this.own = own;
    this.shapes = shapes;
    this.calendar = calendar;
    this.shelf = new SlotPageCache(calendar, pages);
    this.cursor = new SlotCursor(shelf);
  }

  public Calendar calendar() {
    return calendar;
  }

  public SlotPageCache shelf() {
    return shelf;
  }

  /** Takes over a device as it was saved. */
  public synchronized void restore(DeviceCoverage device) {
    devices.put(device.id, device);
    lastId = null;
    nextNumber = Math.max(nextNumber, device.number + 1);
  }

  public synchronized void restore(GroupKey group, Lateness saved) {
    lateness.put(group, saved);
  }

  synchronized void restore(Exclusions applied) {
    exclusions = applied;
  }

  /** No device gets a number below; one that was given away is not given again. */
  public synchronized void numberFrom(int number) {
    nextNumber = Math.max(nextNumber, number);
  }

  public synchronized int nextNumber() {
    return nextNumber;
  }

  public ReportingExpectation shape(@Nullable Device device) {
    ReportingExpectation shape = device == null ? null : shapes.apply(device);
    return shape == null ? ReportingExpectation.NOTHING : shape;
  }

  /**
   * Takes over what the registry says of a device.
   *
   * @param device as it is, or null where it was removed
   * @param at since when, microseconds
   */
  public synchronized void change(String id, @Nullable Device device, long at) {
    lastId = null;
    DeviceCoverage state = devices.get(id);
    if (device == null) {
      if (state != null) {
        devices.remove(id);
        removed.add(state.number);
        note(at, state, What.RETIRED);
      }
      return;
    }
    GroupKey group = new GroupKey(device.sector(), device.site(), device.profile());
    boolean isNew = state == null;
    if (state == null) {
      state = new DeviceCoverage(nextNumber++, id, group, calendar);
      devices.put(id, state);
    }
    hasMoves = true;
    boolean wasCommissioned = state.isCommissioned();
    GroupKey before = state.group();
    state.change(
        group,
        shape(device),
        new Standing(
            device.planned(), device.commissioned(), device.retired(), device.parent() != null),
        at,
        (own == null ? exclusions : own).of(id, group),
        shelf);
    if (isNew) {
      note(at, state, What.REGISTERED);
    } else if (!before.equals(group)) {
      note(at, state, What.MOVED);
    } else if (wasCommissioned && !state.isCommissioned()) {
      note(at, state, What.RETIRED);
    }
  }

  private void note(long at, DeviceCoverage device, What what) {
    device.isDirty = true;
    changes.add(at, device.id, device.group(), what);
  }

  /** What became of devices since then. */
  public synchronized Changes changes(ChangeFilter filter, long sinceMicros) {
    return changes.find(filter, sinceMicros);
  }

  /** Under the book's lock. */
  ChangeLog changeLog() {
    return changes;
  }

  /**
   * Counts a record, its cursor before the first measurement. What the gateway itself says about a
   * device is neither a sample nor a sign of life of it.
   */
  void count(EncodedRecord sample) {
    count(sample.device(), sample);
  }

  /**
   * The same.
   *
   * @param id the record's device
   */
  public synchronized void count(String id, EncodedRecord sample) {
    DeviceCoverage device = sample.isOfGateway() ? null : counted(id);
    if (device == null) {
      return;
    }
    long received = sample.receivedMicros();
    device.heard(received);
    ExpectationPeriod span = device.current();
    Lateness late = span == null ? null : lateness(device);
    long allowed = span == null ? 0 : span.allowedMicros(sample.messageClass());
    sampleTimes.clear();
    Map<String, Integer> due = null;
    long micros = 0;
    boolean isBegun = false;
    int place = MetricPlaces.NONE;
    while (sample.next()) {
      long own = sample.measurementMicros();
      if (!isBegun || own != micros) {
        isBegun = true;
        micros = own;
        if (sampleTimes.add(micros)) {
          sampled(device, late, allowed, micros, received);
        }
        boolean counts = counts(micros, received);
        due = counts ? cursor.begin(device, micros, received - FINAL_MICROS) : null;
      }
      if (due != null) {
        int found = places(due).find(sample, place);
        if (found != MetricPlaces.NONE) {
          cursor.fill(found, sample.measurementQuality() == Quality.GOOD);
          place = found;
        }
      }
    }
    if (sample.count() == 0) {
      sampled(device, late, allowed, sample.timeMicros(), received);
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very text; an equal one is looked for
  private @Nullable DeviceCoverage counted(String id) {
    if (id != lastId) {
      lastCounted = devices.get(id);
      lastId = id;
    }
    return lastCounted;
  }

  /** Devices of a profile share the names of what they are to report. */
  @SuppressWarnings("ReferenceEquality") // the very map: equal ones are not looked for
  private MetricPlaces places(Map<String, Integer> due) {
    if (due != lastDue) {
      if (places.size() >= PLACES_MAX) {
        places.clear(); // profiles were changed often
      }
      lastPlaces = places.computeIfAbsent(due, MetricPlaces::new);
      lastDue = due;
    }
    return lastPlaces;
  }

  private Lateness lateness(DeviceCoverage device) {
    Lateness known = device.lateness;
    if (known == null) {
      known = lateness.computeIfAbsent(device.group(), key -> new Lateness(calendar));
      device.lateness = known;
    }
    return known;
  }

  /** A sample: what a message says of one time. A message may have many. */
  private static void sampled(
      DeviceCoverage device,
      @Nullable Lateness lateness,
      long allowed,
      long micros,
      long received) {
    if (lateness != null) {
      long late = received - micros;
      lateness.add(received, late, late <= allowed);
    }
    if (counts(micros, received)) {
      device.sampled(micros);
    }
  }

  private static boolean counts(long micros, long received) {
    return micros <= received + AHEAD_MAX_MICROS && micros >= received - FINAL_MICROS;
  }

  /** From now on those do not count. */
  public synchronized void exclude(Exclusions now, long nowMicros) {
    exclusions = now;
    for (DeviceCoverage device : devices.values()) {
      device.exclude(now, nowMicros - FINAL_MICROS, shelf);
    }
  }

  /** From now on those do not count of that device. */
  public synchronized void exclude(String id, ExcludedTimes now, long nowMicros) {
    DeviceCoverage device = devices.get(id);
    if (device != null) {
      device.exclude(now, nowMicros - FINAL_MICROS, shelf);
    }
  }

  public synchronized Exclusions exclusions() {
    return exclusions;
  }

  /**
   * Sums up everything, and notes whose state has changed since it did so last.
   *
   * @param sessions which devices have a session, and when each was last seen
   */
  public synchronized CoverageFigures figures(long nowMicros, Sessions sessions) {
    CoverageFigures figures = new CoverageFigures(nowMicros, calendar);
    long oldest = nowMicros - (ExpectationPeriod.DAYS_KEPT + 1L) * Calendar.DAY_MICROS;
    boolean isSettling = isSettling(nowMicros);
    for (DeviceCoverage device : devices.values()) {
      Presence.Contact contact = sessions.contact(device.id);
      device.contact(contact);
      boolean isConnected = isConnected(device, nowMicros, sessions);
      figures.add(device, isConnected, shelf);
      boolean isUnknownYet = isSettling && contact == Presence.Contact.UNKNOWN;
      if (isConnected || !isUnknownYet) {
        noteConnection(device, isConnected, nowMicros);
      }
      boolean isStopped = device.isStopped(nowMicros);
      if (isStopped != device.wasStopped && device.isCommissioned()) {
        note(nowMicros, device, isStopped ? What.STOPPED : What.RESUMED);
      }
      device.wasStopped = isStopped;
      device.forgetBefore(oldest);
    }
    lateness.forEach(figures::add);
    return figures;
  }

  /**
   * Sums up the devices that are wanted, and notes nothing: for as many as ask.
   *
   * @param withLateness whether how late samples were is in it, which is not known by device
   */
  public synchronized CoverageFigures sum(
      long nowMicros, Sessions sessions, Predicate<DeviceCoverage> wanted, boolean withLateness) {
    CoverageFigures figures = new CoverageFigures(nowMicros, calendar);
    for (DeviceCoverage device : devices.values()) {
      if (wanted.test(device)) {
        figures.add(device, isConnected(device, nowMicros, sessions), shelf);
      }
    }
    if (withLateness) {
      lateness.forEach(figures::add);
    }
    return figures;
  }

  /** Whether devices may still be on their way back after a restart of the gateway. */
  private boolean isSettling(long nowMicros) {
    if (firstLookMicros == NEVER) {
      firstLookMicros = nowMicros;
    }
    return nowMicros - firstLookMicros < SETTLING_MICROS;
  }

  private void noteConnection(DeviceCoverage device, boolean isConnected, long nowMicros) {
    if (device.isCommissioned() && device.wasConnected && !isConnected) {
      device.isLost = true;
      note(nowMicros, device, What.LOST);
    } else if (isConnected && device.isLost) {
      device.isLost = false;
      note(nowMicros, device, What.RETURNED);
    }
    device.isDirty |= device.wasConnected != isConnected;
    device.wasConnected = isConnected;
  }

  /**
   * A device that has sessions is connected while one lives; one that has none, while it was heard
   * within 3·I + g.
   */
  public static boolean isConnected(DeviceCoverage device, long nowMicros, Sessions sessions) {
    ExpectationPeriod span = device.current();
    if (span == null) {
      return false;
    }
    Presence.Contact contact = sessions.contact(device.id);
    if (contact == Presence.Contact.LIVE) {
      return true;
    }
    if (device.hasSessions(contact)) {
      return false;
    }
    long seen = lastSeenMicros(device, sessions);
    long allowed = 3 * span.shape.intervalMicros() + span.shape.graceMicros();
    return seen != Long.MIN_VALUE && nowMicros - seen <= allowed;
  }

  public static long lastSeenMicros(DeviceCoverage device, Sessions sessions) {
    return Math.max(device.lastReceivedMicros(), sessions.lastSeenMicros(device.id));
  }

  /** Looks at each device, or at those named first; none changes meanwhile. */
  public synchronized void forEach(Consumer<DeviceCoverage> look) {
    devices.values().forEach(look);
  }

  public synchronized @Nullable DeviceCoverage find(String id) {
    return devices.get(id);
  }

  public synchronized Map<GroupKey, Lateness> lateness() {
    return Map.copyOf(lateness);
  }

  /** Forgets devices that are not among these. */
  synchronized void retain(Set<String> ids) {
    lastId = null;
    for (DeviceCoverage device : List.copyOf(devices.values())) {
      if (!ids.contains(device.id)) {
        devices.remove(device.id);
        removed.add(device.number);
      }
    }
  }

  /** Whether a device was changed since the last save. */
  synchronized boolean hasMoves() {
    return hasMoves;
  }

  public synchronized int unsavedPages() {
    return shelf.unsaved();
  }

  /** The numbers of devices that are gone since the last save. */
  public synchronized List<Integer> removed() {
    return List.copyOf(removed);
  }

  /** Nothing is saved any more: all that is in memory is to be saved. */
  synchronized void forgetSaved() {
    devices.values().forEach(device -> device.isDirty = true);
    shelf.forgetSaved();
    changes.forgetSaved();
    removed.clear();
  }

  public synchronized void saved() {
    removed.clear();
    changes.saved();
    hasMoves = false;
  }

  /** What the sessions of devices say. */
  public interface Sessions {
    Presence.Contact contact(String id);

    /** Microseconds; {@link Long#MIN_VALUE} where not known. */
    long lastSeenMicros(String id);
  }
}
