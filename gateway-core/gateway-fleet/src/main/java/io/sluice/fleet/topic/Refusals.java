package io.sluice.fleet.topic;

import io.sluice.engine.record.PoisonRecordException;
import io.sluice.engine.record.PoisonRecordException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what came on topics and is left out, by topic and kind, and tells of it at most once a
 * minute in this process: a topic may be full of it. Thread-safe.
 */
public final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
  private static final long TELL_MILLIS = 60_000;

  private record Place(String topic, Kind kind) {}

  /**
   * How many of a kind came on a topic.
   *
   * @param kind in lower case, as it stands in metrics
   */
  public record Count(String topic, String kind, LongAdder count) {}

  private final Map<Place, LongAdder> counts = new ConcurrentHashMap<>();
  private final LongSupplier millis;
  private boolean hasTold;
  private long toldMillis;
  private long untold;

  /**
   * @param millis the time; only its steps matter
   */
  public Refusals(LongSupplier millis) {
    this.millis = millis;
  }

  /** What came there is left out. */
  public void refuse(String topic, PoisonRecordException why) {
    counts.computeIfAbsent(new Place(topic, why.kind()), any -> new LongAdder()).increment();
    synchronized (this) {
      long now = millis.getAsLong();
      if (hasTold && now - toldMillis < TELL_MILLIS) {
        untold++;
        return;
      }
      LOG.warn(
          "fleet: what came on {} is left out ({}): it {}{}",
          topic,
          label(why.kind()),
          why.getMessage(),
          untold > 0 ? "; " + untold + " more since the last such line" : "");
      hasTold = true;
      toldMillis = now;
      untold = 0;
    }
  }

  private static String label(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** Since the process began, those that have come. */
  public List<Count> counts() {
    List<Count> all = new ArrayList<>();
    counts.forEach((place, count) -> all.add(new Count(place.topic, label(place.kind), count)));
    return all;
  }

  /** How many of that kind came there. */
  public long counted(String topic, Kind kind) {
    LongAdder count = counts.get(new Place(topic, kind));
    return count == null ? 0 : count.sum();
  }
}
