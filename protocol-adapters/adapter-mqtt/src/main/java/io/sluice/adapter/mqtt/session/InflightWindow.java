package io.sluice.adapter.mqtt.session;

import io.netty.buffer.ByteBuf;
import io.sluice.api.Lane;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.health.Guarded;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/**
 * One client's messages in hand, in order of receipt: MQTT 5 section 4.9. Holds twice the receive
 * maximum (QoS 0 counts here too); beyond it the socket is not read. Confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class InflightWindow {
  private static final Guarded RETRIES = Guarded.of("mqtt-retry");

  /** Of a device that has gone, what will find room by then is offered again ... */
  private static final long SOON_MILLIS = 250;

  /** ... for so long. */
  private static final long LAST_OFFERS_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final String NO_ROOM = "found no room in the spool";
  private static final Receipt NOTHING_KEPT = new Receipt.Stored(Lane.TELEMETRY, 0);

  private final Connection connection;
  private final ArrayDeque<Publication> pending = new ArrayDeque<>();

  /** Of one call of {@link #answer}; empty between calls. */
  private final ArrayDeque<Publication> answered = new ArrayDeque<>();

  private boolean touched;

  /** Whether what found no room is to be offered again at a time that is set. */
  private boolean waiting;

  /** Whether one found no room: what came behind it is not offered before it. */
  private boolean heldUp;

  /** How long what waits has to wait, milliseconds; of the last that was told. */
  private long retryMillis;

  /** When nothing is offered again for a device that has gone; 0 while it has not. */
  private long lastOfferNanos;

  InflightWindow(Connection connection) {
    this.connection = connection;
  }

  /** False where the spool is busy or the window full: then nothing more is read. */
  boolean hasRoom() {
    return !waiting && !heldUp && pending.size() < limit();
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  private int limit() {
    return connection.settings.receiveMaximum() * 2;
  }

  /** Messages of QoS 1 and 2 that were not answered. */
  private int unanswered() {
    int count = 0;
    for (Publication publication : pending) {
      count += publication.qos > 0 ? 1 : 0;
    }
    return count;
  }

  /** Whether one is of QoS 2: its answer has an answer. */
  boolean holdsQos2() {
    for (Publication publication : pending) {
      if (publication.qos == 2) {
        return true;
      }
    }
    return false;
  }

  boolean isPending(int packetId) {
    for (Publication publication : pending) {
      if (publication.qos == 2 && publication.packetId == packetId) {
        return true;
      }
    }
    return false;
  }

  void offer(Publication publication) {
    if (connection.v5
        && publication.qos > 0
        && pending.size() >= connection.settings.receiveMaximum()
        && unanswered() >= connection.settings.receiveMaximum()) {
      connection.fail((byte) 0x93, "receive maximum exceeded"); // [MQTT-3.3.4-9]
      return;
    }
    pending.add(publication);
    if (!waiting && !heldUp) {
      offerNow(publication);
    }
    if (heldUp || pending.size() >= limit()) {
      connection.read();
    }
  }

  /** The gateway says at once where it has no room, and nothing passes that message then. */
  private void offerNow(Publication publication) {
    publication.state = Publication.State.OFFERED;
    publication.receipt = null;
    connection.offer(publication);
    heldUp = retryAfterMillis(publication) >= 0;
  }

  /** Answers a message of which nothing is kept, or nothing more than is, in its turn. */
  void acknowledge(Publication publication) {
    publication.receipt = NOTHING_KEPT;
    publication.state = Publication.State.DECIDED;
    pending.add(publication);
    if (pending.size() == 1) {
      answer();
    } else if (pending.size() >= limit()) {
      connection.read();
    }
  }

  /** Notes a receipt; true where the connection has not been touched in this batch yet. */
  boolean resolved(Publication publication) {
    if (publication.state == Publication.State.DECIDED) {
      return false; // the first receipt counts
    }
    long retryAfterMillis = retryAfterMillis(publication);
    boolean isBusy = retryAfterMillis >= 0;
    if (publication.isWill) {
      if (isBusy && connection.will != null) {
        connection.will.busy(retryAfterMillis);
      }
      return false;
    }
    publication.state = isBusy ? Publication.State.WAITING : Publication.State.DECIDED;
    if (isBusy && connection.inactive() && !pending.contains(publication)) {
      connection.ending.lost(1, NO_ROOM);
      return false;
    }
    if (isBusy && !waiting) {
      heldUp = false;
      if (!connection.failed() || retryAfterMillis <= SOON_MILLIS) {
        retryLater(retryAfterMillis);
      }
    }
    boolean firstTouch = !touched;
    touched = true;
    return firstTouch;
  }

  /**
   * Negative where there is a verdict. Who sends more than it may is told so where the protocol has
   * an answer for it, and otherwise not read from until its time has come.
   */
  private long retryAfterMillis(Publication publication) {
    return switch (publication.receipt) {
      case Receipt.Busy busy -> busy.retryAfterMillis();
      case Receipt.Limited limited when !connection.v5 || publication.qos == 0 ->
          limited.retryAfterMillis();
      case null, default -> -1;
    };
  }

  private void retryLater(long millis) {
    waiting = true;
    retryMillis = millis;
    connection.read();
    var _ =
        connection
            .sink()
            .loop()
            .schedule(RETRIES.task(this::retry), Math.max(1, millis), TimeUnit.MILLISECONDS);
  }

  private void retry() {
    waiting = false;
    heldUp = false;
    if (connection.failed() && !connection.inactive()) {
      if (!pending.isEmpty() && retryMillis <= SOON_MILLIS) {
        retryLater(retryMillis); // it is being closed
      }
      return;
    }
    for (Publication publication : pending) {
      if (publication.state == Publication.State.WAITING && !heldUp) {
        offerNow(publication);
      }
    }
    connection.read();
  }

  /** Answers what is decided, in order of receipt [MQTT-4.6.0-2]: one buffer, one flush. */
  void answer() {
    touched = false;
    if (connection.inactive()) {
      connection.ending.ifSettled();
      return;
    }
    boolean full = pending.size() >= limit();
    ByteBuf acknowledgements = null;
    while (!pending.isEmpty() && pending.element().state == Publication.State.DECIDED) {
      Publication decided = pending.remove();
      boolean plain = connection.publishing.decided(decided);
      if (connection.failed()) {
        connection.publishing.unanswered(decided);
      } else {
        answered.add(decided);
      }
      if (plain && !connection.failed()) {
        if (acknowledgements == null) {
          acknowledgements = connection.channel.alloc().buffer(4 * (pending.size() + 1));
        }
        int type = decided.qos == 1 ? 0x40 : 0x50;
        acknowledgements.writeInt(type << 24 | 2 << 16 | decided.packetId);
      } else if (acknowledgements != null) {
        connection.channel.write(acknowledgements, connection.channel.voidPromise());
        acknowledgements = null;
      }
      if (!plain) {
        connection.publishing.refuse(decided);
      }
      if (decided.exchange != null && connection.commands != null) {
        if (acknowledgements != null) {
          connection.channel.write(acknowledgements, connection.channel.voidPromise());
          acknowledgements = null;
        }
        connection.commands.follow(decided);
      }
    }
    if (acknowledgements != null) {
      connection.channel.write(acknowledgements, connection.channel.voidPromise());
    }
    connection.channel.flush();
    if (!connection.channel.isActive()) {
      answered.forEach(connection.publishing::unanswered); // the write has found it closed
    }
    answered.clear();
    if (full) {
      connection.read();
    }
  }

  /** Gives up waiting for receipts. */
  void abandon() {
    pending.clear();
  }

  /**
   * The socket is closed: notes what is decided and drops what may be dropped; true where nothing
   * is left to wait for. Where the session lives on, the verdict on what is in hand is waited for:
   * the device sends it again, and what is stored by then shall not be stored twice. What nobody
   * sends again is offered some more times where there will be room soon.
   *
   * @param sleeps whether the session outlives the connection
   */
  boolean settle(boolean sleeps) {
    int lost = 0;
    boolean isTried = isTried();
    Iterator<Publication> each = pending.iterator();
    while (each.hasNext()) {
      Publication publication = each.next();
      boolean comesAgain = sleeps && publication.qos > 0;
      boolean isKept =
          switch (publication.state) {
            case DECIDED -> {
              connection.publishing.decided(publication);
              connection.publishing.unanswered(publication);
              yield false;
            }
            case WAITING -> {
              boolean isOfferedAgain = isTried && !comesAgain;
              lost += isOfferedAgain ? 0 : 1;
              yield isOfferedAgain;
            }
            case OFFERED -> comesAgain || retryAfterMillis(publication) >= 0;
          };
      if (!isKept) {
        each.remove();
      }
    }
    if (lost > 0) {
      connection.ending.lost(lost, NO_ROOM);
    }
    return pending.isEmpty();
  }

  /** Whether what waits is offered again though its device has gone. */
  private boolean isTried() {
    if (lastOfferNanos == 0) {
      lastOfferNanos = System.nanoTime() + LAST_OFFERS_NANOS;
    }
    boolean isSoon = waiting && retryMillis <= SOON_MILLIS;
    return heldUp || (isSoon && System.nanoTime() - lastOfferNanos < 0);
  }

  /** Offers nothing again: nothing goes out in the name of whose credentials were taken away. */
  void drop() {
    int before = pending.size();
    pending.removeIf(publication -> publication.state == Publication.State.WAITING);
    if (pending.size() < before) {
      connection.ending.lost(before - pending.size(), "waited when its credentials changed");
    }
  }
}
