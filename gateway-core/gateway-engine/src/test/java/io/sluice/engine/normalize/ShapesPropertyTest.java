package io.sluice.engine.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import java.nio.charset.StandardCharsets;
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

/** What has a shape by the profile loses nothing either, whatever stands there instead. */
class ShapesPropertyTest {
  private static final List<String> NAMES =
      List.of(
          "list", "obj", "tags", "rows", "log", "doc", "bits", "raw", "k", "v", "name", "value",
          "t0", "points", "a", "");
  private static final String[] PROFILE = {
    "id: shapes",
    "samples:",
    "  - list.*.points",
    "  - { path: rows, columns: [a, v] }",
    "  - { path: log, start: t0, interval: a, every: 1m, values: [v, points] }",
    "pivot: [{ path: [tags, 'list[k=y].tags'], name: [name, k], value: [value, v], time: t0 }]",
    "encoded:",
    "  - { path: doc, encoding: json-string }",
    "  - { path: bits, encoding: bits, bits: [{ metric: low, bit: 0 }] }",
    "  - { path: raw, encoding: hex, layout: { fields: [{ metric: low, offset: 0, type: u8 }] } }",
    "unwrap: [obj.*.a]",
    "metrics:",
    "  low: {}",
    "  x: { type: any, from: ['list[k=x].v', 'doc.list[k=x].v'] }",
    "  any: { type: any, from: [obj.*.v, list.*.value] }",
    "  deep: { type: any, from: ['list[k=x].list[name=x].v'] }"
  };

  /** A document in a text. */
  private record Inner(Object document) {}

  private final long seed = Fuzz.seed();
  private final Random random = new Random(seed);
  private final Bench bench = Bench.of(PROFILE);
  private final ObjectMapper json = JsonMapper.builder().build();
  private final ObjectMapper cbor = CBORMapper.builder().build();
  private int number;

  @Test
  void everyLeafIsInTheRecordAndNoNameComesTwiceWithOneTime() throws Exception {
    for (int i = 0; i < 3_000; i++) {
      Object document = random.nextInt(5) == 0 ? array(0) : object(0);
      Set<String> leaves = new HashSet<>();
      collect(document, leaves);
      String text = json.writeValueAsString(plain(document, false));
      for (ContentType type : new ContentType[] {ContentType.JSON, ContentType.CBOR}) {
        ObjectMapper mapper = type == ContentType.CBOR ? cbor : json;
        CanonicalRecord record =
            decode(type, mapper.writeValueAsBytes(plain(document, false)), leaves);
        if (record == null) {
          continue;
        }
        Set<String> left = new HashSet<>(leaves);
        left.removeAll(valuesOf(record));
        left.removeIf(
            leaf -> record.measurements().stream().anyMatch(m -> m.name().contains(leaf)));
        assertThat(left).as("seed %d %s %s", seed, text, record.measurements()).isEmpty();
        assertThat(namesAndTimes(record)).as("seed %d %s", seed, text).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void verdictAndValuesDoNotHangOnTheOrderOfKeys() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      Map<String, Object> document = object(0);
      String text = json.writeValueAsString(plain(document, false));
      String shuffled = json.writeValueAsString(plain(document, true));
      CanonicalRecord record = decode(ContentType.JSON, bytes(text), Set.of());
      CanonicalRecord other = decode(ContentType.JSON, bytes(shuffled), Set.of());
      assertThat(other == null).as("seed %d %s %s", seed, text, shuffled).isEqualTo(record == null);
      if (record != null && other != null) {
        assertThat(valuesOf(other))
            .as("seed %d %s %s", seed, text, shuffled)
            .containsExactlyInAnyOrderElementsOf(valuesOf(record));
      }
    }
  }

  @Test
  void damagedDocumentsDoNoHarm() throws Exception {
    for (int i = 0; i < 3_000; i++) {
      boolean isCbor = random.nextInt(4) == 0;
      byte[] bytes = (isCbor ? cbor : json).writeValueAsBytes(plain(object(0), false));
      for (int n = random.nextInt(1, 5); n > 0; n--) {
        bytes[random.nextInt(bytes.length)] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : (byte) "{}[]\",:\\0".charAt(random.nextInt(9));
      }
      CanonicalRecord record =
          decode(isCbor ? ContentType.CBOR : ContentType.JSON, bytes, Set.of());
      if (record != null) {
        assertThat(namesAndTimes(record)).as("seed %d", seed).doesNotHaveDuplicates();
      }
    }
  }

  /** Null where the message has nothing that could be taken, and says so. */
  private CanonicalRecord decode(ContentType type, byte[] payload, Set<String> leaves) {
    try {
      return bench.decode(type, payload);
    } catch (PayloadException e) {
      assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
      assertThat(leaves).as("seed %d %s", seed, e.getMessage()).isEmpty();
      return null;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      boolean wrapped = depth == 0 && name.equals("doc") && random.nextBoolean();
      boolean selects = (name.equals("k") || name.equals("name")) && random.nextBoolean();
      fields.put(
          name,
          wrapped
              ? new Inner(random.nextBoolean() ? object(1) : array(1))
              : selects ? List.of("x", "y").get(random.nextInt(2)) : any(depth + 1));
    }
    return fields;
  }

  private List<Object> array(int depth) {
    List<Object> items = new ArrayList<>();
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      items.add(random.nextInt(3) > 0 ? object(depth + 1) : any(depth + 1));
    }
    return items;
  }

  private Object any(int depth) {
    return switch (depth > 4 ? random.nextInt(2) : random.nextInt(5)) {
      case 0 -> "leaf " + ++number + ';';
      case 1 -> 100_000 + ++number;
      case 2, 3 -> array(depth);
      default -> object(depth);
    };
  }

  private static void collect(Object any, Set<String> leaves) {
    switch (any) {
      case Inner inner -> collect(inner.document, leaves);
      case List<?> list -> list.forEach(each -> collect(each, leaves));
      case Map<?, ?> map ->
          map.forEach((name, each) -> {
            boolean isStep = "a".equals(name) && each instanceof Integer; // the interval of a log
            if (!isStep) {
              collect(each, leaves);
            }
          });
      default -> {
        if (any.toString().length() > 1) {
          leaves.add(any.toString());
        }
      }
    }
  }

  private Object plain(Object any, boolean shuffle) {
    return switch (any) {
      case Inner inner -> json.writeValueAsString(plain(inner.document, shuffle));
      case List<?> list -> list.stream().map(each -> plain(each, shuffle)).toList();
      case Map<?, ?> map -> {
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        if (shuffle) {
          Collections.shuffle(entries, random);
        }
        Map<Object, Object> other = new LinkedHashMap<>();
        entries.forEach(e -> other.put(e.getKey(), plain(e.getValue(), shuffle)));
        yield other;
      }
      default -> any;
    };
  }

  private static List<String> valuesOf(CanonicalRecord record) {
    return record.measurements().stream().map(m -> String.valueOf(m.value())).toList();
  }

  private static List<String> namesAndTimes(CanonicalRecord record) {
    return record.measurements().stream()
        .map(m -> {
          Long time = m.timeMicros();
          return m.name() + " @ " + (time == null ? record.timeMicros() : time);
        })
        .toList();
  }
}
