package io.sluice.engine.registry.presence;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Sessions;
import io.sluice.api.health.Guarded;
import io.sluice.engine.registry.device.DeviceChanges;
import io.sluice.engine.registry.device.DeviceEntry;
import io.sluice.engine.registry.presence.PresenceEntry.Left;
import io.sluice.engine.registry.presence.PresenceEntry.Place;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is there: the links of each device, when and from where it was last seen, and why its last
 * message was refused. In memory only; about 100 bytes a device. Thread-safe, never blocks.
 *
 * <p>Holds registered devices, and links that have not ended: a sign of life of any other name is
 * ignored, so that its size is bounded by the registry's and by the limits of connections.
 */
// entries are compared by identity
@SuppressWarnings("ReferenceEquality")
public final class Presence implements DeviceChanges, Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(Presence.class);

  private volatile Consumer<String> signs = device -> {};
  private volatile Consumer<DeviceId> turns = device -> {};
  private volatile Consumer<String> contacts = device -> {};
  private final Function<String, @Nullable DeviceEntry> find;
  private final Clock clock;
  private final Duration handOver;
  private final ConcurrentMap<String, PresenceEntry> entries = new ConcurrentHashMap<>();
  private final AtomicInteger connected = new AtomicInteger();

  /** By which way a device is in contact, as far as this process has seen. */
  public enum Contact {
    /** It has a session now. */
    LIVE,
    /** It had a session, which has ended. */
    ENDED,
    /** The device that sends for it has said that it is gone. */
    GONE,
    /** It sends without a session. */
    SESSIONLESS,
    /** It did neither since the start; or it sends through another device. */
    UNKNOWN
  }

  /**
   * @param find the registry's look-up
   * @param clock of the gateway
   */
  public Presence(Function<String, @Nullable DeviceEntry> find, Clock clock) {
    this(find, clock, Duration.ofSeconds(HAND_OVER_SECONDS));
  }

  /**
   * @param handOver how long a link that is taken over may take to end
   */
  Presence(Function<String, @Nullable DeviceEntry> find, Clock clock, Duration handOver) {
    this.find = find;
    this.clock = clock;
    this.handOver = handOver;
  }

  /** Has the listener told of every sign of life, on the thread that sees it; never to block. */
  public void onSign(Consumer<String> listener) {
    signs = listener;
  }

  /**
   * Has the listener told of each device whose next link may be given commands, as the one before
   * has ended, and of each child that is heard through its concentrator for the first time. Called
   * on any thread; never to block.
   */
  public void onTurn(Consumer<DeviceId> listener) {
    turns = listener;
  }

  /**
   * Has the listener told of each device that is in contact by another way from now on, that has
   * another session, or that is gone. Called on any thread; never to block.
   */
  public void onContact(Consumer<String> listener) {
    contacts = listener;
  }

  /** Calls with each device that has a session now; what changes meanwhile may be missed. */
  public void forEachLive(Consumer<String> to) {
    entries.forEach((id, entry) -> {
      if (entry.contact == Contact.LIVE) {
        to.accept(id);
      }
    });
  }

  private void tell(String id, Contact before, PresenceEntry entry) {
    if (entry.contact != before) {
      contacts.accept(id);
    }
  }

  @Override
  public CompletionStage<Void> claim(Admission.Admitted admitted, DeviceLink link) {
    PresenceEntry entry = current(admitted);
    return entry == null ? PresenceEntry.NOW : claim(admitted.device().id(), entry, link).turn;
  }

  @Override
  public boolean claimFree(Admission.Admitted admitted, DeviceLink link) {
    PresenceEntry entry = current(admitted);
    return entry != null && entry.placeIfFree(link) != null;
  }

  private @Nullable PresenceEntry current(Admission.Admitted admitted) {
    return isCurrent(admitted) ? entry(admitted.device().id()) : null;
  }

  /** Gives a link its place, and has the one before it end. */
  private Place claim(DeviceId device, PresenceEntry entry, DeviceLink link) {
    Place place = entry.place(link);
    Place before = entry.closeBefore(place);
    CompletableFuture<Void> end = before == null ? null : entry.endOf(before);
    if (before != null && end != null) {
      var _ =
          end.completeOnTimeout(null, handOver.toNanos(), TimeUnit.NANOSECONDS)
              .thenRun(Guarded.task("hand-over", () -> overdue(device, entry, before)));
      before.link.close(LinkEnd.TAKEN_OVER);
    }
    return place;
  }

  /** Goes on without a link that has had its time to end. Does nothing where it has ended. */
  private void overdue(DeviceId device, PresenceEntry entry, Place place) {
    if (leave(device, entry, place)) {
      LOG.warn(
          "device {}: a link that was taken over has not ended in {} s; the next goes on without"
              + " it",
          device,
          handOver.toSeconds());
    }
  }

  /**
   * A session begins; the link before is closed.
   *
   * @return false where the registry has changed since it was admitted, so that it has no session
   */
  @Override
  public boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link) {
    DeviceId device = admitted.device().id();
    PresenceEntry entry = current(admitted);
    if (entry == null) {
      detach(device, link);
      return false;
    }
    Place place = claim(device, entry, link);
    boolean begins;
    synchronized (entry) {
      DeviceLink before = entry.link();
      begins = entry.begin(place);
      count(before, entry.link());
    }
    mark(device, entry, peer);
    if (begins) {
      contacts.accept(device.value()); // also where the session before was one
    }
    // a change shows first and ends the link then: one of the two sees the other
    boolean stands = begins && entries.get(device.value()) == entry && isCurrent(admitted);
    if (!stands) {
      leave(device, entry, place);
    }
    return stands;
  }

  /** Whether a session may stand on that admission now. No lock, no allocation. */
  public boolean isCurrent(Admission.Admitted admitted) {
    DeviceEntry entry = find.apply(admitted.device().id().value());
    return entry != null && !entry.device().retired() && entry.grant().equals(admitted.grant());
  }

  @Override
  public void detach(DeviceId device, DeviceLink link) {
    PresenceEntry entry = entries.get(device.value());
    Place place = entry == null ? null : entry.find(link);
    if (entry != null && place != null) {
      leave(device, entry, place);
    }
  }

  /** Ends a link's place, and gives the next its turn; false where it has ended before. */
  private boolean leave(DeviceId device, PresenceEntry entry, Place place) {
    Left left;
    Contact contact;
    synchronized (entry) {
      DeviceLink before = entry.link();
      contact = entry.contact;
      left = entry.leave(place);
      count(before, entry.link());
    }
    tell(device.value(), contact, entry);
    if (left == null) {
      return false;
    }
    if (left.end() != null) {
      left.end().complete(null);
    }
    if (left.next() != null) {
      left.next().turn.complete(null);
      turns.accept(device);
    }
    forgetUnknown(device.value(), entry);
    return true;
  }

  /** Counts devices with a link, at each change of one's. */
  private void count(@Nullable DeviceLink before, @Nullable DeviceLink after) {
    if ((before == null) != (after == null)) {
      connected.addAndGet(after == null ? -1 : 1);
    }
  }

  private void forgetUnknown(String id, PresenceEntry entry) {
    if (find.apply(id) == null && entry.isFree()) {
      entries.remove(id, entry);
    }
  }

  /** A sign of life outside a session. */
  @Override
  public void seen(DeviceId device, Peer peer) {
    PresenceEntry entry = entry(device);
    if (entry != null) {
      Contact before = entry.contact;
      if (before != Contact.LIVE) {
        entry.sessionless();
      }
      mark(device, entry, peer);
      tell(device.value(), before, entry);
    }
  }

  /**
   * A message of the device was accepted. For the hot path: one look-up, one write.
   *
   * @param micros when it arrived, microseconds since the epoch
   */
  public void seen(DeviceId device, long micros) {
    PresenceEntry entry = entry(device);
    if (entry != null) {
      entry.lastSeenMicros = micros;
      signs.accept(device.value());
    }
  }

  /**
   * Another device has said of one that it sends for whether that is there.
   *
   * @param isThere null: nobody knows any more
   */
  public void told(DeviceId device, @Nullable Boolean isThere) {
    PresenceEntry entry = entry(device);
    if (entry != null) {
      Contact before = entry.contact;
      entry.told(isThere);
      tell(device.value(), before, entry);
    }
  }

  /**
   * A message of a child was accepted that came through its concentrator. For the hot path: one
   * look-up, two writes.
   *
   * @param topic of the message: a command may have to name what stands in it
   */
  public void seen(DeviceId child, long micros, String topic) {
    PresenceEntry entry = entry(child);
    if (entry != null) {
      boolean isFirst = entry.topic == null;
      entry.topic = topic;
      entry.lastSeenMicros = micros;
      signs.accept(child.value());
      if (isFirst) {
        turns.accept(child);
      }
    }
  }

  /** Topic of the last message that came of a child through its concentrator, or null. */
  public @Nullable String topic(String child) {
    PresenceEntry entry = entries.get(child);
    return entry == null ? null : entry.topic;
  }

  /** A message of the device was refused. */
  public void refused(DeviceId device, RejectReason reason) {
    PresenceEntry entry = entry(device);
    if (entry != null) {
      entry.lastRefusal = reason;
    }
  }

  /** The live link, or null. */
  public @Nullable DeviceLink link(DeviceId device) {
    return link(device.value());
  }

  /**
   * The link that may be given commands now; null where there is none, or an earlier one has not
   * ended.
   */
  public @Nullable DeviceLink taker(DeviceId device) {
    PresenceEntry entry = entries.get(device.value());
    return entry == null ? null : entry.taker();
  }

  /** The session that the device has now, null where it has none. Each is one object. */
  public @Nullable Object session(DeviceId device) {
    DeviceLink link = link(device);
    return link != null && link.isSession() ? link : null;
  }

  private @Nullable DeviceLink link(String id) {
    PresenceEntry entry = entries.get(id);
    return entry == null ? null : entry.link();
  }

  public boolean connected(DeviceId device) {
    return connected(device.value());
  }

  /** Of any id, one that no device can have too: old records may name such. */
  public boolean connected(String id) {
    PresenceEntry entry = entries.get(id);
    return entry != null && (entry.link() != null || entry.contact == Contact.LIVE);
  }

  /** By which way it is in contact; of any id, as {@link #connected(String)}. */
  public Contact contact(String id) {
    PresenceEntry entry = entries.get(id);
    return entry == null ? Contact.UNKNOWN : entry.contact;
  }

  /** Devices with a live session. */
  public int connected() {
    return connected.get();
  }

  /** Microseconds since the epoch, null where it was never seen since the start. */
  public @Nullable Long lastSeenMicros(DeviceId device) {
    return lastSeenMicros(device.value());
  }

  /** Of any id, as {@link #connected(String)}. */
  public @Nullable Long lastSeenMicros(String id) {
    PresenceEntry entry = entries.get(id);
    return entry == null || entry.lastSeenMicros == PresenceEntry.NEVER
        ? null
        : entry.lastSeenMicros;
  }

  /** {@code address:port} of the session or the last exchange, or null. */
  public @Nullable String address(DeviceId device) {
    PresenceEntry entry = entries.get(device.value());
    InetSocketAddress address = entry == null ? null : entry.address;
    return address == null ? null : address.getHostString() + ':' + address.getPort();
  }

  public @Nullable RejectReason lastRefusal(DeviceId device) {
    PresenceEntry entry = entries.get(device.value());
    return entry == null ? null : entry.lastRefusal;
  }

  @Override
  public void changed(@Nullable Device before, @Nullable Device after, boolean credentialsChanged) {
    if (before == null) {
      return;
    }
    String id = before.id().value();
    PresenceEntry entry = entries.get(id);
    if (entry == null) {
      return;
    }
    if (after == null) {
      end(id, entry, LinkEnd.REMOVED);
      entry.forget();
      forgetUnknown(id, entry);
      contacts.accept(id);
    } else if (after.retired() || credentialsChanged) {
      end(id, entry, after.retired() ? LinkEnd.RETIRED : LinkEnd.CREDENTIALS_CHANGED);
    }
  }

  private void end(String id, PresenceEntry entry, LinkEnd reason) {
    DeviceLink link;
    Contact before;
    synchronized (entry) {
      before = entry.contact;
      link = entry.endSessions();
      count(link, null);
    }
    tell(id, before, entry);
    if (link != null) {
      link.close(reason);
    }
  }

  private @Nullable PresenceEntry entry(DeviceId device) {
    PresenceEntry entry = entries.get(device.value());
    if (entry != null) {
      return entry;
    }
    return mayConnect(device.value())
        ? entries.computeIfAbsent(device.value(), id -> new PresenceEntry())
        : null;
  }

  private boolean mayConnect(String id) {
    DeviceEntry entry = find.apply(id);
    return entry != null && !entry.device().retired();
  }

  private void mark(DeviceId device, PresenceEntry entry, Peer peer) {
    entry.address = peer.address();
    entry.lastSeenMicros = TimeUnit.MILLISECONDS.toMicros(clock.millis());
    signs.accept(device.value());
  }
}
