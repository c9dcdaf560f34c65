package io.sluice.engine.ingest;

import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the receipts of one message's parts into the message's: it is stored when all parts are
 * that are not refused. Where one part finds no room, the message is answered so at once, that
 * nothing passes it, and is offered again; the parts that are settled or on their way are left out
 * then. Thread-safe.
 */
final class PartReceipts implements ReceiptSink {
  private final MessageParts owner;
  private final Uplink message;
  private final Progress progress;

  /**
   * What has become of the parts in all offers of one message. It keeps no message, so that a
   * message that nobody offers again goes with it. Guarded by itself.
   */
  static final class Progress {
    private final BitSet settled = new BitSet();
    private final BitSet onTheirWay = new BitSet();
    private boolean isAnswered;
    private boolean isOffering;
    private Receipt.@Nullable Stored stored;
    private Receipt.@Nullable Rejected rejected;
    private @Nullable Receipt later;
    private int refused;

    private void note(int place, Receipt receipt) {
      onTheirWay.clear(place);
      switch (receipt) {
        case Receipt.Stored part -> {
          settled.set(place);
          stored = stored == null || part.notice() != null ? part : stored;
        }
        case Receipt.Rejected part -> {
          settled.set(place);
          refused++;
          rejected = rejected == null ? part : rejected;
        }
        case Receipt.Busy busy -> later = busy;
        case Receipt.Limited limited -> later = later == null ? limited : later;
      }
    }

    /** The message's receipt, where it is known by now. */
    private @Nullable Receipt verdict() {
      if (isAnswered || isOffering || (later == null && !onTheirWay.isEmpty())) {
        return null;
      }
      isAnswered = true;
      Receipt.Rejected refusal = rejected;
      Receipt.Stored kept = stored;
      if (later != null) {
        return later;
      }
      if (kept == null) {
        return refusal == null ? MessageParts.NOTHING_TO_KEEP : refusal;
      }
      if (refusal == null) {
        return kept;
      }
      String more = refused > 1 ? " (and " + (refused - 1) + " more)" : "";
      return new Receipt.Stored(kept.lane(), kept.sequence(), refusal.detail() + more);
    }
  }

  /**
   * Begins an offer.
   *
   * @param progress of earlier offers
   */
  PartReceipts(MessageParts owner, Uplink message, Progress progress) {
    this.owner = owner;
    this.message = message;
    this.progress = progress;
    synchronized (progress) {
      progress.isOffering = true;
      progress.isAnswered = false;
      progress.later = null;
    }
  }

  /** Whether a part is to be offered now; its receipt is awaited from then on. */
  boolean isDue(int place) {
    synchronized (progress) {
      if (progress.settled.get(place) || progress.onTheirWay.get(place)) {
        return false;
      }
      progress.onTheirWay.set(place);
      return true;
    }
  }

  /** Whether a part that was offered is to be offered again. */
  boolean isLeft(int place) {
    synchronized (progress) {
      return !progress.settled.get(place) && !progress.onTheirWay.get(place);
    }
  }

  /** Whether a part of this offer has found no room. */
  boolean isInterrupted() {
    synchronized (progress) {
      return progress.later != null;
    }
  }

  /** All parts are offered: the message's receipt, where it is known by now. */
  @Nullable Receipt offered() {
    Receipt whole;
    synchronized (progress) {
      progress.isOffering = false;
      whole = progress.verdict();
    }
    if (whole != null) {
      note(whole);
    }
    return whole;
  }

  private void note(Receipt whole) {
    if (whole instanceof Receipt.Busy || whole instanceof Receipt.Limited) {
      owner.interrupted(message, progress);
    }
  }

  @Override
  public void receipt(Uplink uplink, Receipt receipt) {
    Receipt whole;
    synchronized (progress) {
      progress.note(uplink instanceof PartUplink part ? part.place() : 0, receipt);
      whole = progress.verdict();
    }
    if (whole != null) {
      note(whole);
      message.sink().receipt(message, whole);
    }
  }

  @Override
  public void flush() {
    message.sink().flush();
  }
}
