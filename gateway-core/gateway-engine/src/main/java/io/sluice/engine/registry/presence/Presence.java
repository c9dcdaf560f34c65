package io.sluice.engine.registry.presence;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Sessions;
import io.sluice.engine.registry.device.DeviceChanges;
import io.sluice.engine.registry.device.DeviceEntry;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who is there: the live link of each device, when and from where it was last seen, and why its
 * last message was refused. In memory only; about 100 bytes a device. Thread-safe, never blocks.
 *
 * <p>Holds registered devices only: a sign of life of any other name is ignored, so that its size
 * is bounded by the registry's.
 */
// links and standings are compared by identity: the very session is meant
@SuppressWarnings("ReferenceEquality")
public final class Presence implements DeviceChanges, Sessions {
  private static final long NEVER = Long.MIN_VALUE;

  private volatile Consumer<String> signs = device -> {};
  private final Function<String, @Nullable DeviceEntry> find;
  private final Clock clock;
  private final ConcurrentMap<String, Standing> standings = new ConcurrentHashMap<>();
  private final AtomicInteger connected = new AtomicInteger();

  /** What is known of one device. Fields are written by many threads; each stands for itself. */
  private static final class Standing {
    private volatile @Nullable DeviceLink link;
    private volatile @Nullable InetSocketAddress address;
    private volatile @Nullable RejectReason lastRefusal;
    private volatile long lastSeenMicros = NEVER;
    private volatile Contact contact = Contact.UNKNOWN;
  }

  /** By which way a device is in contact, as far as this process has seen. */
  public enum Contact {
    /** It has a session now. */
    LIVE,
    /** It had a session, which has ended. */
    ENDED,
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
    this.find = find;
    this.clock = clock;
  }

  /** Has the listener told of every sign of life, on the thread that sees it; never to block. */
  public void onSign(Consumer<String> listener) {
    signs = listener;
  }

  /**
   * A session begins; the one that the device had before is closed.
   *
   * @return false where the registry has changed since it was admitted, so that it has no session
   */
  @Override
  public boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link) {
    DeviceId device = admitted.device().id();
    Standing standing = isCurrent(admitted) ? standing(device) : null;
    if (standing == null) {
      return false;
    }
    DeviceLink before;
    synchronized (standing) {
      before = standing.link;
      standing.link = link;
      standing.contact = link.isSession() ? Contact.LIVE : Contact.SESSIONLESS;
      if (before == null) {
        connected.incrementAndGet();
      }
    }
    mark(device, standing, peer);
    if (before != null && before != link) {
      before.close(LinkEnd.TAKEN_OVER);
    }
    // a change shows first and ends the link then: one of the two sees the other
    boolean stands = standings.get(device.value()) == standing && isCurrent(admitted);
    if (!stands) {
      drop(standing, link);
      forgetUnknown(device.value(), standing);
    }
    return stands;
  }

  /** Whether a session may stand on that admission now. No lock, no allocation. */
  public boolean isCurrent(Admission.Admitted admitted) {
    DeviceEntry entry = find.apply(admitted.device().id().value());
    return entry != null && !entry.device().retired() && entry.grant().equals(admitted.grant());
  }

  /** The session behind this link has ended. Does nothing where another link took its place. */
  @Override
  public void detach(DeviceId device, DeviceLink link) {
    Standing standing = standings.get(device.value());
    if (standing != null) {
      drop(standing, link);
    }
  }

  private void drop(Standing standing, DeviceLink link) {
    synchronized (standing) {
      if (standing.link == link) {
        standing.link = null;
        ended(standing);
        connected.decrementAndGet();
      }
    }
  }

  private static void ended(Standing standing) {
    if (standing.contact == Contact.LIVE) {
      standing.contact = Contact.ENDED;
    }
  }

  private void forgetUnknown(String id, Standing standing) {
    if (find.apply(id) == null) {
      standings.remove(id, standing);
    }
  }

  /** A sign of life outside a session. */
  @Override
  public void seen(DeviceId device, Peer peer) {
    Standing standing = standing(device);
    if (standing != null) {
      if (standing.contact != Contact.LIVE) {
        noSession(standing);
      }
      mark(device, standing, peer);
    }
  }

  private static void noSession(Standing standing) {
    synchronized (standing) {
      if (standing.contact != Contact.LIVE) {
        standing.contact = Contact.SESSIONLESS;
      }
    }
  }

  /**
   * A message of the device was accepted. For the hot path: one look-up, one write.
   *
   * @param micros when it arrived, microseconds since the epoch
   */
  public void seen(DeviceId device, long micros) {
    Standing standing = standing(device);
    if (standing != null) {
      standing.lastSeenMicros = micros;
      signs.accept(device.value());
    }
  }

  /** A message of the device was refused. */
  public void refused(DeviceId device, RejectReason reason) {
    Standing standing = standing(device);
    if (standing != null) {
      standing.lastRefusal = reason;
    }
  }

  /** The live link, or null. */
  public @Nullable DeviceLink link(DeviceId device) {
    return link(device.value());
  }

  /** The session that the device has now, null where it has none. Each is one object. */
  public @Nullable Object session(DeviceId device) {
    DeviceLink link = link(device);
    return link != null && link.isSession() ? link : null;
  }

  private @Nullable DeviceLink link(String id) {
    Standing standing = standings.get(id);
    return standing == null ? null : standing.link;
  }

  public boolean connected(DeviceId device) {
    return connected(device.value());
  }

  /** Of any id, one that no device can have too: old records may name such. */
  public boolean connected(String id) {
    return link(id) != null;
  }

  /** By which way it is in contact; of any id, as {@link #connected(String)}. */
  public Contact contact(String id) {
    Standing standing = standings.get(id);
    return standing == null ? Contact.UNKNOWN : standing.contact;
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
    Standing standing = standings.get(id);
    return standing == null || standing.lastSeenMicros == NEVER ? null : standing.lastSeenMicros;
  }

  /** {@code address:port} of the session or the last exchange, or null. */
  public @Nullable String address(DeviceId device) {
    Standing standing = standings.get(device.value());
    InetSocketAddress address = standing == null ? null : standing.address;
    return address == null ? null : address.getHostString() + ':' + address.getPort();
  }

  public @Nullable RejectReason lastRefusal(DeviceId device) {
    Standing standing = standings.get(device.value());
    return standing == null ? null : standing.lastRefusal;
  }

  @Override
  public void changed(@Nullable Device before, @Nullable Device after, boolean credentialsChanged) {
    if (before == null) {
      return;
    }
    String id = before.id().value();
    if (after == null) {
      Standing gone = standings.remove(id);
      if (gone != null) {
        end(id, gone, LinkEnd.REMOVED);
      }
      return;
    }
    Standing standing = standings.get(id);
    if (standing != null && (after.retired() || credentialsChanged)) {
      end(id, standing, after.retired() ? LinkEnd.RETIRED : LinkEnd.CREDENTIALS_CHANGED);
    }
  }

  private void end(String id, Standing standing, LinkEnd reason) {
    DeviceLink link;
    synchronized (standing) {
      link = standing.link;
      standing.link = null;
      ended(standing);
      if (link != null) {
        connected.decrementAndGet();
      }
    }
    if (link != null) {
      link.close(reason);
    }
    forgetUnknown(id, standing);
  }

  private @Nullable Standing standing(DeviceId device) {
    Standing standing = standings.get(device.value());
    if (standing != null) {
      return standing;
    }
    return mayConnect(device.value())
        ? standings.computeIfAbsent(device.value(), id -> new Standing())
        : null;
  }

  private boolean mayConnect(String id) {
    DeviceEntry entry = find.apply(id);
    return entry != null && !entry.device().retired();
  }

  private void mark(DeviceId device, Standing standing, Peer peer) {
    standing.address = peer.address();
    standing.lastSeenMicros = TimeUnit.MILLISECONDS.toMicros(clock.millis());
    signs.accept(device.value());
  }
}
