package io.sluice.engine.normalize;

import io.sluice.engine.normalize.Profile.Unknown;
import io.sluice.engine.normalize.Target.Field;
import io.sluice.engine.normalize.Target.Role;
import io.sluice.engine.record.RecordFormat.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Plain text: one number or word; pairs {@code k=v} between blanks, commas, semicolons or line
 * ends; pairs {@code k: v} by line; or the columns that the profile names.
 */
final class TextCodec {
  private final Profile profile;
  private final Samples samples;

  private TextCodec(Profile profile, Samples samples) {
    this.profile = profile;
    this.samples = samples;
  }

  static void decode(byte[] payload, Profile profile, Samples samples) throws PayloadException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
    } catch (CharacterCodingException e) {
      throw new PayloadException(
          "the payload is neither JSON, CBOR nor text in UTF-8; send one of them, or declare a"
              + " layout of its bytes in the profile "
              + profile.id());
    }
    new TextCodec(profile, samples).read(text);
  }

  private void read(String text) throws PayloadException {
    if (text.isBlank()) {
      throw new PayloadException("the payload is blank; send a value");
    }
    long time;
    samples.beginSample();
    if (!profile.text.columns().isEmpty()) {
      time = rows(text);
    } else if (text.indexOf('=') > 0) {
      time = pairs(text, "[\\s,;&]+", '=');
    } else if (isColonPairs(text)) {
      time = pairs(text, "[\\r\\n,;]+", ':');
    } else {
      value(profile.text.value(), text.strip(), 0);
      time = Samples.NO_TIME;
    }
    samples.time = time;
  }

  /** A colon after a name; a time of day or a URL has none. */
  private static boolean isColonPairs(String text) {
    int colon = text.indexOf(':');
    return colon > 0 && !Character.isDigit(text.charAt(0)) && !text.startsWith("//", colon + 1);
  }

  private long rows(String text) throws PayloadException {
    int from = 0;
    long newest = Samples.NO_TIME;
    for (String row : text.split("\\R", -1)) {
      if (!row.isBlank()) {
        samples.beginSample();
        newest = Math.max(newest, row(row, from));
      }
      from += row.length() + 1;
    }
    return newest;
  }

  private long row(String row, int from) throws PayloadException {
    int first = samples.count;
    long time = Samples.NO_TIME;
    int start = 0;
    for (String column : profile.text.columns()) {
      if (start > row.length()) {
        throw new PayloadException(
            "byte "
                + (from + row.length())
                + ": the column "
                + column
                + " is missing; send "
                + String.join(String.valueOf(profile.text.separator()), profile.text.columns()));
      }
      int end = row.indexOf(profile.text.separator(), start);
      String cell = row.substring(start, end < 0 ? row.length() : end).strip();
      if (!column.isEmpty() && !cell.isEmpty()) {
        time = Math.max(time, value(column, cell, from + start));
      }
      start = (end < 0 ? row.length() : end) + 1;
    }
    if (start <= row.length()) {
      throw new PayloadException(
          "byte "
              + (from + start)
              + ": more columns than the profile names; send "
              + profile.text.columns().size());
    }
    samples.fillTime(first, time);
    return time;
  }

  private long pairs(String text, String between, char sign) throws PayloadException {
    int first = samples.count;
    long time = Samples.NO_TIME;
    int at = 0;
    for (String pair : text.split(between, -1)) {
      if (!pair.isBlank()) {
        int found = text.indexOf(pair, at);
        at = found + pair.length();
        int split = pair.indexOf(sign);
        if (split <= 0) {
          throw new PayloadException(
              "byte "
                  + found
                  + ": "
                  + Faults.quoted(pair.strip())
                  + " is no pair; write name"
                  + sign
                  + "value");
        }
        String name = pair.substring(0, split).strip();
        time = Math.max(time, value(name, pair.substring(split + 1).strip(), found));
      }
    }
    samples.fillTime(first, time);
    return time;
  }

  /** Takes a value; returns the time if it is one. */
  private long value(String path, String text, int at) throws PayloadException {
    Target target = profile.targets.get(path);
    switch (target) {
      case Field field -> known(field, path, text, at);
      case Role role when role == Role.TIME -> {
        Long micros = Times.ofText(text, profile.timezone);
        if (micros == null) {
          throw Faults.at(path, at, Faults.quoted(text) + " is no time; send " + Times.FORMS);
        }
        return micros;
      }
      case Role role when role == Role.HISTORICAL -> samples.historical |= text.equals("true");
      case Role role when role == Role.IGNORE -> {
        return Samples.NO_TIME;
      }
      case Role role -> unknown(path, text, at);
      case null -> unknown(path, text, at);
    }
    return Samples.NO_TIME;
  }

  private void known(Field field, String path, String text, int at) throws PayloadException {
    if (!samples.claim(field, at)) {
      unknown(path, text, at);
      return;
    }
    Number number = field.values() == null && field.metric().numeric() ? Numbers.parse(text) : null;
    if (number instanceof Long integer) {
      Values.addLong(samples, field, at, integer);
    } else if (number instanceof Double fraction) {
      Values.addDouble(samples, field, at, fraction);
    } else if (field.values() == null && field.metric().numeric()) {
      throw Faults.at(path, at, Faults.quoted(text) + " is no number; send one such as 21.5");
    } else {
      Values.addString(samples, field, at, text);
    }
  }

  private void unknown(String path, String text, int at) throws PayloadException {
    if (profile.unknown == Unknown.DROP) {
      return;
    }
    if (profile.unknown == Unknown.REJECT) {
      throw Faults.unknown(path, at, profile);
    }
    samples.claimUnknown(path, at);
    Number number = Numbers.parse(text);
    if (number instanceof Long integer) {
      samples.addUnknown(path, at, Kind.LONG, integer, null);
    } else if (number instanceof Double fraction) {
      samples.addUnknown(path, at, Kind.DOUBLE, Double.doubleToRawLongBits(fraction), null);
    } else if (text.equals("true") || text.equals("false")) {
      samples.addUnknown(path, at, text.equals("true") ? Kind.TRUE : Kind.FALSE, 0, null);
    } else {
      samples.addUnknown(path, at, Kind.STRING, 0, text);
    }
  }
}
