package io.sluice.engine.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.Measurement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORMapper;

/** A device without profile loses nothing, whatever its fields are called. */
class NothingLostTest {
  private static final List<String> NAMES =
      List.of(
          "t",
          "ts",
          "time",
          "timestamp",
          "hist",
          "values",
          "params",
          "services",
          "history",
          "value",
          "n",
          "v",
          "bn",
          "vs",
          "service_id",
          "properties",
          "event_time",
          "a",
          "b",
          "a.b",
          "",
          "deviceId",
          "quality",
          "temperature",
          "method");

  private final long seed = Fuzz.seed();
  private final Random random = new Random(seed);
  private final Bench open = Bench.of("id: open");
  private final ObjectMapper json = JsonMapper.builder().build();
  private final ObjectMapper cbor = CBORMapper.builder().build();
  private int number;

  @Test
  void everyLeafOfARandomDocumentIsInTheRecordAndNoNameComesTwiceWithOneTime() throws Exception {
    for (int i = 0; i < 3_000; i++) {
      Object document = random.nextInt(4) == 0 ? array(0) : object(0);
      Set<String> leaves = new HashSet<>();
      collect(document, leaves);
      for (ContentType type :
          new ContentType[] {ContentType.UNSPECIFIED, ContentType.JSON, ContentType.CBOR}) {
        ObjectMapper mapper = type == ContentType.CBOR ? cbor : json;
        String text = json.writeValueAsString(document);
        CanonicalRecord record = open.decode(type, mapper.writeValueAsBytes(document));
        if (!record.source().contains("senml")) { // whose labels are no measurements
          assertThat(valuesOf(record)).as("seed %d %s", seed, text).containsAll(leaves);
        }
        assertThat(namesAndTimes(record)).as("seed %d %s", seed, text).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void verdictAndValuesDoNotHangOnTheOrderOfKeys() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      Map<String, Object> document = object(0);
      String text = json.writeValueAsString(document);
      String shuffled = json.writeValueAsString(shuffled(document));
      assertThat(valuesOf(open.decode(ContentType.JSON, shuffled)))
          .as("seed %d %s %s", seed, text, shuffled)
          .containsExactlyInAnyOrderElementsOf(valuesOf(open.decode(ContentType.JSON, text)));
    }
  }

  @Test
  void ofSeveralTimesOneCountsWhateverTheOrderAndTheOthersAreFields() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("a", 100_000 + ++number);
      for (String name : List.of("timestamp", "ts", "time", "t")) {
        if (random.nextInt(3) > 0) {
          long seconds = 1_767_225_000L + random.nextInt(500);
          document.put(name, random.nextBoolean() ? seconds * 1_000 : seconds);
        }
      }
      String text = json.writeValueAsString(document);
      CanonicalRecord record = open.decode(ContentType.JSON, text);
      String shuffled = json.writeValueAsString(shuffled(document));
      CanonicalRecord other = open.decode(ContentType.JSON, shuffled);
      assertThat(other.timeMicros()).as("seed %d %s", seed, text).isEqualTo(record.timeMicros());
      assertThat(valuesOf(other))
          .as("seed %d %s", seed, text)
          .containsExactlyInAnyOrderElementsOf(valuesOf(record));
      document.remove("a");
      for (Object time : document.values()) {
        long millis = ((Number) time).longValue() < 10_000_000_000L ? 1_000 : 1;
        assertThat(
                valuesOf(record).contains(time.toString())
                    || record.timeMicros() == ((Number) time).longValue() * millis * 1_000)
            .as("seed %d %s", seed, text)
            .isTrue();
      }
    }
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      fields.put(NAMES.get(random.nextInt(NAMES.size())), any(depth + 1));
    }
    return fields;
  }

  private List<Object> array(int depth) {
    List<Object> items = new ArrayList<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      items.add(random.nextBoolean() ? object(depth + 1) : any(depth + 1));
    }
    return items;
  }

  private Object any(int depth) {
    return switch (depth > 4 ? random.nextInt(2) : random.nextInt(5)) {
      case 0, 2 -> "leaf " + ++number;
      case 1 -> 100_000 + ++number;
      case 3 -> array(depth);
      default -> object(depth);
    };
  }

  private static void collect(Object any, Set<String> leaves) {
    switch (any) {
      case List<?> list -> list.forEach(each -> collect(each, leaves));
      case Map<?, ?> map -> map.values().forEach(each -> collect(each, leaves));
      default -> leaves.add(any.toString());
    }
  }

  private Object shuffled(Object any) {
    if (any instanceof List<?> list) {
      return list.stream().map(this::shuffled).toList();
    }
    if (!(any instanceof Map<?, ?> map)) {
      return any;
    }
    List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
    Collections.shuffle(entries, random);
    Map<Object, Object> other = new LinkedHashMap<>();
    entries.forEach(e -> other.put(e.getKey(), shuffled(e.getValue())));
    return other;
  }

  private static List<String> valuesOf(CanonicalRecord record) {
    return record.measurements().stream().map(m -> m.value().toString()).toList();
  }

  private static List<String> namesAndTimes(CanonicalRecord record) {
    List<String> all = new ArrayList<>();
    for (Measurement m : record.measurements()) {
      Long time = m.timeMicros();
      all.add(m.name() + " @ " + (time == null ? record.timeMicros() : time));
    }
    return all;
  }
}
