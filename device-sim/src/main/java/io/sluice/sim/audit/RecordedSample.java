package io.sluice.sim.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One sample out of a record: what carries one counter. A record of a batch has several, told apart
 * by their times.
 *
 * @param n the counter
 * @param micros when it was measured
 */
record RecordedSample(long n, long micros, Map<String, JsonNode> measurements) {
  private static final String COUNTER = "n";

  /** Every sample of a record that has a counter. */
  static List<RecordedSample> of(JsonNode record) {
    long own = record.path("t").asLong(0);
    Map<Long, Map<String, JsonNode>> byTime = new LinkedHashMap<>();
    for (JsonNode measurement : record.path("m")) {
      String name = measurement.path("n").asString("");
      byTime
          .computeIfAbsent(measurement.path("t").asLong(own), at -> new HashMap<>())
          .put(name, measurement);
    }
    List<RecordedSample> samples = new ArrayList<>();
    byTime.forEach((micros, measurements) -> {
      JsonNode counter = measurements.get(COUNTER);
      if (counter != null) {
        long n = counter.path("v").asLong(Long.MIN_VALUE);
        samples.add(new RecordedSample(n, micros, measurements));
      }
    });
    return samples;
  }

  @Nullable JsonNode measurement(String name) {
    return measurements.get(name);
  }
}
