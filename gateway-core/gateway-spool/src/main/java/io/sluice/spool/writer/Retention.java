package io.sluice.spool.writer;

import io.sluice.api.Lane;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.cursor.CursorReader;
import io.sluice.spool.segment.Segment;
import io.sluice.spool.segment.SegmentLog;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When segments go: passed by every cursor, too old, or in the way at the bound. Writer thread. */
final class Retention {
  private final SpoolSettings settings;
  private final List<SegmentLog> logs;
  private final List<CursorReader> readers;
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final PassedTime passed;

  Retention(
      SpoolSettings settings,
      List<SegmentLog> logs,
      List<CursorReader> readers,
      PassedTime passed) {
    this.settings = settings;
    this.logs = logs;
    this.readers = readers;
    this.passed = passed;
  }

  private static @Nullable Lane lane(int log) {
    return log < Lane.values().length ? Lane.values()[log] : null;
  }

  /** Deletes what every cursor has passed, durably. */
  void discardConsumed(int log) throws IOException {
    discardPassed(log, readers);
  }

  private void discardPassed(int log, List<CursorReader> awaited) throws IOException {
    Lane lane = lane(log);
    // what the gateway itself has read is not consumed: an upstream may be configured later
    if (lane == null || awaited.stream().allMatch(CursorReader::isInternal)) {
      return;
    }
    long passed = Long.MAX_VALUE;
    for (CursorReader reader : awaited) {
      passed = Math.min(passed, reader.savedOldest(lane));
    }
    SegmentLog segments = logs.get(log);
    Segment oldest = segments.oldestSealed();
    while (oldest != null && oldest.endSequence() <= passed && hasSuccessor(segments)) {
      for (CursorReader reader : readers) {
        if (reader.isParked()) {
          reader.drop(lane, oldest.baseSequence(), oldest.endSequence(), "overflow");
        }
      }
      segments.discardOldest();
      oldest = segments.oldestSealed();
    }
  }

  /** The last segment stays: its end is where the sequence goes on after a restart. */
  private static boolean hasSuccessor(SegmentLog log) {
    return log.segments().length > 1;
  }

  /** Drops whole segments of telemetry that are beyond the configured age. */
  void discardExpired() throws IOException {
    Duration maxAge = settings.maxAge();
    int log = Lane.TELEMETRY.ordinal();
    if (maxAge == null) {
      return;
    }
    passed.look(logs.get(log).nextSequence());
    long records = 0;
    Segment oldest = logs.get(log).oldestSealed();
    while (oldest != null
        && hasSuccessor(logs.get(log))
        && passed.ageMillis(oldest.modifiedMillis(), oldest.endSequence()) > maxAge.toMillis()) {
      records += oldest.endSequence() - oldest.baseSequence();
      giveUp(log, oldest, "expired");
      oldest = logs.get(log).oldestSealed();
    }
    if (records > 0) {
      LOG.warn(
          "spool: {} records of telemetry are given up, as they are older than spool.max-age ({});"
              + " the ledger counts those that an upstream had not had",
          records,
          maxAge);
    }
  }

  /**
   * Makes room in a log that is at its bound, if its policy is to drop.
   *
   * @return how many records it gave up that some upstream has not had
   */
  long makeRoom(int log) throws IOException {
    discardConsumed(log);
    if (logs.get(log).isFull()) {
      // the gateway's own readers hold nothing up, nor do those of upstreams that are gone: they go
      // on behind what is gone
      discardPassed(
          log,
          readers.stream().filter(reader -> !reader.isInternal() && !reader.isParked()).toList());
    }
    Lane lane = lane(log);
    boolean drops = lane == null || settings.policy(lane) == Policy.DROP_OLDEST;
    long dropped = 0;
    Segment oldest = logs.get(log).oldestSealed();
    while (drops && oldest != null && logs.get(log).isFull() && hasSuccessor(logs.get(log))) {
      dropped += lane == null ? 0 : lacked(lane, oldest);
      giveUp(log, oldest, "overflow");
      oldest = logs.get(log).oldestSealed();
    }
    return dropped;
  }

  /** Of a segment's records those that some upstream has not had. */
  private long lacked(Lane lane, Segment segment) {
    long first = segment.endSequence();
    for (CursorReader reader : readers) {
      if (!reader.isInternal()) {
        first = Math.min(first, reader.oldest(lane));
      }
    }
    return segment.endSequence() - Math.max(first, segment.baseSequence());
  }

  private void giveUp(int log, Segment oldest, String reason) throws IOException {
    Lane lane = lane(log);
    if (lane != null) {
      for (CursorReader reader : readers) {
        reader.drop(lane, oldest.baseSequence(), oldest.endSequence(), reason);
      }
    }
    logs.get(log).discardOldest();
  }
}
