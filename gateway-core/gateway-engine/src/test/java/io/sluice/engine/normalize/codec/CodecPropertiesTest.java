package io.sluice.engine.normalize.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.Measurement;
import io.sluice.engine.normalize.Bench;
import io.sluice.engine.normalize.PayloadFuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORMapper;

/** Every codec gives back what was written; {@link PayloadFuzzTest} has what was not. */
class CodecPropertiesTest {
  private final long seed = Fuzz.seed();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final Bench open = Bench.of("id: open", "metrics: { a: { type: any } }");

  @Test
  void jsonAndCborObjectsReadBackAsTheyWereWritten() throws Exception {
    ObjectMapper json = JsonMapper.builder().build();
    ObjectMapper cbor = CBORMapper.builder().build();
    for (int i = 0; i < 2000; i++) {
      Map<String, Object> fields = fields();
      for (ContentType type : new ContentType[] {ContentType.JSON, ContentType.CBOR}) {
        ObjectMapper mapper = type == ContentType.JSON ? json : cbor;
        CanonicalRecord record = open.decode(type, mapper.writeValueAsBytes(fields));
        assertThat(asMap(record)).as("seed %d, %s", seed, type).isEqualTo(fields);
      }
    }
  }

  @Test
  void senmlReadsBackAsItWasWritten() throws Exception {
    JsonMapper mapper = JsonMapper.builder().build();
    for (int i = 0; i < 2000; i++) {
      StringBuilder pack = new StringBuilder("[{\"bn\":\"dev-1/\"");
      Map<String, Object> fields = fields();
      boolean first = true;
      for (Map.Entry<String, Object> field : fields.entrySet()) {
        Object value = field.getValue();
        String label = value instanceof Boolean ? "vb" : value instanceof String ? "vs" : "v";
        if (value instanceof Long l) {
          field.setValue(l >> 12);
        }
        pack.append(first ? "," : ",{").append("\"n\":\"").append(field.getKey()).append("\",");
        pack.append('"')
            .append(label)
            .append("\":")
            .append(mapper.writeValueAsString(field.getValue()))
            .append('}');
        first = false;
      }
      CanonicalRecord record = open.decode(ContentType.SENML_JSON, pack.append(']').toString());
      assertThat(asMap(record)).as("seed %d %s", seed, pack).isEqualTo(fields);
    }
  }

  @Test
  void textPairsReadBackAsTheyWereWritten() throws Exception {
    for (int i = 0; i < 2000; i++) {
      Map<String, Object> fields = fields();
      StringBuilder text = new StringBuilder();
      fields.replaceAll((k, v) -> v instanceof String ? "word" + random.nextInt(9) : v);
      fields.forEach((k, v) -> text.append(k).append('=').append(v).append(' '));
      assertThat(asMap(open.decode(ContentType.TEXT, text.toString())))
          .as("seed %d %s", seed, text)
          .isEqualTo(fields);
    }
  }

  @Test
  void bytesReadBackAsTheyWereWritten() throws Exception {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      Bench bytes =
          Bench.of(
              "id: bytes",
              "metrics: { a: , b: , c: , d: , e: , f: , g: , h: }",
              "layout:",
              "  order: " + (order == ByteOrder.BIG_ENDIAN ? "big" : "little"),
              "  fields:",
              "    - { metric: a, offset: 0, type: u8 }",
              "    - { metric: b, offset: 1, type: i16 }",
              "    - { metric: c, offset: 3, type: i32 }",
              "    - { metric: d, offset: 7, type: u32 }",
              "    - { metric: e, offset: 11, type: f32 }",
              "    - { metric: f, offset: 15, type: f64 }",
              "    - { metric: g, offset: 23, type: bits, bit: 2, width: 3 }",
              "    - { metric: h, offset: 24, type: u16, scale: 0.1, add: -40 }");
      for (int i = 0; i < 1000; i++) {
        byte[] payload = new byte[26];
        random.nextBytes(payload);
        float single = random.nextInt(1_000_000) / 100f;
        double twice = random.nextDouble();
        ByteBuffer buffer = ByteBuffer.wrap(payload).order(order);
        buffer.putFloat(11, single).putDouble(15, twice);
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("a", (long) (payload[0] & 0xFF));
        expected.put("b", (long) buffer.getShort(1));
        expected.put("c", (long) buffer.getInt(3));
        expected.put("d", buffer.getInt(7) & 0xFFFF_FFFFL);
        expected.put("e", Double.parseDouble(Float.toString(single)));
        expected.put("f", twice);
        expected.put("g", (long) (payload[23] >> 2 & 7));
        expected.put("h", Math.rint(((buffer.getShort(24) & 0xFFFF) - 400) * 1e8) / 1e9);
        assertThat(asMap(bytes.decode(ContentType.BYTES, payload)))
            .as("seed %d", seed)
            .isEqualTo(expected);
      }
    }
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = random.nextInt(1, 8); i > 0; i--) {
      Object value =
          switch (random.nextInt(5)) {
            case 0 -> random.nextLong() >> random.nextInt(1, 60);
            case 1 -> random.nextInt(-100_000, 100_000) / 128.0 + 0.001;
            case 2 -> random.nextBoolean();
            case 3 -> "text " + random.nextInt() + " é漢\"\\\n";
            default -> random.nextDouble() * 1e-7;
          };
      fields.put("f" + i + (random.nextBoolean() ? "" : "Name"), value);
    }
    return fields;
  }

  private static Map<String, Object> asMap(CanonicalRecord record) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (Measurement m : record.measurements()) {
      map.put(m.name(), m.value());
    }
    return map;
  }
}
