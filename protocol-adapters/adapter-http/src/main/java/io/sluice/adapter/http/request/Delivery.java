package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.Response;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.health.Guarded;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one request, on their way to the disk. At most {@value #WINDOW} of them are with
 * the gateway at once; one for which it has no room at the moment is offered again for a short
 * while. Confined to the event loop of its call, but for {@link #loop}.
 */
// what runs on an event loop is guarded: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
  private static final Guarded RETRIES = Guarded.of("http-retry");
  private static final int WINDOW = 256;

  /** A gateway without room is asked again for so long before the client is told. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** What lasts longer is the client's to wait for. */
  private static final long MAX_RETRY_MILLIS = 250;

  private final AdapterContext gateway;
  private final HttpLoop loop;
  private final Consumer<Delivery> done;
  private final long beganNanos = System.nanoTime();
  private List<HttpMessage> messages = List.of();

  /** Places of messages that an earlier request with the same key has stored. */
  private BitSet before = new BitSet();

  /** For which there was no room, in their order: nothing behind the first is offered. */
  private @Nullable PriorityQueue<HttpMessage> again;

  private int next;
  private int inHand;
  private int settled;

  /** Whether one has found no room of which nobody heard by the queue yet. */
  private boolean isHeldUp;

  /** Whether the time is set at which what found no room is offered again. */
  private boolean isWaiting;

  /**
   * @param done told once each message has its verdict
   */
  Delivery(AdapterContext gateway, HttpLoop loop, Consumer<Delivery> done) {
    this.gateway = gateway;
    this.loop = loop;
    this.done = done;
  }

  /** Where receipts come back. Thread-safe. */
  HttpLoop loop() {
    return loop;
  }

  List<HttpMessage> messages() {
    return messages;
  }

  /**
   * Offers the messages.
   *
   * @param stored places of those that are stored already
   */
  void start(List<HttpMessage> all, BitSet stored) {
    messages = all;
    before = stored;
    offerMore();
  }

  private void offerMore() {
    while (inHand < WINDOW && next < messages.size() && !isHeldUp && !isWaiting) {
      HttpMessage message = messages.get(next++);
      if (before.get(message.place) || message.receipt != null) {
        settled++;
      } else {
        inHand++;
        offer(message);
      }
    }
    if (settled == messages.size()) {
      done.accept(this);
    }
  }

  /**
   * A gateway that throws has given its receipt by that. One that has no room says so at once, and
   * nothing passes that message then.
   */
  private void offer(HttpMessage message) {
    message.isOffered = true;
    message.given = null;
    try {
      gateway.ingress().accept(message);
    } catch (RuntimeException fault) {
      LOG.error("http: the gateway failed at a message of {}", message.device(), fault);
      loop.receipt(message, Receipt.Rejected.FAULT);
      loop.flush();
    }
    isHeldUp = message.given instanceof Receipt.Busy;
  }

  /** A verdict has come; the first of each offer counts. */
  void decided(HttpMessage message) {
    Receipt receipt = message.given;
    if (!message.isOffered || receipt == null) {
      return;
    }
    message.isOffered = false;
    if (receipt instanceof Receipt.Busy busy) {
      isHeldUp = false;
      if (mayWait(busy)) {
        heldUp().add(message);
        retryLater(busy.retryAfterMillis());
        return;
      }
    }
    message.receipt = receipt;
    inHand--;
    settled++;
    offerMore();
  }

  private PriorityQueue<HttpMessage> heldUp() {
    PriorityQueue<HttpMessage> all = again;
    if (all == null) {
      all = new PriorityQueue<>(Comparator.comparingInt(message -> message.place));
      again = all;
    }
    return all;
  }

  private void retryLater(long millis) {
    if (!isWaiting) {
      isWaiting = true;
      loop.loop()
          .schedule(
              RETRIES.task(() -> loop.run(this::retry)),
              Math.max(1, millis),
              TimeUnit.MILLISECONDS);
    }
  }

  private boolean mayWait(Receipt.Busy busy) {
    return busy.retryAfterMillis() <= MAX_RETRY_MILLIS
        && System.nanoTime() - beganNanos < PATIENCE_NANOS;
  }

  private void retry() {
    isWaiting = false;
    PriorityQueue<HttpMessage> all = heldUp();
    while (!all.isEmpty() && !isHeldUp) {
      offer(all.remove());
    }
    offerMore();
  }

  /** The places of those that are stored, by this request or one before it. */
  BitSet stored() {
    BitSet stored = (BitSet) before.clone();
    for (HttpMessage message : messages) {
      if (message.receipt instanceof Receipt.Stored) {
        stored.set(message.place);
      }
    }
    return stored;
  }

  /** The answer of a request that is one message. */
  Response single(CommandNumbers numbers) {
    HttpMessage only = messages.getFirst();
    Receipt receipt = only.receipt;
    if (receipt == null) {
      return Answers.OK; // stored before
    }
    Response reply = VendorReplies.of(only, receipt, gateway, numbers);
    return reply == null ? Answers.of(receipt) : reply;
  }
}
