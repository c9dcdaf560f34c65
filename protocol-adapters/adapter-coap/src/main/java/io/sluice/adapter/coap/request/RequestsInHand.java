package io.sluice.adapter.coap.request;

import io.sluice.adapter.coap.message.Replies;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries receipts from the spool's writer thread to the protocol threads, one task per batch, and
 * bounds the requests in hand. A request that waits long for its receipt is acknowledged empty
 * meanwhile (RFC 7252 5.2.2), so that the device does not send it again. Thread-safe.
 */
public final class RequestsInHand implements ReceiptSink {
  private static final Logger log = LoggerFactory.getLogger(RequestsInHand.class);

  /** Half of ACK_TIMEOUT (RFC 7252 4.8). */
  public static final long EMPTY_ACK_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** RequestsInHand that one task sends; the others go to whichever thread is free. */
  private static final int SHARE = 64;

  private final Executor protocolThreads;
  private final Executor followUp;
  private final int maxExchanges;
  private final int maxPayloadBytes;
  private final Semaphore places;

  /** Never holds more than there are places: each uplink gets one receipt. */
  private final Queue<UplinkExchange> verdicts = new ConcurrentLinkedQueue<>();

  /** In the order of arrival; the answered ones leave at the next {@link #acknowledgeSlow}. */
  private final Queue<UplinkExchange> waiting = new ConcurrentLinkedQueue<>();

  private volatile Consumer<Uplink> again = _ -> {};

  private final AtomicBoolean woken = new AtomicBoolean();

  /**
   * @param followUp runs, on a protocol thread, a task after what that thread has handed out
   */
  public RequestsInHand(
      Executor protocolThreads, Executor followUp, int maxExchanges, int maxPayloadBytes) {
    this.protocolThreads = protocolThreads;
    this.followUp = followUp;
    this.maxExchanges = maxExchanges;
    this.maxPayloadBytes = maxPayloadBytes;
    this.places = new Semaphore(maxExchanges);
  }

  /** Has what waits for the gateway offered again by this. */
  void offerAgainBy(Consumer<Uplink> offer) {
    again = offer;
  }

  /** Reserves a place for one more request; false where all are taken. */
  boolean reserve() {
    return places.tryAcquire();
  }

  /** Releases a place that was reserved and came to no uplink. */
  public void release() {
    release(1);
  }

  /** Releases so many places. */
  public void release(int count) {
    places.release(count);
  }

  public void await(UplinkExchange uplink) {
    waiting.add(uplink);
  }

  @Override
  public void receipt(Uplink uplink, Receipt receipt) {
    if (ListenerContext.isOfferedAgain(uplink, receipt, again)) {
      return;
    }
    UplinkExchange own = (UplinkExchange) uplink;
    if (own.receipt()
        .compareAndSet(null, receipt)) { // the first counts: its place is given back once
      verdicts.add(own);
    }
  }

  @Override
  public void flush() {
    if (verdicts.isEmpty() || !woken.compareAndSet(false, true)) {
      return;
    }
    try {
      protocolThreads.execute(this::answer);
    } catch (RejectedExecutionException full) {
      // Full: the next flush or the timer tries again. Closed: the devices send again.
      woken.set(false);
    }
  }

  private void answer() {
    woken.set(false);
    UplinkExchange uplink;
    int answered = 0;
    while (answered < SHARE && (uplink = verdicts.poll()) != null) {
      answered++;
      Receipt receipt = Objects.requireNonNull(uplink.receipt().get());
      try {
        Replies.send(uplink.exchange(), Replies.to(uplink, receipt, maxPayloadBytes));
      } catch (RuntimeException unexpected) {
        // Top of the task: one answer's fault must not cost the others theirs.
        log.error("coap: an answer failed", unexpected);
      }
    }
    releaseBehind(answered);
    flush();
  }

  /** Californium hands each answer on once more: the places are free when those are sent. */
  private void releaseBehind(int places) {
    try {
      followUp.execute(() -> release(places));
    } catch (RejectedExecutionException closed) {
      release(places);
    }
  }

  /** Sends the empty acknowledgements that are due; called every tenth of a second or so. */
  public void acknowledgeSlow(long nowNanos) {
    flush();
    UplinkExchange oldest;
    while ((oldest = waiting.peek()) != null) {
      if (oldest.receipt().get() == null) {
        if (nowNanos - oldest.receivedNanos() < EMPTY_ACK_AFTER_NANOS) {
          return;
        }
        oldest.exchange().sendAccept();
      }
      waiting.poll();
    }
  }

  /** Takes no more, and waits until all in hand is answered. False where time ran out. */
  public boolean drain(long timeoutMillis) throws InterruptedException {
    return places.tryAcquire(maxExchanges, timeoutMillis, TimeUnit.MILLISECONDS);
  }
}
