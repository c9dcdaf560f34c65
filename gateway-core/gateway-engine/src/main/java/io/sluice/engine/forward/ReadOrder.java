package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.api.PerLane;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a lane's next batch is live or backlog: live first, and while both have records,
 * each gets its share, counted in records. Not thread-safe.
 */
final class ReadOrder {
  private final SpoolReader reader;
  private final int liveShare;
  private final int maxBytes;
  private final PerLane<Credit> credits = PerLane.of(lane -> new Credit());

  /** Records read since both streams last had some. */
  private static final class Credit {
    long live;
    long backlog;
  }

  /**
   * @param liveShare percent, 1 to 99
   */
  ReadOrder(SpoolReader reader, int liveShare, int maxBytes) {
    this.reader = reader;
    this.liveShare = liveShare;
    this.maxBytes = maxBytes;
  }

  @Nullable SpoolBatch read(Lane lane, int maxRecords) throws IOException {
    Credit credit = credits.get(lane);
    Stream first = liveIsDue(credit) ? Stream.LIVE : Stream.BACKLOG;
    SpoolBatch batch = reader.read(lane, first, maxRecords, maxBytes);
    if (batch == null) {
      // A stream that had nothing to send has no claim on later throughput.
      credit.live = 0;
      credit.backlog = 0;
      return reader.read(lane, other(first), maxRecords, maxBytes);
    }
    if (first == Stream.LIVE) {
      credit.live += batch.count();
    } else {
      credit.backlog += batch.count();
    }
    return batch;
  }

  private boolean liveIsDue(Credit credit) {
    return credit.live * (100 - liveShare) <= credit.backlog * liveShare;
  }

  private static Stream other(Stream stream) {
    return stream == Stream.LIVE ? Stream.BACKLOG : Stream.LIVE;
  }
}
