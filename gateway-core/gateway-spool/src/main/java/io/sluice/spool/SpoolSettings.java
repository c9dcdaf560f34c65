package io.sluice.spool;

import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bounds and policies of the spool: the section {@code spool} of the configuration. */
public record SpoolSettings(
    @Option(doc = "Disk that the three lanes may use together.", def = "2GB", min = 4 << 20)
        Bytes maxBytes,
    @Option(
            doc =
                "Size of a segment file. Made smaller by itself where a lane would not hold four, and"
                    + " larger where one would hold more than 512.",
            def = "64MB",
            min = 64 << 10,
            max = 1 << 30)
        Bytes segmentBytes,
    @Option(
            doc = "Share of the disk kept for alarms, in percent; with event-share at most 90.",
            def = "10",
            min = 1,
            max = 80)
        int alarmShare,
    @Option(
            doc = "Share of the disk kept for events, in percent; with alarm-share at most 90.",
            def = "20",
            min = 1,
            max = 80)
        int eventShare,
    @Option(
            doc =
                "What the telemetry lane does at its bound: drop-oldest gives up its oldest segment"
                    + " and counts it in the ledger, refuse makes devices wait.",
            def = "drop-oldest")
        Policy telemetryPolicy,
    @Option(doc = "The same for events.", def = "refuse") Policy eventPolicy,
    @Option(doc = "The same for alarms.", def = "refuse") Policy alarmPolicy,
    @Option(
            doc =
                "Age beyond which whole segments of telemetry are dropped although no upstream had"
                    + " them; by default none is.",
            min = 60_000)
        @Nullable Duration maxAge,
    @Option(doc = "Disk for dead letters; the oldest go first.", def = "64MB", min = 1 << 20)
        Bytes deadLetterBytes,
    @Option(
            doc = "Most bytes that wait in memory for the next group commit.",
            def = "32MB",
            min = 1 << 20,
            max = 1 << 30)
        Bytes queueBytes,
    @Option(
            doc =
                "Encrypts what is written from now on; what was written before is read as it is"
                    + " until it is gone.")
        @Nullable SpoolEncryption encryption)
    implements Checked {
  /** Half of what a log may have at most: failed writes and restarts begin short ones. */
  private static final int SEGMENTS_WANTED_MAX = 512;

  private static final long TERM_BYTES_MAX = 128 << 10;

  /** Of the smallest segment. */
  private static final int TERM_SHARE = 8;

  /** What a lane does at its bound. */
  public enum Policy {
    DROP_OLDEST,
    REFUSE
  }

  @Override
  public List<Problem> problems() {
    return alarmShare + eventShare <= 90
        ? List.of()
        : List.of(
            new Problem(
                "event-share",
                "alarm-share and event-share are "
                    + (alarmShare + eventShare)
                    + " % together; leave 10 % for telemetry"));
  }

  public long capacityBytes(Lane lane) {
    return maxBytes.value() * share(lane) / 100;
  }

  private int share(Lane lane) {
    return switch (lane) {
      case ALARM -> alarmShare;
      case EVENT -> eventShare;
      case TELEMETRY -> 100 - alarmShare - eventShare;
    };
  }

  public Policy policy(Lane lane) {
    return switch (lane) {
      case ALARM -> alarmPolicy;
      case EVENT -> eventPolicy;
      case TELEMETRY -> telemetryPolicy;
    };
  }

  /**
   * So that each log holds at least four segments, and one that is read can be given up; and so few
   * that a large one is used to its bound, not to that of its files.
   */
  public long segmentBytes(long capacityBytes) {
    return Math.max(effectiveSegmentBytes(), capacityBytes / SEGMENTS_WANTED_MAX);
  }

  /** What the names that records tell by number may take of each segment, and of memory. */
  public int termBytes() {
    long smallest = Long.MAX_VALUE;
    for (Lane lane : Lane.values()) {
      smallest = Math.min(smallest, segmentBytes(capacityBytes(lane)));
    }
    return (int) Math.min(TERM_BYTES_MAX, smallest / TERM_SHARE);
  }

  private long effectiveSegmentBytes() {
    long smallest = deadLetterBytes.value();
    for (Lane lane : Lane.values()) {
      smallest = Math.min(smallest, capacityBytes(lane));
    }
    return Math.min(segmentBytes.value(), Math.max(64 << 10, smallest / 4));
  }
}
