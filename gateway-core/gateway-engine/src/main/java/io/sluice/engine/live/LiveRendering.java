package io.sluice.engine.live;

import io.sluice.api.Lane;
import io.sluice.api.LiveEvent;
import io.sluice.engine.live.LiveFeed.Epochs;
import io.sluice.engine.live.LiveFeed.Stored;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.StoredJson;
import io.sluice.spool.Terms;

/** A stored record as an event of the live stream. Thread-safe. */
record LiveRendering(Epochs epochs, Terms terms) {
  LiveEvent render(Stored stored, long missed) {
    Lane lane = stored.messageClass().lane();
    String epoch = epochs.of(lane, stored.sequence());
    EncodedRecord view = StoredJson.view(stored.body(), lane, stored.sequence(), epoch, terms);
    return new LiveEvent(
        StoredJson.text(view),
        stored.messageClass(),
        view.sector(),
        view.site(),
        stored.device().value(),
        missed);
  }
}
