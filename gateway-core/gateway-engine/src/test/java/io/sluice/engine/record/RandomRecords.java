package io.sluice.engine.record;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.Cap;
import io.sluice.api.Measurement;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Records of every kind, some of names that come again and some of names that never do. */
public final class RandomRecords {
  private static final String[] NAMES = {"temperature", "p", "état", "漢字", "rpm", "x y"};
  private static final String[] UNITS = {"Cel", "%", "m/s", "°", ""};

  private final SplittableRandom random;

  public RandomRecords(SplittableRandom random) {
    this.random = random;
  }

  public CanonicalRecord next(long sequence) {
    List<Measurement> measurements = new ArrayList<>();
    int most = random.nextInt(50) == 0 ? 300 : 12;
    for (int i = random.nextInt(most); i > 0; i--) {
      measurements.add(
          new Measurement(
              random.nextInt(4) == 0 ? text() : NAMES[random.nextInt(NAMES.length)],
              value(),
              random.nextBoolean() ? UNITS[random.nextInt(UNITS.length)] : null,
              pick(Quality.values()),
              random.nextBoolean() ? pick(QualityReason.values()) : null,
              random.nextInt(3) == 0 ? (Long) time() : null));
    }
    @Nullable Cap cap = random.nextInt(4) == 0 ? new Cap(text(), text(), text(), text()) : null;
    boolean isKnown = random.nextBoolean();
    return new CanonicalRecord(
        "gw-ep-e" + sequence,
        "gw",
        text(),
        isKnown ? "farm" : text(),
        isKnown ? "north" : text(),
        isKnown ? "probe" : text(),
        pick(MessageClass.values()),
        time(),
        pick(TimeSource.values()),
        time(),
        sequence,
        random.nextBoolean(),
        measurements,
        isKnown ? "mqtt" : text(),
        random.nextBoolean() ? "telemetry;json" : text(),
        cap);
  }

  private <E> E pick(E[] values) {
    return values[random.nextInt(values.length)];
  }

  private long time() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE + 1;
      default -> 1_700_000_000_000_000L + random.nextInt(2_000_000_000);
    };
  }

  private Object value() {
    return switch (random.nextInt(10)) {
      case 0 -> random.nextLong() >> random.nextInt(64);
      case 1 -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
      case 2 -> (double) random.nextInt(-100_000, 100_000);
      case 3 -> random.nextInt(-10_000_000, 10_000_000) / power();
      case 4 -> random.nextLong(-1L << 53, 1L << 53) / power();
      case 5 -> special();
      case 6 -> (double) (float) random.nextDouble(-1e6, 1e6);
      case 7 -> random.nextBoolean();
      case 8 -> text();
      default -> {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        yield bytes;
      }
    };
  }

  private double power() {
    return Math.pow(10, random.nextInt(12));
  }

  private double special() {
    double[] all = {
      0.0,
      -0.0,
      1,
      -1,
      0.1,
      1e-7,
      1e-8,
      1e8,
      99_999_999.9999999,
      1e15,
      9.007199254740992e15,
      1e16,
      Double.MIN_VALUE,
      Double.MAX_VALUE,
      -Double.MAX_VALUE,
      Float.MIN_VALUE,
      Float.MAX_VALUE,
      1e300
    };
    if (random.nextInt(3) > 0) {
      return all[random.nextInt(all.length)];
    }
    double any;
    do {
      any = Double.longBitsToDouble(random.nextLong());
    } while (!Double.isFinite(any));
    return any;
  }

  String text() {
    String alphabet = "abcXYZ019 \"\\\n\t\u0001é漢";
    int most = random.nextInt(40) == 0 ? 400 : 10;
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i > 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return random.nextInt(8) == 0 ? text.append("\uD83D\uDE00").toString() : text.toString();
  }

  /** The record as a writer makes it. */
  public static byte[] write(RecordWriter writer, CanonicalRecord record, boolean isRuled) {
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
    if (isRuled) {
      writer.ruled();
    }
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
    @Nullable Cap cap = record.cap();
    return (cap == null ? writer : writer.cap(cap)).finish();
  }
}
