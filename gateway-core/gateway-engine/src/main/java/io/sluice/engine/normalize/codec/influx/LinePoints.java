package io.sluice.engine.normalize.codec.influx;

import io.sluice.api.codec.PayloadException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Points of line protocol, for what takes messages of several apart. */
public final class LinePoints {
  private LinePoints() {}

  /**
   * A point. Immutable.
   *
   * @param tags in the order of their names
   * @param fields a {@link Boolean}, {@link Long}, {@link Double}, {@link String}, or a {@link
   *     java.math.BigInteger} beyond 64 bits
   * @param timestamp as it is written, or null
   */
  public record LinePoint(
      String measurement,
      SequencedMap<String, String> tags,
      SequencedMap<String, Object> fields,
      @Nullable String timestamp) {}

  /**
   * Reads all points of a message.
   *
   * @param text in UTF-8
   * @throws PayloadException where a line is no point
   */
  public static List<LinePoint> read(byte[] text) throws PayloadException {
    LineReader reader = new LineReader(text, 0, text.length);
    Point point = new Point();
    List<LinePoint> points = new ArrayList<>();
    while (reader.next(point)) {
      SequencedMap<String, Object> fields = new LinkedHashMap<>();
      for (Point.Value each : point.fields) {
        fields.put(each.key(), value(each));
      }
      points.add(
          new LinePoint(
              point.measurement, new LinkedHashMap<>(point.tags), fields, point.timestamp));
    }
    return points;
  }

  private static Object value(Point.Value each) throws PayloadException {
    Object value = each.quoted() ? each.text() : InfluxLineCodec.parsed(each);
    if (value == null) {
      throw new PayloadException(
          "the field " + each.key() + " has no value; put a string into quotes");
    }
    return value;
  }
}
