package io.sluice.engine.ingest;

import io.sluice.api.Lane;
import io.sluice.api.LiveEvent;
import io.sluice.engine.ingest.LiveFeed.Stored;
import io.sluice.engine.record.EncodedRecord;

/** A stored record as an event of the live stream. Thread-safe. */
record LiveRendering(Epochs epochs) {
  /** The random part of a record's id. */
  @FunctionalInterface
  interface Epochs {
    String of(Lane lane, long sequence);
  }

  LiveEvent render(Stored stored, long missed) {
    IngestEntry entry = stored.entry();
    String epoch = epochs.of(entry.lane(), stored.sequence());
    EncodedRecord view = StoredJson.view(entry.body(), entry.lane(), stored.sequence(), epoch);
    return new LiveEvent(
        StoredJson.text(view),
        entry.messageClass(),
        view.sector(),
        view.site(),
        entry.device().value(),
        missed);
  }
}
