package io.sluice.engine.ingest;

import io.sluice.api.Command;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.api.dialect.VendorSession;
import io.sluice.engine.normalize.SessionCodecs;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session by its vendor's rules, and the messages of it that wait for others before them:
 * {@value #MAX_WAITING} and {@value #MAX_WAITING_BYTES} bytes at most; then the oldest is taken as
 * it is. Thread-safe: one message at a time.
 */
final class OpenSession implements SessionCodecs.Attached {
  private static final Logger LOG = LoggerFactory.getLogger(OpenSession.class);
  private static final int MAX_WAITING = 64;
  private static final int MAX_WAITING_BYTES = 1 << 19;

  /** Who has not offered a message again by then has given it up, as far as can be told. */
  private static final long GIVEN_UP_MICROS = 10_000_000;

  private static final Receipt AGAIN = new Receipt.Busy(IngestPipeline.QUEUE_RETRY_AFTER_MILLIS);

  private final VendorSessions sessions;
  private final IngestPipeline pipeline;
  private final MessageParts parts;
  private final Device self;
  private final VendorSession session;
  private final long patienceMicros;
  private final Object link;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(0);

  /** Devices behind it that are there; as many as the session knows, at most. */
  private final Set<DeviceId> told = new HashSet<>(0);

  /**
   * The last message that was taken apart, where there was no room for all of it: it is offered
   * again before any other of its link, and what waits here waits for it, too.
   */
  private @Nullable Uplink heldUp;

  private int waitingBytes;
  private boolean hasEnded;

  /** Whether a birth came that the link has not heard of. */
  private boolean isBorn;

  /** Of the last message that was taken, or null. */
  private @Nullable Last last;

  /** By what a session's end is understood. */
  record Last(String protocol, String topic, MessageParts.Known known) {}

  /** A message that waits for others. */
  private record Waiting(Uplink uplink, MessageParts.Known known) {}

  /**
   * @param link by which the session's messages come
   */
  OpenSession(
      VendorSessions sessions,
      IngestPipeline pipeline,
      MessageParts parts,
      Device self,
      SessionUnpacker unpacker,
      Object link) {
    this.sessions = sessions;
    this.pipeline = pipeline;
    this.parts = parts;
    this.self = self;
    this.session = unpacker.open(self);
    long ofRule = unpacker.patienceMicros();
    this.patienceMicros = ofRule == SessionUnpacker.BY_SESSION ? session.patienceMicros() : ofRule;
    this.link = link;
  }

  /** The verdict on a message; null where one is given later. */
  synchronized @Nullable Receipt take(Uplink uplink, MessageParts.Known known) {
    boolean isAgain = uplink.equals(heldUp);
    boolean isRoom = !isAgain && makeRoom(uplink.payload().length);
    if (heldUp != null && !isAgain && isFull(uplink.payload().length)) {
      return AGAIN; // behind one before it, for which there was no room just now
    }
    Receipt now;
    try {
      List<Part> found = unpack(uplink, isAgain, isRoom);
      if (found == null) {
        waiting.add(new Waiting(uplink, known));
        waitingBytes += uplink.payload().length;
        return null;
      }
      now = store(uplink, known, found);
    } catch (PayloadException e) {
      now = pipeline.deadLetter(uplink, known.self(), e);
    }
    settleReady();
    answer(uplink.receivedMicros());
    return now;
  }

  private @Nullable List<Part> unpack(Uplink uplink, boolean isAgain, boolean mayWait)
      throws PayloadException {
    heldUp = null;
    return isAgain
        ? session.again(uplink.topic(), uplink.payload(), uplink.receivedMicros())
        : session.unpack(uplink.topic(), uplink.payload(), uplink.receivedMicros(), mayWait);
  }

  private @Nullable Receipt store(Uplink uplink, MessageParts.Known known, List<Part> found) {
    note(uplink, known);
    Receipt now = parts.take(uplink, known, found, this);
    if (now instanceof Receipt.Busy || now instanceof Receipt.Limited) {
      heldUp = uplink;
      if (hasEnded) {
        sessions.outlives(uplink, found);
      }
    }
    return now;
  }

  /** Who is behind a broker is there as before when the connection to the broker ends. */
  private void note(Uplink uplink, MessageParts.Known known) {
    Last before = last;
    boolean isNew = before == null || !before.topic().equals(uplink.topic());
    if (isNew && !uplink.isOfSource()) {
      last = new Last(uplink.protocol(), uplink.topic(), known);
    }
  }

  private boolean isFull(int bytes) {
    return !waiting.isEmpty()
        && (waiting.size() >= MAX_WAITING || waitingBytes + bytes > MAX_WAITING_BYTES);
  }

  /** Whether a message may wait, once the oldest have been taken as they are. */
  private boolean makeRoom(int bytes) {
    heldUp = null; // whoever comes now does not wait for it
    while (isFull(bytes) && heldUp == null) {
      settle(waiting.element(), false);
      settleReady();
    }
    return !hasEnded && bytes <= MAX_WAITING_BYTES;
  }

  /** Takes those that wait for nothing any more, up to one for which there is no room. */
  private void settleReady() {
    boolean isOne = true;
    while (isOne && !waiting.isEmpty() && heldUp == null) {
      isOne = false;
      Iterator<Waiting> each = List.copyOf(waiting).iterator();
      while (each.hasNext() && !isOne) {
        isOne = settle(each.next(), true);
      }
    }
  }

  /** Offers one that waits again; false where it goes on waiting. */
  private boolean settle(Waiting message, boolean mayWait) {
    Uplink uplink = message.uplink();
    Receipt now;
    try {
      List<Part> found = unpack(uplink, false, mayWait);
      if (found == null && mayWait) {
        return false;
      }
      now = store(uplink, message.known(), found == null ? List.of() : found);
    } catch (PayloadException e) {
      now = pipeline.deadLetter(uplink, self, e);
    }
    waiting.remove(message);
    waitingBytes -= uplink.payload().length;
    if (now != null) {
      uplink.sink().receipt(uplink, now);
      uplink.sink().flush();
    }
    return true;
  }

  /** Notes that a device behind the session is there, or gone. */
  void told(Device subject, Part.Life life) {
    DeviceId id = subject.id();
    isBorn |= life == Part.Life.BIRTH;
    if (id.equals(self.id())) {
      return; // that is for its link to say
    }
    if (life == Part.Life.BIRTH) {
      told.add(id);
    } else {
      told.remove(id);
    }
    pipeline.told(id, life == Part.Life.BIRTH);
  }

  synchronized List<Downlink> retained(String filter) {
    return session.retained(filter);
  }

  synchronized @Nullable Downlink write(Command command, long nowMicros) {
    return session.write(command, nowMicros);
  }

  /** Takes what has waited too long, and asks what is due. */
  synchronized void sweep(long nowMicros) {
    if (hasEnded || isHeldUp(nowMicros)) {
      return;
    }
    heldUp = null;
    boolean isLate = true;
    while (isLate && !waiting.isEmpty() && heldUp == null) {
      Waiting oldest = waiting.element();
      long waits = nowMicros - oldest.uplink().receivedMicros();
      isLate = waits >= patienceMicros || waits < 0;
      if (isLate) {
        settle(oldest, false);
        settleReady();
      }
    }
    answer(nowMicros);
  }

  /** Whether one that found no room is still to come again, as far as can be told. */
  private boolean isHeldUp(long nowMicros) {
    Uplink before = heldUp;
    return before != null && nowMicros - before.receivedMicros() < GIVEN_UP_MICROS;
  }

  /** Gives the link what the session asks for, and what can be sent now that births have come. */
  private void answer(long nowMicros) {
    List<Downlink> requests = session.requests(nowMicros);
    if (link instanceof DeviceLink own) {
      for (Downlink each : requests) {
        var _ = own.tell(each); // a link that sends none is no fault of the session
      }
      if (isBorn) {
        own.knownAnew();
      }
    }
    isBorn = false;
  }

  /** Its last message, such as a will, may be offered again when nothing is known here any more. */
  private void leave(Uplink uplink) {
    try {
      sessions.outlives(
          uplink, session.again(uplink.topic(), uplink.payload(), uplink.receivedMicros()));
    } catch (PayloadException e) {
      LOG.debug("{}: what waits for room is understood by itself", self.id(), e);
    }
  }

  @Override
  public synchronized void ended() {
    hasEnded = true;
    if (heldUp != null) {
      leave(heldUp);
    }
    while (!waiting.isEmpty()) {
      settle(waiting.element(), false);
    }
    if (last != null) {
      sessions.ended(this, last, session);
    }
    for (DeviceId device : told) {
      pipeline.told(device, null);
    }
    told.clear();
    session.close();
  }
}
