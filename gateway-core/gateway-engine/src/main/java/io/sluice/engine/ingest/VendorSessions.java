package io.sluice.engine.ingest;

import io.sluice.api.Command;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.api.dialect.VendorSession;
import io.sluice.engine.normalize.SessionCodecs;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in messages that their vendor's rules understand by what the session has said before, and
 * gives what these rules ask for to the link that brought them. Thread-safe, never blocks.
 */
public final class VendorSessions {
  private static final Logger LOG = LoggerFactory.getLogger(VendorSessions.class);
  private static final long MICROS = 1_000;
  private static final int MAX_ENDS = 1_000;

  private final IngestPipeline pipeline;
  private final MessageParts parts;
  private final SessionCodecs sessions;
  private final InstantSource clock = InstantSource.system(); // of the times that commands have

  /** Ends for which there was no room; {@value #MAX_ENDS} at most. */
  private final Queue<SessionEnd> ends = new ConcurrentLinkedQueue<>();

  /**
   * What messages are that found no room before their session ended. There are as many as messages
   * that wait so with their adapters, at most.
   */
  private final Map<Uplink, List<Part>> outlived = Collections.synchronizedMap(new WeakHashMap<>());

  private volatile boolean areOutlived;

  private final AtomicInteger endsWaiting = new AtomicInteger();
  private volatile BooleanSupplier quiet = () -> false;

  VendorSessions(IngestPipeline pipeline, MessageParts parts, SessionCodecs sessions) {
    this.pipeline = pipeline;
    this.parts = parts;
    this.sessions = sessions;
  }

  /** The verdict on a message; null where one is given later. */
  @Nullable Receipt take(Uplink uplink, MessageParts.Known known, SessionUnpacker unpacker) {
    List<Part> understood = areOutlived ? outlived.get(uplink) : null;
    if (understood != null) {
      return parts.take(uplink, known, understood, null); // of its devices was told by then
    }
    Object connection = uplink.connection();
    OpenSession open =
        connection == null
            ? open(known.self(), unpacker)
            : open(known.self(), connection, unpacker);
    if (open != null) {
      return open.take(uplink, known);
    }
    List<Part> found;
    try {
      found = unpacker.unpack(uplink.topic(), uplink.payload(), uplink.receivedMicros());
    } catch (PayloadException e) {
      return pipeline.deadLetter(uplink, known.self(), e);
    }
    return parts.take(uplink, known, found, null);
  }

  private @Nullable OpenSession open(Device self, SessionUnpacker unpacker) {
    return sessions.attached(self.id(), maker(self, unpacker)) instanceof OpenSession open
        ? open
        : null;
  }

  private @Nullable OpenSession open(Device source, Object connection, SessionUnpacker unpacker) {
    return sessions.attached(source.id(), connection, maker(source, unpacker))
            instanceof OpenSession open
        ? open
        : null;
  }

  private Function<Object, OpenSession> maker(Device self, SessionUnpacker unpacker) {
    return link -> new OpenSession(this, pipeline, parts, self, unpacker, link);
  }

  /** A message is offered again though its session has ended: it is what it was then. */
  void outlives(Uplink uplink, List<Part> understood) {
    outlived.put(uplink, understood);
    areOutlived = true;
  }

  /** What a new subscription of the device's session gets at once. */
  public List<Downlink> retained(Device self, SessionUnpacker unpacker, String filter) {
    OpenSession open = open(self, unpacker);
    return open == null ? List.of() : open.retained(filter);
  }

  /** A command in the form of the session's vendor, or null. */
  public @Nullable Downlink write(Device self, SessionUnpacker unpacker, Command command) {
    OpenSession open = open(self, unpacker);
    return open == null ? null : open.write(command, clock.millis() * MICROS);
  }

  /**
   * A command for a device that a source has heard, in the form of that device's vendor, or null.
   */
  public @Nullable Downlink write(DeviceId source, Command command) {
    return sessions.attached(source) instanceof OpenSession open
        ? open.write(command, clock.millis() * MICROS)
        : null;
  }

  /** The gateway ends sessions itself at such times, which says nothing of their devices. */
  public void quietWhile(BooleanSupplier itEndsThem) {
    quiet = itEndsThem;
  }

  /** Keeps what is to be kept of devices whose session ended without a word of theirs. */
  void ended(OpenSession open, OpenSession.Last last, VendorSession session) {
    List<Part> found = quiet.getAsBoolean() ? List.of() : session.ended();
    if (!found.isEmpty()) {
      offer(
          new SessionEnd(
              last.known().self().id(),
              last.protocol(),
              last.topic(),
              last.known(),
              found,
              clock.millis() * MICROS,
              System.nanoTime(),
              this::later),
          open);
    }
  }

  private void offer(SessionEnd end, @Nullable OpenSession open) {
    Receipt now = parts.take(end, end.known(), end.parts(), open);
    if (now != null) {
      end.receipt(end, now);
    }
  }

  private void later(SessionEnd end) {
    if (endsWaiting.incrementAndGet() <= MAX_ENDS) {
      ends.add(end);
    } else {
      endsWaiting.decrementAndGet();
      LOG.warn("{}: the end of its session found no room and is not stored", end.device());
    }
  }

  private void offerEnds() {
    for (int left = endsWaiting.get(); left > 0; left--) {
      SessionEnd next = ends.poll();
      if (next != null) {
        endsWaiting.decrementAndGet();
        offer(next, null); // of its devices was told by then
      }
    }
  }

  /** Settles messages that have waited too long, and asks what is due to be asked. Each second. */
  public void sweep(long nowMicros) {
    for (SessionCodecs.Attached each : sessions.attached()) {
      if (each instanceof OpenSession open) {
        open.sweep(nowMicros);
      }
    }
    offerEnds();
  }
}
