package io.sluice.codec.sparkplug;

import io.sluice.api.QualityReason;
import io.sluice.api.codec.PayloadException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a metric of which the gateway makes something: {@code Quality} (section 6.4.7
 * of the specification: 0 bad, 192 good, 500 stale) and the unit, which the specification does not
 * name: {@code engUnit} by custom. Not thread-safe.
 */
final class MetricProperties {
  private static final String QUALITY = "quality";
  private static final Set<String> UNITS = Set.of("engunit", "engunits", "unit", "units");
  private static final int GOOD = 192;
  private static final int GOOD_TO = 255;
  private static final int STALE = 500;
  private static final int UNIT_MAX_CHARS = 32;
  private static final int NAME_MAX_BYTES = 64;

  private final Wire wire = new Wire();

  /** Null: good, or nothing is said. */
  @Nullable QualityReason bad;

  @Nullable String unit;

  /** Reads a PropertySet; without one there is nothing said. */
  void read(Metrics metrics, int i) throws PayloadException {
    bad = null;
    unit = null;
    if (metrics.propertiesAt[i] == Metrics.NOWHERE) {
      return;
    }
    byte[] bytes = metrics.bytes;
    int qualityAt = -1;
    int unitAt = -1;
    int keys = 0;
    wire.over(bytes, metrics.propertiesAt[i], metrics.propertiesEnd[i]);
    while (wire.next()) {
      if (wire.field == 1) {
        String key = key();
        qualityAt = key.equals(QUALITY) ? keys : qualityAt;
        unitAt = UNITS.contains(key) ? keys : unitAt;
        keys++;
      } else {
        wire.skip();
      }
    }
    if (qualityAt < 0 && unitAt < 0) {
      return;
    }
    int values = 0;
    wire.over(bytes, metrics.propertiesAt[i], metrics.propertiesEnd[i]);
    while (wire.next()) {
      if (wire.field != 2) {
        wire.skip();
        continue;
      }
      int outer = wire.enter();
      if (values == qualityAt) {
        quality();
      } else if (values == unitAt) {
        unit();
      }
      wire.leave(outer);
      values++;
    }
  }

  private String key() throws PayloadException {
    int length = wire.length();
    if (length > NAME_MAX_BYTES) {
      wire.skipTo(wire.at() + length);
      return "";
    }
    return text(length).toLowerCase(Locale.ROOT);
  }

  private String text(int length) {
    String text = wire.textAt(wire.at(), length);
    wire.skipTo(wire.at() + length);
    return text;
  }

  /** A PropertyValue: type 1, is_null 2, int_value 3, long_value 4. */
  private void quality() throws PayloadException {
    while (wire.next()) {
      if (wire.field == 3 || wire.field == 4) {
        long code = wire.number();
        boolean isGood = code >= GOOD && code <= GOOD_TO;
        bad = isGood ? null : code == STALE ? QualityReason.STALE : QualityReason.SENSOR;
      } else {
        wire.skip();
      }
    }
  }

  /** string_value 8. */
  private void unit() throws PayloadException {
    while (wire.next()) {
      if (wire.field == 8) {
        String said = text(wire.length()).strip();
        unit = said.isEmpty() || said.length() > UNIT_MAX_CHARS ? null : said;
      } else {
        wire.skip();
      }
    }
  }
}
