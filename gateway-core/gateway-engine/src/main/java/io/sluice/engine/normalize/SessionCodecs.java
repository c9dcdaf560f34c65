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

  /** The codecs of one session. Guarded by its own monitor. */
  static final class OfSession {
    private final Object session;
    private final List<Opened> codecs = new ArrayList<>(1); // as many as are installed, at most

    private OfSession(Object session) {
      this.session = session;
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
    OfSession own =
        held.compute(
            device,
            (id, before) ->
                before != null && before.session == session ? before : new OfSession(session));
    if (sessions.apply(device) != session) {
      held.remove(device, own); // it ended meanwhile, and its end found no entry
    }
    return own;
  }

  /** The session has ended: what its codecs know is dropped. Does nothing for another one. */
  @SuppressWarnings("ReferenceEquality") // as above
  public void ended(DeviceId device, Object session) {
    OfSession own = held.get(device);
    if (own != null && own.session == session) {
      held.remove(device, own);
    }
  }

  /** Sessions whose codecs are kept. */
  public int size() {
    return held.size();
  }
}
