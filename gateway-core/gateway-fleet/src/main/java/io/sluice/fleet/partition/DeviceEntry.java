package io.sluice.fleet.partition;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.engine.coverage.slot.ExcludedTimes;
import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Intervals;
import io.sluice.engine.coverage.slot.Intervals.Interval;
import io.sluice.engine.coverage.slot.Numbers;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.registry.presence.Presence.Contact;
import io.sluice.fleet.gateway.GatewayBook;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet knows of a device beside its coverage: its place in the registry, its session, and
 * where it was. Not thread-safe.
 */
final class DeviceEntry implements ExcludedTimes {
  private static final long NEVER = Long.MIN_VALUE;

  final String id;
  final Stays stays;

  /** Revision of the registry by which it is here. */
  private long revision = NEVER;

  private @Nullable Device device;
  private ReportingExpectation shape = ReportingExpectation.NOTHING;

  // the session, as the gateways told last
  private String sessionGateway = "";
  private String sessionRun = "";
  private Contact contact = Contact.UNKNOWN;
  private long since = NEVER;
  private long seen = NEVER;

  /** What did not count when it was looked at last, by the group that the device was in. */
  private final Map<GroupKey, Intervals> applied = new HashMap<>(2);

  DeviceEntry(String id) {
    this(id, new Stays());
  }

  private DeviceEntry(String id, Stays stays) {
    this.id = id;
    this.stays = stays;
  }

  /** The device as the registry has it; null while only its session is known. */
  @Nullable Device device() {
    return device;
  }

  ReportingExpectation shape() {
    return shape;
  }

  long seenMicros() {
    return seen;
  }

  /** Where its session is, or where it was heard last; null where nowhere. */
  @Nullable String gateway() {
    String heard = stays.current();
    return contact == Contact.LIVE || heard == null
        ? sessionGateway.isEmpty() ? heard : sessionGateway
        : heard;
  }

  /**
   * Takes over what the registry says; false where it is older than what is known.
   *
   * @param shapes where devices that are held to the same share one object
   */
  boolean register(RegisteredWord said, Map<ReportingExpectation, ReportingExpectation> shapes) {
    if (said.revision() < revision) {
      return false;
    }
    revision = said.revision();
    device = said.device();
    shape = shapes.computeIfAbsent(said.held(), each -> each);
    return true;
  }

  /**
   * Takes over what a gateway says of the device's session: of another than the one with the live
   * session only where it is newer.
   *
   * @param clockOff how far that gateway's clock is ahead, microseconds: what two gateways say is
   *     compared after taking it off
   */
  void session(SessionWord said, long clockOff) {
    long from = said.since() - clockOff;
    if (said.seen() != NEVER) {
      seen = Math.max(seen, said.seen() - clockOff);
    }
    boolean isOther = !said.gateway().equals(sessionGateway);
    if (isOther && contact == Contact.LIVE && (said.contact() != Contact.LIVE || from < since)) {
      return;
    }
    if (isOther && from < since) {
      return;
    }
    sessionGateway = said.gateway();
    sessionRun = said.run();
    contact = said.contact();
    since = from;
  }

  /** By which way it is in contact, as far as that can still be so. */
  Contact contact(GatewayBook gateways) {
    return contact == Contact.LIVE && !gateways.isAlive(sessionGateway, sessionRun)
        ? Contact.ENDED
        : contact;
  }

  /** Looks anew when nothing counts; returns whether that has changed for one of the groups. */
  boolean exclude(GatewayBook gateways, Iterable<GroupKey> groups) {
    boolean isChanged = false;
    for (GroupKey group : groups) {
      Intervals now = stays.excluded(gateways, id, group);
      Intervals before = applied.put(group, now);
      isChanged |= !now.equals(before == null ? Intervals.NONE : before);
    }
    return isChanged;
  }

  @Override
  public Intervals of(String device, GroupKey group) {
    return applied.getOrDefault(group, Intervals.NONE);
  }

  void write(DataOutput out) throws IOException {
    out.writeByte(2);
    stays.write(out);
    out.writeUTF(sessionGateway);
    out.writeUTF(sessionRun);
    out.writeUTF(contact.name());
    out.writeLong(since);
    out.writeLong(seen);
    Numbers.write(out, applied.size());
    for (Map.Entry<GroupKey, Intervals> each : applied.entrySet()) {
      each.getKey().write(out);
      List<Interval> times = each.getValue().list();
      Numbers.write(out, times.size());
      for (Interval time : times) {
        out.writeLong(time.from());
        out.writeLong(time.to());
      }
    }
    out.writeLong(revision);
    Device now = device;
    out.writeBoolean(now != null);
    if (now != null) {
      writeDevice(now, out);
    }
  }

  private void writeDevice(Device now, DataOutput out) throws IOException {
    out.writeUTF(now.profile());
    out.writeUTF(now.sector());
    out.writeUTF(now.site());
    Duration interval = now.interval();
    out.writeLong(interval == null ? 0 : interval.toNanos() / 1_000);
    DeviceId parent = now.parent();
    out.writeUTF(parent == null ? "" : parent.value());
    out.writeBoolean(now.planned());
    out.writeBoolean(now.commissioned());
    out.writeBoolean(now.retired());
    out.writeLong(shape.intervalMicros());
    Numbers.write(out, shape.metrics().size());
    String[] names = new String[shape.metrics().size()];
    shape.metrics().forEach((name, place) -> names[place] = name);
    for (String name : names) {
      out.writeUTF(name);
    }
  }

  static DeviceEntry read(
      String id, DataInput in, Map<ReportingExpectation, ReportingExpectation> shapes)
      throws IOException {
    byte version = in.readByte();
    if (version != 2) {
      throw new IOException("device " + id + ": state of version " + version + " is not known");
    }
    DeviceEntry entry = new DeviceEntry(id, Stays.read(in));
    entry.sessionGateway = in.readUTF().intern();
    entry.sessionRun = in.readUTF().intern();
    entry.contact = Contact.valueOf(in.readUTF());
    entry.since = in.readLong();
    entry.seen = in.readLong();
    for (long left = Numbers.read(in); left > 0; left--) {
      GroupKey group = GroupKey.read(in);
      List<Interval> times = new ArrayList<>();
      for (long each = Numbers.read(in); each > 0; each--) {
        times.add(new Interval(in.readLong(), in.readLong()));
      }
      entry.applied.put(group, Intervals.of(times));
    }
    entry.revision = in.readLong();
    if (in.readBoolean()) {
      entry.readDevice(in, shapes);
    }
    return entry;
  }

  private void readDevice(DataInput in, Map<ReportingExpectation, ReportingExpectation> shapes)
      throws IOException {
    String profile = in.readUTF();
    String sector = in.readUTF();
    String site = in.readUTF();
    long interval = in.readLong();
    String parent = in.readUTF();
    device =
        new Device(
            new DeviceId(id),
            profile,
            sector,
            site,
            interval == 0 ? null : Duration.ofNanos(interval * 1_000),
            parent.isEmpty() ? null : new DeviceId(parent),
            in.readBoolean(),
            in.readBoolean(),
            in.readBoolean());
    long every = in.readLong();
    Map<String, Integer> places = new HashMap<>();
    for (long left = Numbers.read(in); left > 0; left--) {
      places.put(in.readUTF(), places.size());
    }
    shape = shapes.computeIfAbsent(new ReportingExpectation(places, every), each -> each);
  }
}
