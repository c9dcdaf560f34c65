package io.sluice.fleet.partition;

import io.sluice.api.Device;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.engine.coverage.CoverageFigures;
import io.sluice.engine.coverage.CoverageState;
import io.sluice.engine.coverage.CoverageViews;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.DeviceCoverage;
import io.sluice.engine.coverage.slot.ExcludedTimes;
import io.sluice.engine.coverage.slot.ExpectationPeriod;
import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Intervals;
import io.sluice.engine.coverage.slot.Lateness;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.coverage.slot.SlotPage;
import io.sluice.engine.coverage.slot.SlotPageCache;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.registry.presence.Presence.Contact;
import io.sluice.fleet.gateway.GatewayBook;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The coverage of one partition's devices, by the classes of a gateway's. All of it is in memory,
 * some 2 KB a device, and each change goes to the store of the task before the next record is
 * taken: so it is part of the transaction in which the record counts as read. The task's thread
 * changes it; any thread may look. Its lock is the state's.
 */
public final class PartitionBook implements CoverageState.Sessions, ExcludedTimes {
  private static final long NEVER = Long.MIN_VALUE;

  /** The partition's number. */
  public final int partition;

  private final PartitionStore store;
  private final GatewayBook gateways;
  private final CoverageState state;
  private final CoverageViews views;
  private final PartitionAlarms alarms;
  private final Map<String, DeviceEntry> entries = new HashMap<>();
  private final Map<ReportingExpectation, ReportingExpectation> shapes = new HashMap<>();
  private final UnregisteredSessions unregistered = new UnregisteredSessions();
  private final Pace looks = new Pace();
  private int appliedRevision = -1;
  private int savedNext;
  private boolean isClosed;

  private PartitionBook(
      int partition,
      PartitionStore store,
      GatewayBook gateways,
      Calendar calendar,
      PartitionAlarms alarms) {
    this.partition = partition;
    this.alarms = alarms;
    this.store = store;
    this.gateways = gateways;
    this.state =
        new CoverageState(
            device -> {
              DeviceEntry entry = entries.get(device.id().value());
              return entry == null ? null : entry.shape();
            },
            calendar,
            this::load,
            this);
    this.views =
        new CoverageViews(state, this, (filter, device) -> at(filter.gateway()).test(device));
  }

  /**
   * Takes over what the store has.
   *
   * @throws IOException where that cannot be read
   */
  static PartitionBook open(
      int partition,
      PartitionStore store,
      GatewayBook gateways,
      Calendar calendar,
      PartitionAlarms alarms)
      throws IOException {
    PartitionBook book = new PartitionBook(partition, store, gateways, calendar, alarms);
    synchronized (book.state) {
      store.forEach(
          StoreKeys.from(StoreKeys.DEVICE),
          StoreKeys.to(StoreKeys.DEVICE),
          (key, value) -> book.restoreDevice(StoreKeys.name(key), value));
      Map<GroupKey, Lateness> lateness = new HashMap<>();
      store.forEach(
          StoreKeys.from(StoreKeys.LATENESS),
          StoreKeys.to(StoreKeys.LATENESS),
          (key, value) -> restoreLateness(key, value, calendar, lateness));
      lateness.forEach(book.state::restore);
      byte[] next = store.get(StoreKeys.NEXT);
      if (next != null) {
        book.state.numberFrom(ByteBuffer.wrap(next).getInt());
      }
      book.savedNext = book.state.nextNumber();
    }
    return book;
  }

  private void restoreDevice(String id, byte[] value) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(value));
    int number = in.readInt();
    DeviceEntry entry = DeviceEntry.read(id, in, shapes);
    entries.put(id, entry);
    if (in.readBoolean()) {
      state.restore(DeviceCoverage.read(number, any -> entry.shape(), entry, state.calendar(), in));
    } else {
      unregistered.restored(id);
    }
  }

  private static void restoreLateness(
      byte[] key, byte[] value, Calendar calendar, Map<GroupKey, Lateness> lateness)
      throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(key));
    in.readByte();
    GroupKey group = GroupKey.read(in);
    lateness
        .computeIfAbsent(group, any -> new Lateness(calendar))
        .readPart(in.readByte(), new DataInputStream(new ByteArrayInputStream(value)));
  }

  private boolean load(SlotPageCache.Key key, SlotPage empty) throws IOException {
    byte[] page = store.get(StoreKeys.page(key));
    if (page != null) {
      empty.read(new DataInputStream(new ByteArrayInputStream(page)));
    }
    return page != null;
  }

  /** Whether the registry has told of that device. */
  boolean isKnown(String id) {
    synchronized (state) {
      return state.find(id) != null;
    }
  }

  /** Counts a record of a device that is known. */
  void count(EncodedRecord record) throws IOException {
    String id = record.device();
    synchronized (state) {
      DeviceEntry entry = entries.computeIfAbsent(id, DeviceEntry::new);
      if (!record.isOfGateway()) {
        heard(record, entry);
      }
      state.count(id, record);
      DeviceCoverage device = state.find(id);
      if (device != null) {
        save(device);
        Lateness lateness = device.lateness;
        if (lateness != null) {
          GroupKey group = device.group();
          lateness.writeChanged(
              (ring, place, part) -> store.put(StoreKeys.lateness(group, ring, place), part));
        }
      }
      savePages();
    }
  }

  private void heard(EncodedRecord record, DeviceEntry entry) {
    String gateway = record.gateway();
    long since = since(record, entry) - gateways.clockOffMicros(gateway);
    if (entry.stays.heard(gateway, since, entry.shape().intervalMicros())) {
      excludeAnew(entry);
    }
    long received = record.receivedMicros() - gateways.clockOffMicros(gateway);
    alarms.heard(entry.id, new PartitionAlarms.Heard(gateway, received));
  }

  /** Where and when a device was heard last, by the broker's clock; null where it was not. */
  PartitionAlarms.@Nullable Heard heard(String id) {
    synchronized (state) {
      DeviceEntry entry = entries.get(id);
      DeviceCoverage device = state.find(id);
      String gateway = entry == null ? null : entry.stays.current();
      return gateway == null || device == null || device.lastReceivedMicros() == NEVER
          ? null
          : new PartitionAlarms.Heard(
              gateway, device.lastReceivedMicros() - gateways.clockOffMicros(gateway));
    }
  }

  /** Since when it is there: the slot that the record fills is to be reported there too. */
  private static long since(EncodedRecord record, DeviceEntry entry) {
    long received = record.receivedMicros();
    long earliest = received - entry.shape().intervalMicros() / 2;
    return Math.clamp(record.timeMicros(), earliest, received);
  }

  /**
   * Takes over what the registry says of a device.
   *
   * @return whether it was not known before
   */
  boolean register(String id, RegisteredWord said) throws IOException {
    synchronized (state) {
      DeviceEntry entry = entries.computeIfAbsent(id, DeviceEntry::new);
      boolean isNew = state.find(id) == null;
      if (!entry.register(said, shapes)) {
        return false;
      }
      unregistered.forget(id);
      DeviceCoverage before = state.find(id);
      Set<GroupKey> groups = before == null ? new HashSet<>() : groups(before);
      Device device = Objects.requireNonNull(entry.device());
      groups.add(new GroupKey(device.sector(), device.site(), device.profile()));
      entry.exclude(gateways, groups);
      state.change(id, device, said.atMicros());
      state.saved(); // what became of devices is not kept
      save(Objects.requireNonNull(state.find(id)));
      savePages();
      if (state.nextNumber() != savedNext) {
        savedNext = state.nextNumber();
        store.put(StoreKeys.NEXT, ByteBuffer.allocate(4).putInt(savedNext).array());
      }
      return isNew;
    }
  }

  /** The registry has the device no more. */
  void remove(String id, long atMicros) {
    synchronized (state) {
      entries.remove(id);
      unregistered.forget(id);
      state.change(id, null, atMicros);
      state.saved();
      store.delete(StoreKeys.device(id));
    }
  }

  /**
   * A gateway has told of a device's session.
   *
   * @return false where the registry has not told of the device, and too many such are kept
   */
  boolean session(String id, SessionWord said, long nowMicros) throws IOException {
    synchronized (state) {
      DeviceCoverage device = state.find(id);
      if (device == null && !unregistered.admits(id)) {
        return false;
      }
      DeviceEntry entry = entries.computeIfAbsent(id, DeviceEntry::new);
      entry.session(said, gateways.clockOffMicros(said.gateway()));
      if (device == null) {
        unregistered.told(id, nowMicros);
        save(entry, null);
      } else {
        save(device);
      }
      return true;
    }
  }

  /** Forgets the sessions of devices that nobody registers; returns how many. */
  int forgetUnregistered(long nowMicros) {
    synchronized (state) {
      List<String> old = unregistered.expire(nowMicros);
      for (String id : old) {
        entries.remove(id);
        store.delete(StoreKeys.device(id));
      }
      return old.size();
    }
  }

  /**
   * What is done each second: outages that became known, and whose state has changed. The latter
   * looks at all devices: where they are many, less often.
   *
   * @param partitions whose books are here
   */
  void lookAgain(long nowMicros, int partitions) throws IOException {
    synchronized (state) {
      int revision = gateways.revision();
      boolean isNews = revision != appliedRevision;
      if (!isNews && !looks.isDue(nowMicros)) {
        return;
      }
      long began = System.nanoTime();
      if (isNews) {
        for (DeviceEntry entry : entries.values()) {
          excludeAnew(entry);
        }
        appliedRevision = revision;
      }
      var _ = state.figures(nowMicros, this); // notes what has changed
      List<DeviceCoverage> dirty = new ArrayList<>();
      state.forEach(device -> {
        if (device.isDirty) {
          dirty.add(device);
        }
      });
      for (DeviceCoverage device : dirty) {
        save(device);
      }
      state.saved();
      savePages();
      looks.done(nowMicros, (System.nanoTime() - began) / 1_000, partitions);
    }
  }

  /** Forgets the pages of which nothing changes any more, and no figure tells. */
  void forgetPages(long nowMicros) throws IOException {
    long oldest = Calendar.utcHour(nowMicros - CoverageState.FINAL_MICROS) - 1;
    List<byte[]> old = new ArrayList<>();
    store.forEach(
        StoreKeys.from(StoreKeys.PAGE), StoreKeys.pagesTo(oldest), (key, page) -> old.add(key));
    old.forEach(store::delete);
  }

  private void excludeAnew(DeviceEntry entry) {
    DeviceCoverage device = state.find(entry.id);
    if (device != null && entry.exclude(gateways, groups(device))) {
      long heard = device.lastReceivedMicros();
      state.exclude(entry.id, entry, heard == NEVER ? 0 : heard);
    }
  }

  private static Set<GroupKey> groups(DeviceCoverage device) {
    Set<GroupKey> groups = new HashSet<>();
    groups.add(device.group());
    for (ExpectationPeriod span : device.spans()) {
      groups.add(span.group);
    }
    return groups;
  }

  private void save(DeviceCoverage device) throws IOException {
    save(entries.computeIfAbsent(device.id, DeviceEntry::new), device);
    device.isDirty = false;
  }

  private void save(DeviceEntry entry, @Nullable DeviceCoverage device) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(device == null ? 0 : device.number);
    entry.write(out);
    out.writeBoolean(device != null);
    if (device != null) {
      device.write(out);
    }
    store.put(StoreKeys.device(entry.id), bytes.toByteArray());
  }

  private void savePages() throws IOException {
    if (state.unsavedPages() == 0) {
      return;
    }
    for (Map.Entry<SlotPageCache.Key, SlotPage> page : state.shelf().take().entrySet()) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
      page.getValue().write(new DataOutputStream(bytes));
      store.put(StoreKeys.page(page.getKey()), bytes.toByteArray());
    }
  }

  /**
   * The sums of its devices at a moment.
   *
   * @param gateway of which alone, by where they are now, without lateness; null for all
   * @return null where the partition is not here any more
   */
  public @Nullable CoverageFigures figures(long nowMicros, @Nullable String gateway) {
    return look(() -> state.sum(nowMicros, this, at(gateway), gateway == null));
  }

  private Predicate<DeviceCoverage> at(@Nullable String gateway) {
    return gateway == null
        ? any -> true
        : device -> {
          DeviceEntry entry = entries.get(device.id);
          return entry != null && gateway.equals(entry.gateway());
        };
  }

  /** Looks at it as a gateway does; null where the partition is not here any more. */
  public <T> @Nullable T views(Function<CoverageViews, @Nullable T> look) {
    return look(() -> look.apply(views));
  }

  private <T> @Nullable T look(Supplier<@Nullable T> look) {
    synchronized (state) {
      return isClosed ? null : look.get();
    }
  }

  /** Its devices, as the registry has them, and where they are. */
  public @Nullable List<FleetDevice> devices(Predicate<FleetDevice> wanted, long nowMicros) {
    return look(() -> {
      List<FleetDevice> found = new ArrayList<>();
      for (DeviceEntry entry : entries.values()) {
        FleetDevice device = FleetDevice.of(entry, state.find(entry.id), this, nowMicros);
        if (device != null && wanted.test(device)) {
          found.add(device);
        }
      }
      return found;
    });
  }

  /** Its alarms; null where the partition is not here any more. */
  public @Nullable List<AlarmView> alarms() {
    return look(alarms::all);
  }

  /** How many devices it has that are registered. */
  public int size() {
    synchronized (state) {
      return entries.size() - unregistered.size();
    }
  }

  /** From now on nobody looks: its store goes. */
  void close() {
    synchronized (state) {
      isClosed = true;
    }
  }

  @Override
  public Contact contact(String id) {
    DeviceEntry entry = entries.get(id);
    return entry == null ? Contact.UNKNOWN : entry.contact(gateways);
  }

  @Override
  public long lastSeenMicros(String id) {
    DeviceEntry entry = entries.get(id);
    return entry == null ? NEVER : entry.seenMicros();
  }

  @Override
  public Intervals of(String device, GroupKey group) {
    DeviceEntry entry = entries.get(device);
    return entry == null ? Intervals.NONE : entry.of(device, group);
  }

  static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
