package io.sluice.sim.audit;

import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long alarms took from their own time to the far end, microseconds; by this machine's clock,
 * so the devices' clocks have to be right. Alarms from before it was made do not count.
 * Thread-safe.
 */
final class AlarmTimes {
  private static final long MOST_MICROS = 3_600_000_000L;

  private final JsonMapper json = new JsonMapper();
  private final Histogram latencies = new Histogram(MOST_MICROS, 3);
  private final LongSupplier nowMicros;
  private final long beganMicros;

  AlarmTimes() {
    this(() -> System.currentTimeMillis() * 1_000);
  }

  AlarmTimes(LongSupplier nowMicros) {
    this.nowMicros = nowMicros;
    this.beganMicros = nowMicros.getAsLong();
  }

  /** A record is there now. */
  synchronized void arrived(byte[] record) {
    long now = nowMicros.getAsLong();
    try {
      JsonNode node = json.readTree(record);
      long own = node.path("t").asLong(0);
      if (own >= beganMicros && node.path("class").asString("").equals("alarm")) {
        latencies.recordValue(Math.clamp(now - own, 0, MOST_MICROS));
      }
    } catch (JacksonException e) {
      // the audit tells of it, with its line
    }
  }

  synchronized Histogram latencies() {
    return latencies.copy();
  }
}
