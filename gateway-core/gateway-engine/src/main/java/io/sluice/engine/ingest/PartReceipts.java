package io.sluice.engine.ingest;

import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the receipts of one message's parts into the message's: it is stored when all parts are
 * that are not refused. Where the spool was busy for one of them, the message is offered again, and
 * the parts that are settled are left out then. Thread-safe.
 */
final class PartReceipts implements ReceiptSink {
  private final MessageParts owner;
  private final Uplink message;
  private final BitSet settled;
  private int open = 1; // held until all parts are offered
  private Receipt.@Nullable Stored stored;
  private Receipt.@Nullable Rejected rejected;
  private @Nullable Receipt later;
  private int refused;

  /**
   * @param settled places of the parts that an earlier attempt has settled
   */
  PartReceipts(MessageParts owner, Uplink message, BitSet settled) {
    this.owner = owner;
    this.message = message;
    this.settled = settled;
  }

  /** Whether an earlier attempt has settled a part. */
  synchronized boolean isSettled(int place) {
    return settled.get(place);
  }

  /** A part is offered, and its receipt awaited. */
  synchronized void awaits() {
    open++;
  }

  /** All parts are offered: the message's receipt, where it is known by now. */
  synchronized @Nullable Receipt offered() {
    return --open == 0 ? verdict() : null;
  }

  @Override
  public void receipt(Uplink uplink, Receipt receipt) {
    Receipt whole;
    synchronized (this) {
      note(uplink instanceof PartUplink part ? part.place() : 0, receipt);
      whole = --open == 0 ? verdict() : null;
    }
    if (whole != null) {
      message.sink().receipt(message, whole);
    }
  }

  @Override
  public void flush() {
    message.sink().flush();
  }

  private void note(int place, Receipt receipt) {
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

  private Receipt verdict() {
    Receipt.Rejected refusal = rejected;
    Receipt.Stored kept = stored;
    if (later != null) {
      owner.interrupted(message, settled);
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
