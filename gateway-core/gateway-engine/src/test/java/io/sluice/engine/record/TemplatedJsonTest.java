package io.sluice.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ByteSink;
import io.sluice.api.Cap;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import io.sluice.spool.TermDictionary;
import io.sluice.spool.Terms;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Held to {@link RecordJson}, which writes each record from the beginning. */
class TemplatedJsonTest {
  private static final long NOW = 1_767_225_600_000_000L;
  private static final String[] NAMES = {
    "v", "voltage", "current", "powerFactor", "a \"quoted\" name", "état", "x".repeat(900), "", "t1"
  };
  private static final @Nullable String[] UNITS = {null, "V", "A", "%", "1/min", "m\\s", ""};

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final TermDictionary dictionary = new TermDictionary(4_000);
  private final Terms terms = dictionary.terms();
  private final RecordWriter[] writers = {new RecordWriter(), new RecordWriter(dictionary)};
  private RecordWriter writer = writers[0];
  private final EncodedRecord view = new EncodedRecord();
  private final TemplatedJson templates = new TemplatedJson();

  @Test
  void everyRecordIsWrittenAsByRecordJson() throws Exception {
    for (int i = 0; i < 30_000; i++) {
      compare(record(random.nextInt(4) == 0 ? 1 << 20 : 20));
    }
  }

  @Test
  void manyMoreDevicesAndMetricsThanAreKeptAreWrittenToo() throws Exception {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 5_000; i++) {
        writer = writers[round % 2];
        writer.begin(MessageClass.TELEMETRY, NOW + i, TimeSource.DEVICE, NOW, false);
        writer.identity("device-" + i, "farm", "north", "soil", "edge", "mqtt", "telemetry");
        writer.measurement("metric" + i, "V", Quality.GOOD, null, RecordFormat.NO_TIME).value(i);
        writer.measurement("m", null, Quality.GOOD, null, RecordFormat.NO_TIME).value(i / 8.0);
        compare(writer.finish());
      }
    }
  }

  @Test
  void aClassifiedRecordIsWrittenToo() throws Exception {
    writer.begin(MessageClass.ALARM, NOW, TimeSource.DEVICE, NOW, false);
    writer.identity("d", "farm", "north", "soil", "edge", "mqtt", "alarm");
    compare(writer.cap(new Cap("Severe", "Immediate", "Observed", "Actual")).finish());
  }

  private void compare(byte[] body) throws CorruptRecordException {
    int offset = random.nextInt(9);
    byte[] bytes = new byte[offset + body.length + random.nextInt(9)];
    random.nextBytes(bytes);
    System.arraycopy(body, 0, bytes, offset, body.length);
    long sequence = random.nextInt(3) == 0 ? random.nextLong(1L << 50) : random.nextInt(200);
    Lane lane = Lane.values()[random.nextInt(3)];
    String epoch = random.nextInt(50) == 0 ? "other" : "k3x9abcd";
    view.wrap(bytes, offset, body.length, lane, sequence, epoch, terms);
    ByteSink out = new ByteSink(random.nextInt(600));
    out.write('#');
    templates.write(view, out);
    ByteSink expected = new ByteSink(1);
    expected.write('#');
    RecordJson.write(view, expected);
    assertThat(new String(out.toByteArray(), StandardCharsets.UTF_8))
        .as("seed %d", seed)
        .isEqualTo(new String(expected.toByteArray(), StandardCharsets.UTF_8));
    assertThat(out.toByteArray()).as("seed %d", seed).isEqualTo(expected.toByteArray());
  }

  private byte[] record(int devices) {
    writer = writers[random.nextInt(2)];
    writer.begin(
        pick(MessageClass.values()),
        time(),
        pick(TimeSource.values()),
        time(),
        random.nextInt(5) == 0);
    writer.identity(
        "load-" + random.nextInt(devices),
        "farm",
        random.nextBoolean() ? "north \"field\"" : "nörd",
        "",
        "edge-01",
        random.nextBoolean() ? "mqtt" : "coap",
        "telemetry;json");
    int first = random.nextInt(NAMES.length);
    for (int i = 0, n = random.nextInt(12); i < n; i++) {
      boolean isOrdinary = random.nextInt(4) > 0;
      String name = isOrdinary ? NAMES[(first + i) % NAMES.length] : NAMES[random.nextInt(9)];
      writer.measurement(
          name,
          UNITS[isOrdinary ? i % UNITS.length : random.nextInt(UNITS.length)],
          isOrdinary ? Quality.GOOD : pick(Quality.values()),
          isOrdinary ? null : pick(QualityReason.values()),
          isOrdinary || random.nextBoolean() ? RecordFormat.NO_TIME : time());
      value(isOrdinary ? i % 5 : random.nextInt(8));
    }
    return writer.finish();
  }

  private void value(int kind) {
    switch (kind) {
      case 0 -> writer.value(random.nextLong() >> random.nextInt(64));
      case 1, 2 -> writer.value(random.nextInt(-100_000, 100_000) / 100.0);
      case 3 -> writer.value(random.nextBoolean());
      case 4 -> writer.value("text " + random.nextInt() + (random.nextInt(9) == 0 ? "\n\"ü" : ""));
      case 5 -> {
        byte[] raw = new byte[random.nextInt(20)];
        random.nextBytes(raw);
        writer.value(raw);
      }
      case 6 -> writer.value(random.nextDouble() * 1e6);
      default -> {
        double any = Double.longBitsToDouble(random.nextLong());
        writer.value(Double.isFinite(any) ? any : -0.0);
      }
    }
  }

  private long time() {
    return switch (random.nextInt(9)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextLong(1L << 40);
      default -> NOW + random.nextLong(400_000_000L);
    };
  }

  private <E> E pick(E[] of) {
    return of[random.nextInt(of.length)];
  }
}
