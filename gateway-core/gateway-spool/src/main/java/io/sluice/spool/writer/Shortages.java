package io.sluice.spool.writer;

import io.sluice.spool.segment.SegmentLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which logs are at their bound, and what becomes of records then: told once as it begins, and once
 * as it is over. The writer thread changes it, any thread asks.
 */
final class Shortages {
  private static final Logger LOG = LoggerFactory.getLogger(Shortages.class);

  private final List<SegmentLog> logs;

  /** 1 for a log that must refuse. */
  private final AtomicIntegerArray refusing;

  /** Records that a log has given up since it came to its bound; 0 where it has room. */
  private final AtomicLongArray dropped;

  Shortages(List<SegmentLog> logs) {
    this.logs = logs;
    this.refusing = new AtomicIntegerArray(logs.size());
    this.dropped = new AtomicLongArray(logs.size());
  }

  boolean isRefusing(int log) {
    return refusing.get(log) != 0;
  }

  /** Whether it refuses, or gives up what an upstream has not had. */
  boolean isAtBound(int log) {
    return isRefusing(log) || dropped.get(log) != 0;
  }

  /** Writer thread. */
  void refuses(int log, boolean now) {
    boolean before = refusing.getAndSet(log, now ? 1 : 0) != 0;
    if (now && !before) {
      LOG.warn(
          "spool: the {} lane is full; devices are made to wait until an upstream takes some",
          name(log));
    } else if (before && !now) {
      LOG.info("spool: the {} lane takes records again", name(log));
    }
  }

  /** Records were given up that some upstream has not had. Writer thread. */
  void drops(int log, long records) {
    if (dropped.getAndAdd(log, records) == 0) {
      LOG.warn(
          "spool: the {} lane is full and gives up its oldest records (drop-oldest), {} so far;"
              + " an upstream is away or too slow",
          name(log),
          records);
    }
  }

  /** Whether there is room for more than the segment that was begun: then dropping is over. */
  void look(int log) {
    SegmentLog.Shape shape = logs.get(log).shape();
    if (dropped.get(log) != 0
        && logs.get(log).bytes() + 2 * shape.segmentBytes() <= shape.capacityBytes()) {
      LOG.info(
          "spool: the {} lane has room again; {} of its oldest records were given up",
          name(log),
          dropped.getAndSet(log, 0));
    }
  }

  /** One line each, alarms first; empty where every log has room. */
  List<String> told() {
    List<String> lines = new ArrayList<>();
    for (int log = 0; log < logs.size(); log++) {
      long gone = dropped.get(log);
      if (isRefusing(log)) {
        lines.add("the " + name(log) + " lane is full and makes devices wait");
      } else if (gone > 0) {
        lines.add(
            "the "
                + name(log)
                + " lane is full and gives up its oldest records, "
                + gone
                + " so far");
      }
    }
    return lines;
  }

  private String name(int log) {
    return logs.get(log).shape().name();
  }
}
