package io.sluice.engine.ingest;

import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.health.Guarded;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives verdicts to the sinks of uplinks, and wakes each of them once for a group commit. Confined
 * to the spool's writer thread.
 */
final class TouchedSinks {
  private static final Guarded FAULTS = Guarded.of("receipt-sinks");

  /** Those with receipts since the last flush. */
  private final List<ReceiptSink> touched = new ArrayList<>();

  void give(Uplink uplink, Receipt receipt) {
    ReceiptSink sink = uplink.sink();
    if (!isTouched(sink)) {
      touched.add(sink);
    }
    sink.receipt(uplink, receipt);
  }

  @SuppressWarnings("ReferenceEquality") // it is about the same sink, not an equal one
  private boolean isTouched(ReceiptSink sink) {
    for (int i = touched.size() - 1; i >= 0; i--) {
      if (touched.get(i) == sink) {
        return true;
      }
    }
    return false;
  }

  void flush() {
    for (int i = 0; i < touched.size(); i++) {
      try {
        touched.get(i).flush();
      } catch (RuntimeException | Error e) {
        FAULTS.caught(e); // an event loop that is coming down: the others have receipts too
      }
    }
    touched.clear();
  }
}
