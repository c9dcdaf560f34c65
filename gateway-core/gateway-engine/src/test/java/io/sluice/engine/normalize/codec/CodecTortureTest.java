package io.sluice.engine.normalize.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.Measurement;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.engine.normalize.Bench;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * What holds for every codec: what a payload carries is in the record or in the reason, no name
 * comes twice with one time, the verdict depends neither on the order of keys nor on what was
 * measured, digits stay exact, and a field that cannot be taken costs that field alone.
 */
class CodecTortureTest {
  private static final int ROUNDS = 400;

  /** Names that the profile knows, and others; legal in all codecs. */
  private static final List<String> NAMES =
      List.of("a", "b", "count", "door", "word", "any", "x", "y1", "n", "v", "t1", "bn", "value2");

  private final long seed = Fuzz.seed();
  private final Random random = new Random(seed);
  private final Bench bench =
      Bench.of(
          "id: all",
          "numbers-as-strings: true",
          "metrics:",
          "  a: { unit: Cel, min: -40, max: 85 }",
          "  b: { unit: V }",
          "  count: { type: integer }",
          "  door: { type: boolean }",
          "  word: { type: string }",
          "  any: { type: any }");

  /** How one list of fields is written. */
  enum Codec {
    JSON(ContentType.JSON),
    CBOR(ContentType.CBOR),
    SENML_JSON(ContentType.SENML_JSON),
    SENML_CBOR(ContentType.SENML_CBOR),
    TEXT(ContentType.TEXT);

    private final ContentType type;

    Codec(ContentType type) {
      this.type = type;
    }

    byte[] write(Map<String, Object> fields) throws Exception {
      return switch (this) {
        case JSON -> JsonMapper.builder().build().writeValueAsBytes(fields);
        case CBOR -> CBORMapper.builder().build().writeValueAsBytes(fields);
        case SENML_JSON -> senml(JsonMapper.builder().build(), fields, false);
        case SENML_CBOR -> senml(CBORMapper.builder().build(), fields, true);
        case TEXT -> text(fields);
      };
    }

    private static byte[] text(Map<String, Object> fields) {
      StringBuilder text = new StringBuilder();
      fields.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
      return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] senml(ObjectMapper mapper, Map<String, Object> fields, boolean numbers)
        throws Exception {
      List<Map<Object, Object>> pack = new ArrayList<>();
      fields.forEach((name, value) -> {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put(numbers ? (Object) 0 : "n", name);
        switch (value) {
          case Boolean truth -> record.put(numbers ? (Object) 4 : "vb", truth);
          case String word -> record.put(numbers ? (Object) 3 : "vs", word);
          default -> record.put(numbers ? (Object) 2 : "v", value);
        }
        pack.add(record);
      });
      return numbers ? cborWithNumbers(pack) : mapper.writeValueAsBytes(pack);
    }

    private static byte[] cborWithNumbers(List<Map<Object, Object>> pack) throws Exception {
      java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
      try (JsonGenerator to =
          new CBORFactory().createGenerator(tools.jackson.core.ObjectWriteContext.empty(), out)) {
        to.writeStartArray(null, pack.size());
        for (Map<Object, Object> record : pack) {
          to.writeStartObject(null, record.size());
          record.forEach((label, value) -> {
            to.writePropertyId((Integer) label);
            switch (value) {
              case Long integer -> to.writeNumber(integer);
              case BigInteger integer -> to.writeNumber(integer);
              case Double fraction -> to.writeNumber(fraction);
              case Boolean truth -> to.writeBoolean(truth);
              default -> to.writeString(value.toString());
            }
          });
          to.writeEndObject();
        }
        to.writeEndArray();
      }
      return out.toByteArray();
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void everyFieldIsInTheRecordOnceAndABadOneCostsItselfAlone(Codec codec) throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      Map<String, Object> fields = fields();
      CanonicalRecord record = bench.decode(codec.type, codec.write(fields));
      Set<String> namesAndTimes = new HashSet<>();
      Map<String, Measurement> found = new TreeMap<>();
      for (Measurement m : record.measurements()) {
        assertThat(namesAndTimes.add(m.name() + '@' + m.timeMicros()))
            .as("seed %d %s", seed, fields)
            .isTrue();
        found.put(m.name(), m);
      }
      assertThat(found.keySet()).as("seed %d %s", seed, fields).isEqualTo(fields.keySet());
      fields.forEach((name, sent) ->
          assertThat(isTold(found.get(name), sent))
              .as("seed %d: %s became %s", seed, sent, found.get(name))
              .isTrue());
    }
  }

  /** The same value, or its text; one that is bad says why. */
  private static boolean isTold(Measurement m, Object sent) {
    boolean reasoned = m.quality() == Quality.GOOD || m.reason() != null;
    return reasoned && sameDigits(m.value(), sent);
  }

  private static boolean sameDigits(Object got, Object sent) {
    if (got instanceof Boolean || sent instanceof Boolean) {
      boolean truth = sent.equals(true) || sent.toString().equals("1");
      return got.toString().equals(sent.toString())
          || got.toString().equals(truth ? "1" : "0")
          || got.toString().equals(Boolean.toString(truth));
    }
    try {
      return new BigDecimal(got.toString()).compareTo(new BigDecimal(sent.toString())) == 0;
    } catch (NumberFormatException e) {
      return got.toString().equals(sent.toString());
    }
  }

  @Test
  void everyByteOfALayoutIsInTheRecordWhateverItsValue() throws Exception {
    Bench layout =
        Bench.of(
            "id: layout",
            "metrics: { first: , big: { type: integer }, small: , door: { type: boolean } }",
            "layout:",
            "  fields:",
            "    - { metric: first, offset: 0, type: u8 }",
            "    - { metric: big, offset: 1, type: u64 }",
            "    - { metric: small, offset: 9, type: i16 }",
            "    - { metric: door, offset: 11, type: u8 }");
    for (int i = 0; i < 4 * ROUNDS; i++) {
      byte[] payload = new byte[12];
      random.nextBytes(payload);
      CanonicalRecord record = layout.decode(ContentType.UNSPECIFIED, payload);
      String hex = HexFormat.of().formatHex(payload);
      assertThat(record.measurements()).as("seed %d %s", seed, hex).hasSize(4);
      assertThat(Bench.value(record, "first")).as(hex).isEqualTo((long) (payload[0] & 0xFF));
      assertThat(Bench.value(record, "big").toString())
          .as(hex)
          .isEqualTo(new BigInteger(1, Arrays.copyOfRange(payload, 1, 9)).toString());
      assertThat(Bench.value(record, "small"))
          .as(hex)
          .isEqualTo((long) (short) (payload[9] << 8 | (payload[10] & 0xFF)));
      assertThat(record.measurements().getLast().quality())
          .as(hex)
          .isEqualTo((payload[11] & 0xFE) == 0 ? Quality.GOOD : Quality.BAD);
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void orderOfFieldsChangesNothing(Codec codec) throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      Map<String, Object> fields = fields();
      List<Map.Entry<String, Object>> entries = new ArrayList<>(fields.entrySet());
      Collections.shuffle(entries, random);
      Map<String, Object> shuffled = new LinkedHashMap<>();
      entries.forEach(each -> shuffled.put(each.getKey(), each.getValue()));
      assertThat(verdicts(codec, shuffled))
          .as("seed %d %s", seed, fields)
          .isEqualTo(verdicts(codec, fields));
    }
  }

  private Map<String, String> verdicts(Codec codec, Map<String, Object> fields) throws Exception {
    Map<String, String> verdicts = new TreeMap<>();
    for (Measurement m : bench.decode(codec.type, codec.write(fields)).measurements()) {
      verdicts.put(m.name(), m.value() + " " + m.unit() + ' ' + m.quality() + ' ' + m.reason());
    }
    return verdicts;
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void whatOneFieldMeasuresChangesNothingOfTheOthers(Codec codec) throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      Map<String, Object> fields = fields();
      fields.put("b", 1.5);
      Map<String, Object> other = new LinkedHashMap<>(fields);
      other.put("b", random.nextBoolean() ? (Object) random.nextLong() : random.nextDouble() * 1e9);
      Map<String, String> before = verdicts(codec, fields);
      Map<String, String> after = verdicts(codec, other);
      before.remove("b");
      after.remove("b");
      assertThat(after).as("seed %d %s", seed, other).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void integersOfAnyLengthKeepTheirDigits(Codec codec) throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      BigInteger digits = new BigInteger(1 + random.nextInt(160), random);
      for (String name : List.of("count", "word", "x")) {
        Object sent = digits.bitLength() < 63 ? (Object) digits.longValue() : digits;
        if (codec == Codec.TEXT || codec == Codec.JSON || !name.equals("word")) {
          CanonicalRecord record = bench.decode(codec.type, codec.write(Map.of(name, sent)));
          assertThat(new BigDecimal(Bench.value(record, name).toString()))
              .as("seed %d %s %s", seed, name, digits)
              .isEqualByComparingTo(new BigDecimal(digits));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"JSON", "CBOR", "TEXT"})
  void fieldThatIsNoNumberIsBadAndTheOthersAreGood(Codec codec) throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("b", "no number " + random.nextInt());
      fields.put("a", 21.5);
      fields.put("count", 3.5);
      fields.put("x", 7L);
      if (codec == Codec.TEXT) {
        fields.replaceAll((name, value) -> value.toString().replace(' ', '_'));
      }
      Map<String, String> verdicts = verdicts(codec, fields);
      assertThat(verdicts.get("a")).isEqualTo("21.5 Cel GOOD null");
      assertThat(verdicts.get("x")).isEqualTo("7 null GOOD null");
      assertThat(verdicts.get("b")).endsWith("BAD " + QualityReason.TYPE);
      assertThat(verdicts.get("count")).isEqualTo("3.5 null BAD " + QualityReason.TYPE);
    }
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("x", 7L); // a message of bad fields alone is refused
    for (int i = random.nextInt(1, 8); i > 0; i--) {
      Object value =
          switch (random.nextInt(6)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(-100, 100) / 8.0;
            case 2 -> random.nextBoolean();
            case 3 -> "word" + random.nextInt(1000);
            case 4 -> (long) random.nextInt(2);
            default -> new BigInteger(100, random).setBit(70);
          };
      fields.put(NAMES.get(random.nextInt(NAMES.size())), value);
    }
    return fields;
  }
}
