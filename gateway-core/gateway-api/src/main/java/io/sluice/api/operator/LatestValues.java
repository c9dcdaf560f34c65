package io.sluice.api.operator;

import io.sluice.api.DeviceId;
import io.sluice.api.Quality;
import io.sluice.api.RejectReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What devices reported and what was refused of them last, since the start of the gateway. Bounded:
 * the devices that were silent longest are forgotten first. Thread-safe; reads memory only.
 */
public interface LatestValues {
  /** In the order in which the metrics first came; empty where nothing is known. */
  List<MetricView> metrics(DeviceId device);

  /** Newest first. */
  List<RefusalView> refusals(DeviceId device);

  /** Records since the start that came faster than they could be looked at; usually 0. */
  long missedRecords();

  /**
   * @param value a number, a boolean, or text (bytes as Base64), which may be cut at its end
   * @param tMicros observed time, microseconds since the epoch
   * @param spark numbers of late, oldest first
   */
  record MetricView(
      String name,
      @Nullable String unit,
      Quality quality,
      Object value,
      long tMicros,
      List<Point> spark) {}

  /** A number at a time, microseconds since the epoch. */
  record Point(long tMicros, double value) {}

  /**
   * @param atMicros when it was refused, microseconds since the epoch
   */
  record RefusalView(long atMicros, RejectReason reason, String detail, String topic) {}
}
