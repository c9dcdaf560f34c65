package io.sluice.engine.latest;

import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.operator.LatestValues.MetricView;
import io.sluice.api.operator.LatestValues.Point;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordFormat.Kind;
import io.sluice.spool.Term;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last value of one metric of one device. Not thread-safe. */
final class MetricLatest {
  /** Longer text is cut. */
  static final int TEXT_MAX_CHARS = 256;

  /** Object headers, fields and the place in the device's tables. */
  private static final int OVERHEAD_BYTES = 184;

  private static final byte[] NO_UNIT = {};

  /** So long ago that no gap reaches there. */
  private static final long NEVER = Long.MIN_VALUE / 2;

  private final byte[] name;
  private byte[] unit = NO_UNIT;

  /** That told name and unit last; null where they stood in a record. */
  private @Nullable Term term;

  private Quality quality = Quality.GOOD;
  private Kind kind = Kind.FALSE;
  private long integer;
  private double number;
  private String text = "";
  private long timeMicros;
  private long orderMicros = Long.MIN_VALUE;

  /** All points but the newest: a value that comes costs no look at them. */
  private @Nullable Sparkline spark;

  private long sparkMicros = NEVER;
  private long newestMicros = NEVER;
  private double newest;

  MetricLatest(byte[] name) {
    this.name = name;
  }

  boolean isUnderCursor(EncodedRecord view) {
    Term given = view.measurementTerm();
    return (given != null && given == term) || view.measurementNameIs(name);
  }

  /**
   * Takes the measurement under the cursor, unless what is here is newer.
   *
   * @param gapMicros least time between two points of its line
   * @param texts where units are kept
   * @return by how much the memory held has grown
   */
  int take(EncodedRecord view, long gapMicros, SharedTexts texts) {
    long order = order(view);
    Kind given = view.kind();
    int grown =
        given == Kind.LONG || given == Kind.DOUBLE
            ? point(order, view.doubleValue(), gapMicros)
            : 0;
    return order < orderMicros ? grown : grown + takeLast(view, given, order, texts);
  }

  /** A newer point takes the place of the newest where that is near to the one before it. */
  private int point(long micros, double value, long gapMicros) {
    if (micros > newestMicros) {
      int grown =
          newestMicros == NEVER || newestMicros - sparkMicros < gapMicros
              ? 0
              : enter(newestMicros, newest);
      newestMicros = micros;
      newest = value;
      return grown;
    }
    if (micros == newestMicros) {
      newest = value;
      return 0;
    }
    return enter(micros, value);
  }

  private int enter(long micros, double value) {
    int grown = 0;
    Sparkline line = spark;
    if (line == null) {
      line = new Sparkline();
      spark = line;
      grown = line.bytes();
    }
    grown += line.add(micros, value);
    sparkMicros = line.newestMicros();
    return grown;
  }

  private int takeLast(EncodedRecord view, Kind given, long order, SharedTexts texts) {
    int before = unit.length + 2 * text.length();
    orderMicros = order;
    timeMicros = view.measurementMicros();
    quality = view.measurementQuality();
    kind = given;
    takeUnit(view, texts);
    takeValue(view, given);
    return unit.length + 2 * text.length() - before;
  }

  /**
   * A time that cannot be true is not waited for: the order then is that of arrival. Otherwise a
   * device whose clock once ran ahead, or was reset, would show its old value for ever.
   */
  private static long order(EncodedRecord view) {
    long micros = view.measurementMicros();
    long received = view.receivedMicros();
    boolean isDoubted = view.measurementReason() == QualityReason.CLOCK;
    return isDoubted || micros > received ? received : micros;
  }

  private void takeUnit(EncodedRecord view, SharedTexts texts) {
    Term told = view.measurementTerm();
    if (told != null && told == term) {
      return;
    }
    if (!view.measurementUnitIs(unit)) {
      String given = view.measurementUnit();
      unit = given == null ? NO_UNIT : texts.utf8(given);
    }
    term = told;
  }

  private void takeValue(EncodedRecord view, Kind given) {
    if (given == Kind.STRING && view.stringValueIs(text)) {
      return; // most texts stay for long
    }
    text = "";
    switch (given) {
      case LONG -> integer = view.longValue();
      case DOUBLE -> number = view.doubleValue();
      case STRING -> text = cut(view.stringValue());
      case BYTES -> text = cut(Base64.getEncoder().encodeToString(view.bytesValue()));
      case FALSE, TRUE -> {
        // the kind says it all
      }
    }
  }

  private static String cut(String whole) {
    return whole.length() <= TEXT_MAX_CHARS
        ? whole
        : new StringBuilder(TEXT_MAX_CHARS)
            .append(whole, 0, TEXT_MAX_CHARS - 1)
            .append('…')
            .toString();
  }

  int bytes() {
    int line = spark == null ? 0 : spark.bytes();
    return OVERHEAD_BYTES + name.length + unit.length + 2 * text.length() + line;
  }

  MetricView view() {
    Object value =
        switch (kind) {
          case LONG -> integer;
          case DOUBLE -> number;
          case FALSE -> false;
          case TRUE -> true;
          case STRING, BYTES -> text;
        };
    return new MetricView(
        new String(name, StandardCharsets.UTF_8),
        unit.length == 0 ? null : new String(unit, StandardCharsets.UTF_8),
        quality,
        value,
        timeMicros,
        points());
  }

  private List<Point> points() {
    if (newestMicros == NEVER) {
      return List.of();
    }
    List<Point> points = spark == null ? new ArrayList<>(1) : spark.points();
    points.add(new Point(newestMicros, newest));
    return points;
  }
}
