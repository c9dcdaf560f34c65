package io.sluice.engine.forward;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator what an upstream refuses: in the log at the first of each reason, the tenth,
 * the hundredth and so on; in the status for an hour. Told by the Forwarder's thread, asked by any.
 */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
  private static final int REASONS_MAX = 64;
  private static final long SHOWN_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final Pattern NUMBER = Pattern.compile("\\b\\d+\\b");

  private final String upstream;
  private final LongSupplier nanoTime;
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private long total;
  private long lastNanos;
  private @Nullable String last;

  Refusals(String upstream, LongSupplier nanoTime) {
    this.upstream = upstream;
    this.nanoTime = nanoTime;
  }

  /**
   * @param record what is known of the record: its id and device
   */
  synchronized void tell(String record, String cause) {
    // What differs by its figures alone is one reason.
    String reason = NUMBER.matcher(cause).replaceAll("n");
    if (counts.size() >= REASONS_MAX && !counts.containsKey(reason)) {
      counts.remove(counts.keySet().iterator().next());
    }
    long count = counts.merge(reason, 1L, Long::sum);
    total++;
    last = cause;
    lastNanos = nanoTime.getAsLong();
    if (isPowerOfTen(count)) {
      LOG.warn(
          "upstream {}: refuses {}: {}; it is among the dead letters ({} refused for this reason"
              + " since start)",
          upstream,
          record,
          cause,
          count);
    }
  }

  private static boolean isPowerOfTen(long count) {
    long rest = count;
    while (rest % 10 == 0) {
      rest /= 10;
    }
    return rest == 1;
  }

  /** Null where nothing was refused lately. */
  synchronized @Nullable String detail() {
    if (last == null || nanoTime.getAsLong() - lastNanos > SHOWN_NANOS) {
      return null;
    }
    return total + " records refused since start, kept among the dead letters; last: " + last;
  }
}
