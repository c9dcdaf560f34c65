package io.sluice.engine.normalize.codec.text;

import io.sluice.api.Device;
import io.sluice.api.QualityReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.codec.EncodedValues;
import io.sluice.engine.normalize.codec.PlannedCodec;
import io.sluice.engine.normalize.profile.Meaning;
import io.sluice.engine.normalize.profile.Metric;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Shape;
import io.sluice.engine.normalize.profile.Shape.Encoded;
import io.sluice.engine.normalize.profile.Target;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.profile.Target.Role;
import io.sluice.engine.normalize.sample.ObservedTimes;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.PayloadText;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.normalize.sample.Values;
import io.sluice.engine.normalize.unit.Numerals;
import io.sluice.engine.record.RecordFormat.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Plain text: one number or word; pairs {@code k=v} between blanks, commas, semicolons or line
 * ends; pairs {@code k: v} by line; or the columns that the profile names. Confined to one thread.
 */
public final class TextCodec implements PlannedCodec {
  private static final int DELETE = 0x7F;

  private Profile profile = Profile.generic("");
  private Samples samples = new Samples();
  private long received;

  @Override
  public void decode(
      byte[] sent, Profile profile, Device device, long receivedMicros, Samples samples)
      throws PayloadException {
    this.profile = profile;
    this.samples = samples;
    this.received = receivedMicros;
    byte[] payload = PayloadText.inUtf8(sent, profile.forms().charset());
    int from = PayloadText.start(sent, payload);
    int to = PayloadText.end(payload);
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(payload, from, Math.max(0, to - from)))
              .toString();
    } catch (CharacterCodingException e) {
      throw noText(profile);
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == DELETE || (c < ' ' && c != '\t' && c != '\r' && c != '\n')) {
        throw noText(profile);
      }
    }
    read(text);
  }

  private static PayloadException noText(Profile profile) {
    return new PayloadException(
        "the payload is neither JSON, CBOR nor text in UTF-8; send one of them, or declare a"
            + " layout of its bytes in the profile "
            + profile.id());
  }

  private void read(String text) throws PayloadException {
    if (text.isBlank() || text.strip().equals("null")) {
      throw new PayloadException("the payload carries no value; send at least one");
    }
    long time;
    samples.beginSample();
    if (!profile.text().columns().isEmpty()) {
      time = rows(text);
    } else if (isEqualPairs(text)) {
      time = pairs(text, "[\\s,;&]+", '=');
    } else if (isColonPairs(text)) {
      time = pairs(text, "[\\r\\n,;]+", ':');
    } else {
      value(profile.text().value(), text.strip(), 0);
      time = Samples.NO_TIME;
    }
    samples.time = time;
  }

  /**
   * A name before an equals sign and something behind it. The signs at the end of base64 make no
   * pair, nor does what is no name.
   */
  private static boolean isEqualPairs(String text) {
    int sign = text.indexOf('=');
    if (sign <= 0) {
      return false;
    }
    int start = sign;
    while (start > 0 && isNamePart(text.charAt(start - 1))) {
      start--;
    }
    boolean named = start < sign && !Character.isDigit(text.charAt(start));
    boolean begun = start == 0 || " \t\r\n,;&".indexOf(text.charAt(start - 1)) >= 0;
    return named && begun && sign + 1 < text.length() && text.charAt(sign + 1) != '=';
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || "_-./:%[]()#".indexOf(c) >= 0;
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
    for (String column : profile.text().columns()) {
      if (start > row.length()) {
        samples.fault(
            new PayloadException(
                "byte "
                    + (from + row.length())
                    + ": the column "
                    + column
                    + " is missing; send "
                    + String.join(
                        String.valueOf(profile.text().separator()), profile.text().columns())));
        break;
      }
      int end = row.indexOf(profile.text().separator(), start);
      String cell = row.substring(start, end < 0 ? row.length() : end).strip();
      if (!column.isEmpty() && !cell.isEmpty()) {
        time = Math.max(time, value(column, cell, from + start));
      }
      start = (end < 0 ? row.length() : end) + 1;
    }
    if (start <= row.length() && !row.substring(start).isBlank()) {
      samples.fault(
          new PayloadException(
              "byte "
                  + (from + start)
                  + ": more columns than the profile names; send "
                  + profile.text().columns().size()));
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
          samples.fault(
              new PayloadException(
                  "byte "
                      + found
                      + ": "
                      + PayloadFaults.quoted(pair.strip())
                      + " is no pair; write name"
                      + sign
                      + "value"));
        } else {
          String name = pair.substring(0, split).strip();
          time = Math.max(time, value(name, pair.substring(split + 1).strip(), found));
        }
      }
    }
    samples.fillTime(first, time);
    return time;
  }

  /** Takes a value; returns the time if it is one. */
  private long value(String path, String text, int at) throws PayloadException {
    return lead(profile.target(path), path, text, at);
  }

  private long lead(@Nullable Target target, String path, String text, int at)
      throws PayloadException {
    switch (target) {
      case Field field -> known(field, path, text, at);
      case Shape shape -> {
        boolean taken =
            shape instanceof Encoded encoded
                && EncodedValues.ofWord(encoded, path, text, at, profile, samples);
        return taken ? Samples.NO_TIME : lead(shape.inner(), path, text, at);
      }
      case Role role when role == Role.TIME -> {
        Long micros = ObservedTimes.ofText(text, samples.forms, received);
        if (micros != null && micros != Samples.NO_TIME) {
          return micros;
        }
        kept(path, text, at);
      }
      case Role role when role == Role.HISTORICAL -> samples.historical |= text.equals("true");
      case Role role when role == Role.IGNORE -> {
        return Samples.NO_TIME;
      }
      case Role role when role.isCap() -> kept(path, text, at);
      case Role role -> unknown(path, text, at);
      case null -> unknown(path, text, at);
    }
    return Samples.NO_TIME;
  }

  private void known(Field field, String path, String text, int at) throws PayloadException {
    Field meant = field.when() == null ? field : Meaning.ofWord(field, text);
    if (meant == null || !samples.claim(meant, at)) {
      unknown(path, text, at);
      return;
    }
    take(meant, text, at);
  }

  private void take(Field field, String text, int at) throws PayloadException {
    Metric metric = field.metric();
    if (field.values() != null || !metric.numeric()) {
      Values.addString(samples, field, at, text);
      return;
    }
    Number number = Numerals.parse(text, field.decimal());
    if (number != null) {
      Values.addParsed(samples, field, at, number);
    } else {
      Values.addTextNumber(samples, field, at, text);
    }
  }

  private void unknown(String path, String text, int at) throws PayloadException {
    if (profile.unknown() == Unknown.REJECT) {
      throw PayloadFaults.unknown(path, at, profile);
    }
    kept(path, text, at);
  }

  private void kept(String path, String text, int at) throws PayloadException {
    if (profile.unknown() == Unknown.DROP || text.isEmpty()) {
      return;
    }
    String name = samples.claimUnknown(path, profile.isMetric(path), at);
    Number number = Numerals.parse(text, profile.forms().decimal());
    switch (number) {
      case Long integer when !isCode(text) ->
          samples.addUnknown(name, at, Kind.LONG, integer, null);
      case Double fraction ->
          samples.addUnknown(name, at, Kind.DOUBLE, Double.doubleToRawLongBits(fraction), null);
      case null, default -> word(name, text, at);
    }
  }

  /** Digits that a number would change: a leading zero makes them a code. */
  private static boolean isCode(String text) {
    return text.length() > 1 && text.charAt(0) == '0';
  }

  private void word(String name, String text, int at) throws PayloadException {
    if (text.equals("true") || text.equals("false")) {
      samples.addUnknown(name, at, text.equals("true") ? Kind.TRUE : Kind.FALSE, 0, null);
    } else if (Numerals.isNonNumber(text)) {
      samples.refuseUnknown(
          name,
          at,
          QualityReason.SENSOR,
          text,
          PayloadFaults.quoted(text) + PayloadFaults.NOT_MEASURED);
    } else {
      samples.addUnknown(name, at, Kind.STRING, 0, text);
    }
  }
}
