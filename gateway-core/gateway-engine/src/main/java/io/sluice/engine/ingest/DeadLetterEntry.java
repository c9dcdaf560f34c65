package io.sluice.engine.ingest;

import io.sluice.api.Lane;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.spool.SpoolEntry;

/** A refused uplink on its way to the dead-letter log; its sender is told once it is there. */
record DeadLetterEntry(
    IngestPipeline pipeline, Uplink uplink, Receipt.Rejected verdict, byte[] body)
    implements SpoolEntry {
  @Override
  public Lane lane() {
    return Lane.EVENT;
  }

  @Override
  public long receivedMicros() {
    return uplink.receivedMicros();
  }

  @Override
  public void stored(long sequence) {
    pipeline.give(uplink, verdict);
  }

  @Override
  public void failed(String cause) {
    pipeline.give(uplink, new Receipt.Busy(IngestPipeline.DISK_RETRY_AFTER_MILLIS));
  }
}
