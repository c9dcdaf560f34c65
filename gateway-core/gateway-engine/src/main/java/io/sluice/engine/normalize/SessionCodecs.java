package io.sluice.engine.normalize;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.codec.SessionCodec;
import io.sluice.api.codec.SessionCodecFactory;
import io.sluice.engine.normalize.codec.VendorGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The codecs that keep a state, one of a kind for each session. There are as many entries as
 * sessions that use such a codec, at most; a session that none of its messages leads to one has no
 * entry. Thread-safe; a message waits for another of the same session alone.
 */
public final class SessionCodecs {
  /** Of a gateway without sessions: each message stands alone. */
  public static final SessionCodecs NONE = new SessionCodecs(device -> null);

  private final Function<DeviceId, @Nullable Object> sessions;
  private final ConcurrentMap<DeviceId, OfSession> held = new ConcurrentHashMap<>();

  /**
   * @param sessions the session that a device has now, null where it has none. Two are the same
   *     where they are one object. Called on any thread; must not block
   */
  public SessionCodecs(Function<DeviceId, @Nullable Object> sessions) {
    this.sessions = sessions;
  }

  /** What else is kept of a session, and goes with it. */
  public interface Attached {
    /** The session has ended. Called once, on any thread. */
    void ended();
  }

  /** The codecs of one session. Guarded by its own monitor. */
  static final class OfSession {
    private final Object session;
    private @Nullable Attached attached;
    private boolean hasEnded;
    private final List<Opened> codecs = new ArrayList<>(1); // as many as are installed, at most

    private OfSession(Object session) {
      this.session = session;
    }

    private synchronized @Nullable Attached attached(Function<Object, ? extends Attached> maker) {
      if (attached == null && !hasEnded) {
        attached = maker.apply(session);
      }
      return attached;
    }

    private synchronized @Nullable Attached attached() {
      return attached;
    }

    private void end() {
      Attached left;
      synchronized (this) {
        hasEnded = true;
        left = attached;
        attached = null;
      }
      if (left != null) {
        left.ended();
      }
    }

    /** The codec of that factory, opened where the session has none yet. */
    @SuppressWarnings("ReferenceEquality") // it is about the same factory, not an equal one
    SessionCodec codec(SessionCodecFactory factory, Device device) throws PayloadException {
      for (Opened opened : codecs) {
        if (opened.factory == factory) {
          return opened.codec;
        }
      }
      SessionCodec codec = VendorGuard.made(factory.name(), () -> factory.open(device));
      codecs.add(new Opened(factory, codec));
      return codec;
    }

    /** Drops a codec whose state cannot be trusted any more. */
    @SuppressWarnings("ReferenceEquality") // the very codec is meant
    void drop(SessionCodec codec) {
      codecs.removeIf(opened -> opened.codec == codec);
    }
  }

  private record Opened(SessionCodecFactory factory, SessionCodec codec) {}

  /** The codecs of the session that the device has now, or null where it has none. */
  @SuppressWarnings("ReferenceEquality") // the very session is meant
  @Nullable OfSession of(DeviceId device) {
    Object session = sessions.apply(device);
    if (session == null) {
      return null;
    }
    OfSession own = of(device, session);
    if (sessions.apply(device) != session && held.remove(device, own)) {
      own.end(); // it ended meanwhile, and its end found no entry
    }
    return own;
  }

  @SuppressWarnings("ReferenceEquality") // as above
  private OfSession of(DeviceId device, Object session) {
    OfSession known = held.get(device);
    if (known != null && known.session == session) {
      return known;
    }
    OfSession made = new OfSession(session);
    OfSession own =
        held.compute(device, (id, now) -> now != null && now.session == session ? now : made);
    if (known != null && own == made) {
      known.end(); // of the session before, whose end is still to come
    }
    return own;
  }

  /**
   * What is kept besides codecs of the session that the device has now.
   *
   * @param maker makes it for a session that has nothing yet; must not block
   * @return null where it has no session, or none any more
   */
  public @Nullable Attached attached(DeviceId device, Function<Object, ? extends Attached> maker) {
    OfSession own = of(device);
    return own == null ? null : own.attached(maker);
  }

  /**
   * The same of a connection that is no device's own.
   *
   * @param source what stands for it; one connection of it at a time
   */
  public @Nullable Attached attached(
      DeviceId source, Object connection, Function<Object, ? extends Attached> maker) {
    return of(source, connection).attached(maker);
  }

  /**
   * What is kept of the connection of a source by which it was heard last.
   *
   * @return null where nothing is kept
   */
  public @Nullable Attached attached(DeviceId source) {
    OfSession own = held.get(source);
    return own == null ? null : own.attached();
  }

  /** All that is kept besides codecs, now. */
  public List<Attached> attached() {
    List<Attached> all = new ArrayList<>();
    for (OfSession each : held.values()) {
      Attached one = each.attached();
      if (one != null) {
        all.add(one);
      }
    }
    return all;
  }

  /** The session has ended: what its codecs know is dropped. Does nothing for another one. */
  @SuppressWarnings("ReferenceEquality") // as above
  public void ended(DeviceId device, Object session) {
    OfSession own = held.get(device);
    if (own != null && own.session == session && held.remove(device, own)) {
      own.end();
    }
  }

  /** Sessions whose codecs are kept. */
  public int size() {
    return held.size();
  }
}
