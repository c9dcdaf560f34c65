package io.sluice.engine.ingest;

import io.sluice.api.admin.Operations.LiveEvent;
import io.sluice.engine.ingest.LiveFeed.Stored;

/** A stored record as an event of the live stream. Thread-safe. */
record LiveRendering(String epoch) {
  LiveEvent render(Stored stored, long missed) {
    IngestEntry entry = stored.entry();
    return new LiveEvent(
        StoredJson.of(entry.body(), entry.lane(), stored.sequence(), epoch),
        entry.device().value(),
        entry.messageClass(),
        missed);
  }
}
