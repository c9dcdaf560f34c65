package io.sluice.engine.normalize.codec.influx;

import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.sample.PayloadFaults;
import java.nio.charset.StandardCharsets;

/**
 * Reads line protocol, a point at a time, as the reference describes it:
 * https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/. A backslash before a
 * character that has a meaning at its place, or before another backslash, takes that meaning away;
 * before any other it is a character like any other. A string may go over several lines, as some
 * writers have it. Not thread-safe.
 */
final class LineReader {
  private static final String COMMA_SPACE = ", ";
  private static final String COMMA_EQUALS_SPACE = ",= ";

  private final byte[] bytes;
  private final int to;
  private final StringBuilder escaped = new StringBuilder();
  private int at;
  private int line = 1;

  /**
   * @param bytes in UTF-8
   */
  LineReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.to = to;
  }

  /**
   * Reads the next point.
   *
   * @return false where there is none
   * @throws PayloadException where a line is no point; the reader stands before the next line then
   */
  boolean next(Point point) throws PayloadException {
    point.clear();
    skipEmptyLines();
    if (at >= to) {
      return false;
    }
    try {
      point.measurement = word(COMMA_SPACE);
      if (point.measurement.isEmpty()) {
        throw fault("the measurement is missing; write measurement field=value");
      }
      while (take(',')) {
        tag(point);
      }
      blanks("field");
      do {
        field(point);
      } while (take(','));
      timestamp(point);
      return true;
    } catch (PayloadException e) {
      skipLine();
      throw e;
    }
  }

  private void tag(Point point) throws PayloadException {
    int start = at;
    String key = word(COMMA_EQUALS_SPACE);
    if (key.isEmpty() || !take('=')) {
      throw fault("a tag is written key=value", start);
    }
    int value = at;
    String text = word(COMMA_EQUALS_SPACE);
    if (at < to && bytes[at] == '=') {
      throw fault("a sign = in the value of a tag wants a backslash before it");
    }
    if (text.isEmpty()) {
      throw fault("the tag " + PayloadFaults.quoted(key) + " has no value; leave it out", value);
    }
    if (point.tags.putIfAbsent(key, text) != null) {
      throw fault("the tag " + PayloadFaults.quoted(key) + " comes twice; send it once", start);
    }
  }

  private void field(Point point) throws PayloadException {
    int start = at;
    String key = word(COMMA_EQUALS_SPACE);
    if (key.isEmpty() || !take('=')) {
      throw fault("a field is written key=value", start);
    }
    int value = at;
    if (take('"')) {
      point.fields.add(new Point.Value(key, string(value), true, value));
      return;
    }
    while (at < to && bytes[at] != ',' && !isBlank(bytes[at]) && !isEnd()) {
      at++;
    }
    if (at == value) {
      throw fault("the field " + PayloadFaults.quoted(key) + " has no value; leave it out", value);
    }
    point.fields.add(new Point.Value(key, text(value, at), false, value));
  }

  /** Up to the quote that ends it. */
  private String string(int start) throws PayloadException {
    escaped.setLength(0);
    int from = at;
    while (at < to && bytes[at] != '"') {
      if (bytes[at] == '\\' && at + 1 < to && (bytes[at + 1] == '"' || bytes[at + 1] == '\\')) {
        escaped.append(text(from, at));
        from = ++at;
      }
      at++;
    }
    if (at >= to) {
      at = start;
      throw fault("a string has no end; close it with a quote, and write \\\" for one within it");
    }
    escaped.append(text(from, at++));
    for (int i = start; i < at; i++) {
      line += bytes[i] == '\n' ? 1 : 0;
    }
    return escaped.toString();
  }

  private void timestamp(Point point) throws PayloadException {
    if (!isEnd() && !isBlank(bytes[at])) {
      throw fault("something follows the value; write , between fields, a space before the time");
    }
    skipBlanks();
    int start = at;
    while (!isEnd() && !isBlank(bytes[at])) {
      at++;
    }
    if (at > start) {
      point.timestamp = text(start, at);
      point.timestampAt = start;
    }
    skipBlanks();
    if (!isEnd()) {
      throw fault("something follows the time; end the line there");
    }
  }

  /** A name, up to one of these that has no backslash before it, or the end of the line. */
  private String word(String ends) {
    escaped.setLength(0);
    int from = at;
    while (!isEnd() && ends.indexOf(bytes[at]) < 0) {
      if (bytes[at] == '\\'
          && at + 1 < to
          && (bytes[at + 1] == '\\' || ends.indexOf(bytes[at + 1]) >= 0)) {
        escaped.append(text(from, at));
        from = ++at;
      }
      at++;
    }
    return escaped.append(text(from, at)).toString();
  }

  private String text(int from, int end) {
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  private boolean take(char sign) {
    boolean there = at < to && bytes[at] == sign;
    at += there ? 1 : 0;
    return there;
  }

  private void blanks(String before) throws PayloadException {
    int start = at;
    skipBlanks();
    if (at == start || isEnd()) {
      throw fault("a point has a " + before + "; write measurement field=value");
    }
  }

  private void skipBlanks() {
    while (at < to && isBlank(bytes[at])) {
      at++;
    }
  }

  private static boolean isBlank(byte each) {
    return each == ' ' || each == '\t';
  }

  /** The end of the line, or of the payload. */
  private boolean isEnd() {
    return at >= to
        || bytes[at] == '\n'
        || (bytes[at] == '\r' && (at + 1 >= to || bytes[at + 1] == '\n'));
  }

  /** Empty lines, and lines of a comment. */
  private void skipEmptyLines() {
    while (at < to) {
      skipBlanks();
      if (at < to && bytes[at] != '#' && !isEnd()) {
        return;
      }
      skipLine();
    }
  }

  private void skipLine() {
    while (at < to && bytes[at] != '\n') {
      at++;
    }
    at = Math.min(to, at + 1);
    line++;
  }

  private PayloadException fault(String what) {
    return fault(what, at);
  }

  private PayloadException fault(String what, int place) {
    return new PayloadException("line " + line + " at byte " + place + ": " + what);
  }
}
