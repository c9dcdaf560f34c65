package io.sluice.engine.normalize.codec;

import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.codec.ShapeReader.Selection;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Shape.Pivot;
import io.sluice.engine.normalize.profile.Shape.Rows;
import io.sluice.engine.normalize.profile.Shape.Series;
import io.sluice.engine.normalize.profile.Target;
import io.sluice.engine.normalize.sample.ObservedTimes;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.normalize.unit.Numerals;
import io.sluice.engine.record.RecordFormat.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads rows of names and values, rows that are lists, and lists of values that lie one interval
 * apart, by the profile. Confined to one thread.
 */
final class RowReader {
  private static final double MAX_STEP_MICROS = 1e13;

  private final ObjectCodec codec;

  RowReader(ObjectCodec codec) {
    this.codec = codec;
  }

  /** Rows of names and values; false, and nothing is read, where none has a name. */
  boolean pivot(JsonParser parser, JsonToken token, String path, Pivot shape)
      throws PayloadException {
    if (!token.isStructStart()) {
      return false;
    }
    List<Lookahead.Row> found = codec.lookahead.rows(parser, shape.names(), shape.values());
    boolean lone = token == JsonToken.START_OBJECT;
    if (found.stream().noneMatch(row -> row.name() != null && (!lone || row.valueKey() != null))) {
      return false;
    }
    Map<String, Target> outer = codec.scope;
    Selection around = codec.selection;
    String prefix = codec.open(path);
    codec.wraps++;
    if (lone) {
      row(parser, token, path, found.getFirst(), shape, prefix);
    } else {
      int index = 0;
      for (JsonToken each = parser.nextToken();
          each != JsonToken.END_ARRAY;
          each = parser.nextToken()) {
        String place = ShapeReader.below(path, Integer.toString(index));
        Lookahead.Row row = found.get(index++);
        if (row.name() == null) {
          codec.lead(parser, each, place, codec.target(place), false);
        } else {
          row(parser, each, place, row, shape, prefix);
        }
      }
    }
    codec.wraps--;
    codec.scope = outer;
    codec.selection = around;
    return true;
  }

  private void row(
      JsonParser parser,
      JsonToken token,
      String place,
      Lookahead.Row row,
      Pivot shape,
      String prefix)
      throws PayloadException {
    Samples samples = codec.samples;
    int from = samples.count;
    int at = codec.leaves.at(parser);
    long time = Samples.NO_TIME;
    String text = String.valueOf(row.name());
    String name = prefix + (text.isEmpty() ? ObjectCodec.NAMELESS : text);
    String before = text.isEmpty() ? prefix : name + '.';
    boolean named = false;
    boolean valued = false;
    boolean alone = true;
    Lookahead.Members members = new Lookahead.Members(parser, token);
    for (String key = members.next(); key != null; key = members.next()) {
      JsonToken each = members.token();
      if (!named && key.equals(row.nameKey()) && text.equals(text(parser, each))) {
        named = true;
        continue;
      }
      alone = false;
      String full = before + (key.isEmpty() ? ObjectCodec.NAMELESS : key);
      if (!valued && key.equals(row.valueKey())) {
        valued = true;
        codec.lead(parser, each, name, codec.target(name), false);
      } else if (shape.times().contains(key)) {
        long own = codec.leaves.time(parser, each);
        if (own == Samples.NO_TIME || time != Samples.NO_TIME) {
          codec.unknown(parser, each, full, false, true);
        } else {
          time = own;
        }
      } else if (shape.ignored().contains(key)) {
        parser.skipChildren();
      } else {
        codec.lead(parser, each, full, codec.target(full), false);
      }
    }
    if (alone) {
      keep(ShapeReader.below(place, String.valueOf(row.nameKey())), text, at);
    }
    samples.fillTime(from, time);
  }

  private static @Nullable String text(JsonParser parser, JsonToken token) {
    return token.isScalarValue() && token != JsonToken.VALUE_EMBEDDED_OBJECT
        ? parser.getString()
        : null;
  }

  /** Keeps the name of a row that has nothing else. */
  private void keep(String path, String text, int at) throws PayloadException {
    if (codec.profile.unknown() == Unknown.REJECT) {
      throw PayloadFaults.unknown(path, at, codec.profile);
    }
    if (codec.profile.unknown() == Unknown.KEEP) {
      String name = codec.samples.claimUnknown(path, codec.profile.isMetric(path), at);
      codec.samples.addUnknown(name, at, Kind.STRING, 0, text);
    }
  }

  /** Rows that are lists, each a sample; or one such row. */
  boolean rows(JsonParser parser, JsonToken token, String path, Rows shape)
      throws PayloadException {
    if (token != JsonToken.START_ARRAY) {
      return false;
    }
    Map<String, Target> outer = codec.scope;
    Selection around = codec.selection;
    String prefix = codec.open(path);
    codec.wraps++;
    codec.samples.history = true;
    JsonToken first = parser.nextToken();
    if (first != JsonToken.END_ARRAY && !first.isStructStart()) {
      row(parser, first, path, shape, prefix);
    } else {
      int index = 0;
      for (JsonToken each = first; each != JsonToken.END_ARRAY; each = parser.nextToken()) {
        String place = ShapeReader.below(path, Integer.toString(index++));
        switch (each) {
          case START_ARRAY -> row(parser, parser.nextToken(), place, shape, prefix);
          case START_OBJECT -> codec.sample(parser, prefix);
          default -> codec.lead(parser, each, place, codec.target(place), false);
        }
      }
    }
    codec.wraps--;
    codec.scope = outer;
    codec.selection = around;
    return true;
  }

  private void row(JsonParser parser, JsonToken first, String place, Rows shape, String prefix)
      throws PayloadException {
    int from = codec.samples.count;
    long outer = codec.begin();
    int ordinal = codec.samples.begun;
    int column = 0;
    for (JsonToken each = first; each != JsonToken.END_ARRAY; each = parser.nextToken()) {
      String name =
          column < shape.columns().size()
              ? prefix + shape.columns().get(column)
              : ShapeReader.below(place, Integer.toString(column));
      column++;
      if (name.equals(prefix)) {
        parser.skipChildren(); // a column without a name
        continue;
      }
      Target target = codec.target(name);
      codec.lead(parser, each, name, target instanceof Rows own ? own.inner() : target, false);
    }
    codec.end(from, ordinal, outer);
  }

  /** Where the values of one list lie among all. */
  private record Part(int from, int to, int ordinal, int length) {}

  /** An object with lists of values that lie one interval apart. */
  boolean series(JsonParser parser, JsonToken token, String path, Series shape)
      throws PayloadException {
    if (token != JsonToken.START_OBJECT) {
      return false;
    }
    Map<String, Target> outer = codec.scope;
    Selection around = codec.selection;
    String prefix = path.isEmpty() ? "" : codec.open(path);
    codec.wraps++;
    codec.samples.history = true;
    List<Part> parts = new ArrayList<>();
    long start = Samples.NO_TIME;
    long end = Samples.NO_TIME;
    double step = shape.everyMicros();
    for (String key = parser.nextName(); key != null; key = parser.nextName()) {
      JsonToken each = parser.nextToken();
      String name = prefix + (key.isEmpty() ? ObjectCodec.NAMELESS : key);
      if (each == JsonToken.START_ARRAY && shape.lists().contains(key)) {
        parts.add(list(parser, name));
        continue;
      }
      long time = Samples.NO_TIME;
      double interval = Double.NaN;
      if (key.equals(shape.start()) || key.equals(shape.end())) {
        time = codec.leaves.time(parser, each);
      } else if (key.equals(shape.interval())) {
        interval = micros(parser, each, shape);
      } else {
        codec.lead(parser, each, name, codec.target(name), false);
        continue;
      }
      start = key.equals(shape.start()) ? time : start;
      end = key.equals(shape.end()) ? time : end;
      step = Double.isNaN(interval) ? step : interval;
      if (time == Samples.NO_TIME && Double.isNaN(interval)) {
        codec.unknown(parser, each, name, false, true);
      }
    }
    for (Part part : parts) {
      spread(part, start, end, Math.round(Math.clamp(step, -MAX_STEP_MICROS, MAX_STEP_MICROS)));
    }
    codec.wraps--;
    codec.scope = outer;
    codec.selection = around;
    return true;
  }

  /** The interval in microseconds, NaN where it is none. */
  private static double micros(JsonParser parser, JsonToken token, Series shape) {
    double value =
        switch (token) {
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
          case VALUE_STRING -> {
            Number number = Numerals.parse(parser.getString());
            yield number == null ? Double.NaN : number.doubleValue();
          }
          default -> Double.NaN;
        };
    double micros = value * shape.unitMicros();
    return Math.abs(micros) >= 1 && Math.abs(micros) < MAX_STEP_MICROS ? micros : Double.NaN;
  }

  private Part list(JsonParser parser, String name) throws PayloadException {
    Samples samples = codec.samples;
    int from = samples.count;
    int ordinal = samples.begun + 1;
    int length = 0;
    for (JsonToken each = parser.nextToken();
        each != JsonToken.END_ARRAY;
        each = parser.nextToken()) {
      samples.beginSample();
      length++;
      Target target = codec.target(name);
      codec.lead(parser, each, name, target instanceof Series own ? own.inner() : target, false);
    }
    Part part = new Part(from, samples.count, ordinal, length);
    samples.beginSample();
    return part;
  }

  /** Gives the values of a list their times. Without a time the last one is as new as can be. */
  private void spread(Part part, long start, long end, long step) {
    Samples samples = codec.samples;
    long first = start;
    if (start == Samples.NO_TIME) {
      boolean relative = end == Samples.NO_TIME;
      first = (relative ? codec.leaves.received() : end) - (part.length - 1) * step;
      samples.relativeTime |= relative;
    }
    for (int i = part.from; i < part.to; i++) {
      long time = first + (samples.ordinals[i] - part.ordinal) * step;
      boolean plausible = time >= ObservedTimes.UNSET_MICROS && time < ObservedTimes.LATEST_MICROS;
      if (samples.times[i] == Samples.NO_TIME && plausible) {
        samples.times[i] = time;
      }
    }
  }
}
