package io.sluice.app.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What came to one far end, in the order of its first arrival. Thread-safe. */
final class Arrived {
  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * Of one record.
   *
   * @param n the device's number, or -1 where it has none
   */
  private record Arrival(String id, String messageClass, long n) {}

  private final String farEnd;
  private final Set<String> ids = new HashSet<>();
  private final List<Arrival> first = new ArrayList<>();
  private final Set<Long> numbers = new HashSet<>();

  Arrived(String farEnd) {
    this.farEnd = farEnd;
  }

  synchronized void add(byte[] json) {
    JsonNode record = JSON.readTree(json);
    String id = record.get("id").stringValue();
    if (ids.add(id)) {
      long n = number(record);
      numbers.add(n);
      first.add(new Arrival(id, record.get("class").stringValue(), n));
    }
  }

  private static long number(JsonNode record) {
    for (JsonNode measurement : record.get("m")) {
      if (measurement.get("n").stringValue().equals("serial")) {
        return measurement.get("v").longValue();
      }
    }
    return -1;
  }

  synchronized int distinct() {
    return first.size();
  }

  /** Every number is there. */
  synchronized void assertHasAll(Collection<Long> sent) {
    Set<Long> missing = new HashSet<>(sent);
    missing.removeAll(numbers);
    assertThat(missing).as("acknowledged, but not at " + farEnd).isEmpty();
  }

  /** A number was sent once, so one id must stand for it. */
  synchronized void assertOneIdEach() {
    Map<Long, String> idOf = new HashMap<>();
    for (Arrival arrival : first) {
      if (arrival.n >= 0) {
        String other = idOf.put(arrival.n, arrival.id);
        assertThat(other).as(farEnd + ": two records of number " + arrival.n).isNull();
      }
    }
  }

  /** Classes of the records with higher numbers, as they came. */
  synchronized List<String> classesAfter(long number) {
    return first.stream().filter(arrival -> arrival.n > number).map(Arrival::messageClass).toList();
  }
}
