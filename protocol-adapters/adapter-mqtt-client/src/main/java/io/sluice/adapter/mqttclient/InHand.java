package io.sluice.adapter.mqttclient;

import io.netty.channel.EventLoop;
import io.sluice.adapter.netty.ReceiptQueue;
import io.sluice.api.adapter.Ingress;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.health.Guarded;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one source has taken from its broker and the gateway has not decided on. It outlives
 * connections: what is in hand when one breaks is stored all the same. Where the spool is busy, or
 * a limit reached, all waits behind the first message that found no room, in the order of arrival,
 * and nothing is acknowledged. Bounded by messages and bytes: beyond them the socket is not read.
 * Confined to the event loop, but for what says so.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a retry ends with its event loop
final class InHand implements ReceiptSink {
  private static final Guarded FAULTS = Guarded.of("mqtt-source");

  /** Of all payloads together; one message of the largest size always fits. */
  private static final long BYTES_MAX = 16 << 20;

  private final EventLoop loop;
  private final Ingress ingress;
  private final int messagesMax;
  private final Runnable progress;
  private final Consumer<SourceMessage> verdicts;
  private final ReceiptQueue<SourceMessage> decided;
  private final List<SourceMessage> held = new ArrayList<>();
  private boolean isHeldUp;
  private int messages;
  private long bytes;
  private boolean isClosed;

  /**
   * @param messagesMax beyond which nothing is read
   * @param verdicts told of each message that is decided on
   * @param progress called when some were
   */
  InHand(
      EventLoop loop,
      Ingress ingress,
      int messagesMax,
      Consumer<SourceMessage> verdicts,
      Runnable progress) {
    this.verdicts = verdicts;
    this.loop = loop;
    this.ingress = ingress;
    this.messagesMax = messagesMax;
    this.progress = progress;
    this.decided = new ReceiptQueue<>(loop, this::drain);
  }

  boolean isFull() {
    return messages >= messagesMax || bytes >= BYTES_MAX;
  }

  /** Whether there is room again for some time. */
  boolean hasRoom() {
    return messages <= messagesMax / 2 && bytes <= BYTES_MAX / 2;
  }

  void take(SourceMessage message) {
    messages++;
    bytes += message.payload().length;
    if (isHeldUp || !held.isEmpty()) {
      held.add(message);
    } else {
      offer(message);
    }
  }

  // By its contract the way in never throws; if it did, its message must be settled all the same.
  @SuppressWarnings("CatchingUnchecked")
  private void offer(SourceMessage message) {
    message.state = SourceMessage.State.OFFERED;
    message.receipt = null;
    try {
      ingress.accept(message);
    } catch (RuntimeException fault) {
      FAULTS.caught(fault);
      message.receipt = Receipt.Rejected.FAULT;
      decided.offer(message);
      decided.flush();
    }
    long later = retryAfterMillis(message.receipt);
    if (later >= 0) {
      holdUp(later);
    }
  }

  @Override
  public void receipt(Uplink uplink, Receipt receipt) {
    SourceMessage message = (SourceMessage) uplink;
    message.receipt = receipt;
    decided.offer(message);
  }

  @Override
  public void flush() {
    decided.flush();
  }

  private void drain() {
    for (SourceMessage next = decided.poll(); next != null; next = decided.poll()) {
      resolved(next);
    }
    progress.run();
  }

  private void resolved(SourceMessage message) {
    Receipt receipt = message.receipt;
    if (message.state != SourceMessage.State.OFFERED || receipt == null) {
      return; // the first receipt counts
    }
    long later = retryAfterMillis(receipt);
    if (later >= 0) {
      message.state = SourceMessage.State.WAITING;
      if (isClosed) {
        messages--;
      } else {
        held.add(message);
        holdUp(later);
      }
      return;
    }
    message.state = SourceMessage.State.DECIDED;
    messages--;
    bytes -= message.payload().length;
    verdicts.accept(message);
  }

  /** Negative where there is a verdict. */
  private static long retryAfterMillis(@Nullable Receipt receipt) {
    return switch (receipt) {
      case Receipt.Busy busy -> busy.retryAfterMillis();
      case Receipt.Limited limited -> limited.retryAfterMillis();
      case null, default -> -1;
    };
  }

  private void holdUp(long millis) {
    if (!isHeldUp && !isClosed) {
      isHeldUp = true;
      var _ = loop.schedule(FAULTS.task(this::retry), Math.max(1, millis), TimeUnit.MILLISECONDS);
    }
  }

  private void retry() {
    isHeldUp = false;
    if (isClosed) {
      return;
    }
    List<SourceMessage> waiting = new ArrayList<>(held);
    held.clear();
    waiting.sort(Comparator.comparingLong(message -> message.order));
    for (SourceMessage message : waiting) {
      if (isHeldUp) {
        held.add(message);
      } else {
        offer(message);
      }
    }
  }

  /** Offers nothing any more: what is not stored is not acknowledged, so that it comes again. */
  void close() {
    isClosed = true;
    messages -= held.size();
    held.clear();
  }

  /** Whether all that was offered is decided on. */
  boolean isSettled() {
    return messages == 0;
  }
}
