package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.spool.SpoolBatch;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A batch that was read and is not committed. Confined to the Forwarder's thread. */
final class Flight {
  final SpoolBatch spooled;
  final OutboundBatch batch;

  /** Records that have their verdict, and those of them that were refused; null: none. */
  private @Nullable BitSet settled;

  private int settledCount;
  private @Nullable BitSet refused;
  private int refusedCount;

  /** Records that are not to be sent now; null: none. */
  private @Nullable BitSet held;

  /** Which records are under way, by their index; null: all. */
  int @Nullable [] part;

  /** Of what is under way; null where nothing is. */
  @Nullable CompletableFuture<Delivery> verdict;

  long sentNanos;

  Flight(SpoolBatch spooled, OutboundBatch batch) {
    this.spooled = spooled;
    this.batch = batch;
  }

  Lane lane() {
    return spooled.lane();
  }

  int count() {
    return spooled.count();
  }

  /** Whether what was sent of it has its verdict. */
  boolean hasVerdict() {
    return verdict != null && verdict.isDone();
  }

  /** A record of it for the operator: its id and device, where it can be read. */
  String named(int index) {
    try {
      return "record " + batch.id(index) + " of " + batch.device(index);
    } catch (UnreadableRecordException e) {
      return "record " + spooled.sequence(index) + " of the " + lane() + " lane";
    }
  }

  boolean isDone() {
    return settledCount == count();
  }

  boolean isUntouched() {
    return settledCount == 0;
  }

  int refusedCount() {
    return refusedCount;
  }

  boolean isRefused(int index) {
    return refused != null && refused.get(index);
  }

  boolean isSettled(int index) {
    return settled != null && settled.get(index);
  }

  boolean hasHeld() {
    return held != null && !held.isEmpty();
  }

  /** The first held record from that index on; negative where none is. */
  int nextHeld(int from) {
    return held == null ? -1 : held.nextSetBit(from);
  }

  void hold(int index) {
    if (held == null) {
      held = new BitSet(count());
    }
    held.set(index);
  }

  void release(int index) {
    if (held != null) {
      held.clear(index);
    }
  }

  /** All have arrived at once: the ordinary case, without a bit for each. */
  void settleAll() {
    settledCount = count();
  }

  /** Whether it had no verdict before. */
  boolean settle(int index, boolean isRefused) {
    if (settled == null) {
      settled = new BitSet(count());
    }
    if (settled.get(index)) {
      return false;
    }
    settled.set(index);
    settledCount++;
    release(index);
    if (isRefused) {
      if (refused == null) {
        refused = new BitSet(count());
      }
      refused.set(index);
      refusedCount++;
    }
    return true;
  }

  /** Index in the batch of a record under way. */
  int indexOf(int inPart) {
    return part == null ? inPart : part[inPart];
  }

  int partCount() {
    return part == null ? count() : part.length;
  }

  /** Chooses what is neither settled nor held to be sent; false where there is none. */
  boolean selectOpen() {
    if (isUntouched() && !hasHeld()) {
      part = null;
      return true;
    }
    BitSet open = new BitSet(count());
    open.set(0, count());
    if (settled != null) {
      open.andNot(settled);
    }
    if (held != null) {
      open.andNot(held);
    }
    part = open.stream().toArray();
    return part.length > 0;
  }

  OutboundBatch selected() {
    return part == null ? batch : new BatchSelection(batch, part);
  }
}
