package io.sluice.engine.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.ByteSink;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.Cap;
import io.sluice.api.Lane;
import io.sluice.api.Measurement;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SuppressWarnings("EnumOrdinal") // random picks
class RecordTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @Test
  void canonicalJsonHasTheNamesOfTheDomain() throws Exception {
    RecordWriter writer = new RecordWriter();
    byte[] body =
        writer
            .begin(
                MessageClass.ALARM,
                1_700_000_000_000_000L,
                TimeSource.DEVICE,
                1_700_000_000_000_001L,
                false)
            .identity(
                "dev-1", "farm", "north \"field\"", "soil-probe", "edge-01", "mqtt", "alarm;json")
            .measurement("moisture", "%", Quality.BAD, QualityReason.RANGE, RecordFormat.NO_TIME)
            .value(101.5)
            .measurement("état", null, Quality.GOOD, null, 5)
            .value("ouvert\n")
            .measurement("raw", null, Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(new byte[] {1, 2})
            .cap(new Cap("Severe", "Immediate", "Observed", "Actual"))
            .finish();
    ByteSink sink = new ByteSink(1);
    RecordJson.write(new EncodedRecord().wrap(body, 0, body.length, Lane.ALARM, 7, "k3x"), sink);
    assertThat(new String(sink.toByteArray(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"id\":\"edge-01-k3x-a7\",\"gateway\":\"edge-01\",\"device\":\"dev-1\","
                + "\"sector\":\"farm\",\"site\":\"north \\\"field\\\"\",\"model\":\"soil-probe\","
                + "\"class\":\"alarm\",\"t\":1700000000000000,\"tsrc\":\"device\","
                + "\"rx\":1700000000000001,\"seq\":7,\"hist\":false,\"m\":["
                + "{\"n\":\"moisture\",\"v\":101.5,\"u\":\"%\",\"q\":\"bad\",\"qr\":\"RANGE\"},"
                + "{\"n\":\"état\",\"v\":\"ouvert\\n\",\"u\":null,\"q\":\"good\",\"t\":5},"
                + "{\"n\":\"raw\",\"v\":\"AQI=\",\"u\":null,\"q\":\"good\"}],"
                + "\"proto\":\"mqtt\",\"src\":\"alarm;json\","
                + "\"cap\":{\"severity\":\"Severe\",\"urgency\":\"Immediate\","
                + "\"certainty\":\"Observed\",\"status\":\"Actual\"}}");
  }

  @Test
  void everyRecordReadsBackAsItWasWritten() throws Exception {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    RecordWriter writer = new RecordWriter();
    EncodedRecord view = new EncodedRecord();
    for (int i = 0; i < 3000; i++) {
      CanonicalRecord expected = randomRecord(random, i);
      byte[] body = write(writer, expected);
      byte[] shifted = new byte[body.length + 7];
      System.arraycopy(body, 0, shifted, 3, body.length);
      CanonicalRecord actual =
          view.wrap(shifted, 3, body.length, Lane.EVENT, expected.sequence(), "ep").toRecord();
      assertThat(actual).as("seed %d", seed).usingRecursiveComparison().isEqualTo(expected);
      assertJson(view, expected, seed);
    }
  }

  @Test
  void corruptBytesThrowOnlyTheDeclaredException() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    RecordWriter writer = new RecordWriter();
    EncodedRecord view = new EncodedRecord();
    ByteSink sink = new ByteSink(64);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] body = write(writer, randomRecord(random, i));
      if (random.nextInt(3) == 0) {
        body = Arrays.copyOf(body, random.nextInt(body.length + 4));
      } else {
        for (int n = random.nextInt(1, 5); n > 0; n--) {
          body[random.nextInt(body.length)] = (byte) random.nextInt();
        }
      }
      try {
        view.wrap(body, 0, body.length, Lane.ALARM, i, "ep").toRecord();
        sink.clear();
        RecordJson.write(view, sink);
      } catch (CorruptRecordException e) {
        assertThat(e.getMessage()).as("seed %d", seed).contains("record");
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void unknownFormatVersionIsNamed() {
    byte[] body = write(new RecordWriter(), randomRecord(new SplittableRandom(1), 1));
    body[0] = 9;
    assertThatThrownBy(() -> new EncodedRecord().wrap(body, 0, body.length, Lane.ALARM, 1, "e"))
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("format version 9");
  }

  @Test
  void doublesAreWrittenInShortestFormAndReadBackTheSame() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    byte[] to = new byte[64];
    for (int i = 0; i < 200_000; i++) {
      double value =
          switch (i % 4) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextInt(-100_000, 100_000) / 100.0;
            case 2 -> random.nextDouble() * 1e6;
            default -> random.nextLong(1L << 53) / 1e9;
          };
      if (!Double.isFinite(value)) {
        continue;
      }
      String text = new String(to, 0, JsonText.number(value, to, 0), StandardCharsets.US_ASCII);
      assertThat(Double.doubleToLongBits(Double.parseDouble(text)))
          .as("seed %d, %s", seed, text)
          .isEqualTo(Double.doubleToLongBits(value));
      assertThat(text.length()).isLessThanOrEqualTo(Double.toString(value).length());
    }
  }

  @Test
  void longsAreWrittenExactly() {
    byte[] to = new byte[64];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 100_000; i++) {
      long value = i == 0 ? Long.MIN_VALUE : random.nextLong() >> random.nextInt(64);
      assertThat(new String(to, 0, JsonText.number(value, to, 0), StandardCharsets.US_ASCII))
          .isEqualTo(Long.toString(value));
    }
  }

  private static void assertJson(EncodedRecord view, CanonicalRecord expected, long seed) {
    ByteSink sink = new ByteSink(16);
    RecordJson.write(view, sink);
    JsonNode json = MAPPER.readTree(sink.toByteArray());
    assertThat(json.get("id").asString()).as("seed %d", seed).isEqualTo(expected.id());
    assertThat(json.get("site").asString()).isEqualTo(expected.site());
    assertThat(json.get("t").asLong()).isEqualTo(expected.timeMicros());
    assertThat(json.get("m").size()).isEqualTo(expected.measurements().size());
    for (int i = 0; i < expected.measurements().size(); i++) {
      Measurement measurement = expected.measurements().get(i);
      JsonNode m = json.get("m").get(i);
      assertThat(m.get("n").asString()).as("seed %d", seed).isEqualTo(measurement.name());
      switch (measurement.value()) {
        case Long l -> assertThat(m.get("v").asLong()).isEqualTo(l);
        case Double d -> assertThat(m.get("v").asDouble()).isEqualTo(d);
        case Boolean b -> assertThat(m.get("v").asBoolean()).isEqualTo(b);
        case byte[] b -> assertThat(Base64.getDecoder().decode(m.get("v").asString())).isEqualTo(b);
        default -> assertThat(m.get("v").asString()).isEqualTo(measurement.value());
      }
    }
  }

  private static byte[] write(RecordWriter writer, CanonicalRecord record) {
    writer
        .begin(
            record.messageClass(),
            record.timeMicros(),
            record.timeSource(),
            record.receivedMicros(),
            record.historical())
        .identity(
            record.device(),
            record.sector(),
            record.site(),
            record.model(),
            record.gateway(),
            record.protocol(),
            record.source());
    for (Measurement m : record.measurements()) {
      Long time = m.timeMicros();
      writer.measurement(
          m.name(), m.unit(), m.quality(), m.reason(), time == null ? RecordFormat.NO_TIME : time);
      switch (m.value()) {
        case Long l -> writer.value(l.longValue());
        case Double d -> writer.value(d.doubleValue());
        case Boolean b -> writer.value(b.booleanValue());
        case byte[] b -> writer.value(b);
        default -> writer.value((String) m.value());
      }
    }
    Cap cap = record.cap();
    if (cap != null) {
      writer.cap(cap);
    }
    return writer.finish();
  }

  private static CanonicalRecord randomRecord(SplittableRandom random, int sequence) {
    List<Measurement> measurements = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      measurements.add(
          new Measurement(
              text(random),
              randomValue(random),
              random.nextBoolean() ? text(random) : null,
              Quality.values()[random.nextInt(Quality.values().length)],
              random.nextBoolean() ? QualityReason.values()[random.nextInt(9)] : null,
              random.nextBoolean() ? (Long) random.nextLong() : null));
    }
    @Nullable Cap cap =
        random.nextInt(4) == 0
            ? new Cap(text(random), text(random), text(random), text(random))
            : null;
    return new CanonicalRecord(
        "gw-ep-e" + sequence,
        "gw",
        text(random),
        text(random),
        text(random),
        text(random),
        MessageClass.values()[random.nextInt(4)],
        random.nextLong(),
        TimeSource.values()[random.nextInt(3)],
        random.nextLong(),
        sequence,
        random.nextBoolean(),
        measurements,
        text(random),
        text(random),
        cap);
  }

  private static Object randomValue(SplittableRandom random) {
    return switch (random.nextInt(5)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextDouble() * 1000;
      case 2 -> random.nextBoolean();
      case 3 -> text(random);
      default -> {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        yield bytes;
      }
    };
  }

  private static String text(SplittableRandom random) {
    String alphabet = "abcXYZ019 \"\\\n\t\u0001é漢";
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(10); i > 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return random.nextInt(8) == 0 ? text.append("\uD83D\uDE00").toString() : text.toString();
  }
}
