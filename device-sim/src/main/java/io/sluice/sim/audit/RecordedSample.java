package io.sluice.sim.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One sample out of a record: the measurements of one time. A record of a batch has several.
 *
 * @param n the counter; null where there is none
 * @param micros when it was measured
 * @param twice names that stand there more than once
 */
record RecordedSample(
    @Nullable Long n, long micros, Map<String, JsonNode> measurements, List<String> twice) {
  private static final String COUNTER = "n";

  /** Every sample of a record. */
  static List<RecordedSample> of(JsonNode record) {
    long own = record.path("t").asLong(0);
    Map<Long, Map<String, JsonNode>> byTime = new LinkedHashMap<>();
    Map<Long, List<String>> twice = new HashMap<>();
    for (JsonNode measurement : record.path("m")) {
      String name = measurement.path("n").asString("");
      long at = measurement.path("t").asLong(own);
      if (byTime.computeIfAbsent(at, each -> new LinkedHashMap<>()).put(name, measurement)
          != null) {
        twice.computeIfAbsent(at, each -> new ArrayList<>()).add(name);
      }
    }
    List<RecordedSample> samples = new ArrayList<>();
    byTime.forEach((micros, measurements) -> {
      JsonNode counter = measurements.get(COUNTER);
      Long n = counter == null ? null : counter.path("v").asLong(Long.MIN_VALUE);
      samples.add(
          new RecordedSample(n, micros, measurements, twice.getOrDefault(micros, List.of())));
    });
    return samples;
  }

  @Nullable JsonNode measurement(String name) {
    return measurements.get(name);
  }
}
