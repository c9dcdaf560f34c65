package io.sluice.engine.record;

import io.sluice.api.ByteSink;
import io.sluice.api.Cap;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import io.sluice.engine.record.RecordFormat.Kind;
import io.sluice.spool.Term;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The canonical JSON of a record, on one line without a line end, with the names of {@code
 * docs/record.md}: {@code id gateway device sector site model class t tsrc rx seq hist m proto
 * src}, and {@code cap} on what is classified. In {@code m}: {@code n v u q}, {@code u} null where
 * no unit is known, {@code qr} where the quality is not good, {@code t} where the measurement has
 * its own time. Bytes are base64 (RFC 4648 section 4).
 *
 * <p>Strings are copied as bytes and numbers written digit by digit: nothing is allocated but for
 * doubles of more than nine decimals. Thread-safe.
 */
@SuppressWarnings("EnumOrdinal") // ordinals are the format: see RecordFormat
public final class RecordJson {
  static final byte[] ID = ascii("{\"id\":\"");
  static final byte[] GATEWAY = ascii("\",\"gateway\":\"");
  static final byte[] DEVICE = ascii("\",\"device\":\"");
  static final byte[] SECTOR = ascii("\",\"sector\":\"");
  static final byte[] SITE = ascii("\",\"site\":\"");
  static final byte[] MODEL = ascii("\",\"model\":\"");
  static final byte[] RECEIVED = ascii(",\"rx\":");
  static final byte[] SEQUENCE = ascii(",\"seq\":");
  static final byte[] LIVE = ascii(",\"hist\":false,\"m\":[");
  static final byte[] HISTORICAL = ascii(",\"hist\":true,\"m\":[");
  static final byte[] NAME = ascii("{\"n\":\"");
  static final byte[] VALUE = ascii("\",\"v\":");
  static final byte[] UNIT = ascii(",\"u\":\"");
  static final byte[] NO_UNIT = ascii(",\"u\":null,\"q\":\"");
  static final byte[] QUALITY = ascii("\",\"q\":\"");
  static final byte[] REASON = ascii("\",\"qr\":\"");
  static final byte[] TIME = ascii(",\"t\":");
  static final byte[] PROTOCOL = ascii("],\"proto\":\"");
  static final byte[] SOURCE = ascii("\",\"src\":\"");
  static final byte[] TRUE = ascii("true");
  static final byte[] FALSE = ascii("false");
  static final byte[][] CLASSES = new byte[RecordFormat.CLASSES.length][];
  static final byte[][] TIME_SOURCES = new byte[RecordFormat.TIME_SOURCES.length][];
  static final byte[][] QUALITIES = new byte[RecordFormat.QUALITIES.length][];
  static final byte[][] REASONS = new byte[RecordFormat.REASONS.length][];

  // The texts of fields that have one of a few, by ordinal.
  static final List<String> CLASS_NAMES =
      Arrays.stream(RecordFormat.CLASSES).map(MessageClass::jsonName).toList();
  static final List<String> TIME_SOURCE_NAMES =
      Arrays.stream(RecordFormat.TIME_SOURCES).map(TimeSource::jsonName).toList();
  static final List<String> QUALITY_NAMES =
      Arrays.stream(RecordFormat.QUALITIES).map(Quality::jsonName).toList();
  static final List<String> REASON_NAMES =
      Arrays.stream(RecordFormat.REASONS).map(QualityReason::name).toList();

  /** The keys of a classification, in their order in a record. */
  static final List<String> CAP_NAMES = List.of("severity", "urgency", "certainty", "status");

  /** Most that all the constants and numbers outside the measurements take. */
  static final int FRAME_BYTES = 320;

  /** Most that the constants and numbers of one measurement take. */
  static final int MEASUREMENT_BYTES = 160;

  static {
    for (MessageClass each : RecordFormat.CLASSES) {
      CLASSES[each.ordinal()] = ascii("\",\"class\":\"" + each.jsonName() + "\",\"t\":");
    }
    for (TimeSource each : RecordFormat.TIME_SOURCES) {
      TIME_SOURCES[each.ordinal()] = ascii(",\"tsrc\":\"" + each.jsonName() + '"');
    }
    for (Quality each : RecordFormat.QUALITIES) {
      QUALITIES[each.ordinal()] = ascii(each.jsonName());
    }
    for (QualityReason each : RecordFormat.REASONS) {
      REASONS[each.ordinal()] = ascii(each.name());
    }
  }

  private RecordJson() {}

  /** Appends the record; moves its cursor to the end. */
  public static void write(EncodedRecord view, ByteSink out) {
    head(view, out);
    view.rewind();
    boolean first = true;
    while (view.next()) {
      measurement(view, out, first);
      first = false;
    }
    tail(view, out);
  }

  private static void head(EncodedRecord view, ByteSink out) {
    int strings = 0;
    RecordColumns columns = view.columns();
    for (int i = 0; i < RecordFormat.STRING_COUNT; i++) {
      strings += columns.textLength[i];
    }
    strings += columns.textLength[RecordColumns.GATEWAY] + view.epoch().length();
    out.ensure(FRAME_BYTES + JsonText.MAX_EXPANSION * strings);
    byte[] to = out.bytes();
    int at = JsonText.raw(ID, to, out.length());
    at = string(columns, RecordColumns.GATEWAY, to, at);
    to[at++] = '-';
    at = JsonText.ascii(view.epoch(), to, at);
    to[at++] = '-';
    to[at++] = view.laneLetter();
    at = JsonText.number(view.sequence(), to, at);
    at = JsonText.raw(GATEWAY, to, at);
    at = string(columns, RecordColumns.GATEWAY, to, at);
    at = JsonText.raw(DEVICE, to, at);
    at = string(columns, RecordColumns.DEVICE, to, at);
    at = JsonText.raw(SECTOR, to, at);
    at = string(columns, RecordColumns.SECTOR, to, at);
    at = JsonText.raw(SITE, to, at);
    at = string(columns, RecordColumns.SITE, to, at);
    at = JsonText.raw(MODEL, to, at);
    at = string(columns, RecordColumns.MODEL, to, at);
    at = JsonText.raw(CLASSES[view.messageClass().ordinal()], to, at);
    at = JsonText.number(view.timeMicros(), to, at);
    at = JsonText.raw(TIME_SOURCES[view.timeSource().ordinal()], to, at);
    at = JsonText.raw(RECEIVED, to, at);
    at = JsonText.number(view.receivedMicros(), to, at);
    at = JsonText.raw(SEQUENCE, to, at);
    at = JsonText.number(view.sequence(), to, at);
    at = JsonText.raw(view.historical() ? HISTORICAL : LIVE, to, at);
    out.length(at);
  }

  private static void measurement(EncodedRecord view, ByteSink out, boolean first) {
    Kind kind = view.kind();
    RecordColumns columns = view.columns();
    int index = view.index();
    Term term = columns.terms[index];
    byte[] names = columns.bytes;
    byte[] units = columns.bytes;
    int nameAt = columns.nameAt[index];
    int nameLength = columns.nameLength[index];
    int unitAt = columns.unitAt[index];
    int unitLength = columns.unitLength[index];
    if (term != null) {
      names = term.requiredUtf8(0);
      nameAt = 0;
      nameLength = names.length;
      byte[] unit = term.utf8(1);
      units = unit == null ? names : unit;
      unitAt = 0;
      unitLength = unit == null ? RecordColumns.NO_UNIT : unit.length;
    }
    boolean blob = kind == Kind.STRING || kind == Kind.BYTES;
    int text = nameLength + Math.max(unitLength, 0);
    text = blob ? Math.addExact(text, columns.blobLengths[index]) : text;
    out.ensure(Math.addExact(MEASUREMENT_BYTES, Math.multiplyExact(JsonText.MAX_EXPANSION, text)));
    byte[] to = out.bytes();
    int at = out.length();
    if (!first) {
      to[at++] = ',';
    }
    at = JsonText.raw(NAME, to, at);
    at = JsonText.escaped(names, nameAt, nameLength, to, at);
    at = JsonText.raw(VALUE, to, at);
    at = value(view, kind, to, at);
    if (unitLength != RecordColumns.NO_UNIT) {
      at = JsonText.raw(UNIT, to, at);
      at = JsonText.escaped(units, unitAt, unitLength, to, at);
      at = JsonText.raw(QUALITY, to, at);
    } else {
      at = JsonText.raw(NO_UNIT, to, at);
    }
    int judged = view.qualityByte();
    at = JsonText.raw(QUALITIES[judged & 3], to, at);
    if (judged >> 2 != 0) {
      at = JsonText.raw(REASON, to, at);
      at = JsonText.raw(REASONS[(judged >> 2) - 1], to, at);
    }
    to[at++] = '"';
    if (view.hasOwnTime()) {
      at = JsonText.raw(TIME, to, at);
      at = JsonText.number(view.measurementMicros(), to, at);
    }
    to[at++] = '}';
    out.length(at);
  }

  private static int value(EncodedRecord view, Kind kind, byte[] to, int start) {
    int at = start;
    RecordColumns columns = view.columns();
    int index = view.index();
    int blobAt = (int) columns.bits[index];
    int blobLength = columns.blobLengths[index];
    switch (kind) {
      case LONG -> at = JsonText.number(view.longValue(), to, at);
      case DOUBLE -> {
        int decimals = columns.decimals[index];
        at =
            decimals >= 0 && JsonText.isFixed(columns.bits[index])
                ? JsonText.fixed(columns.bits[index], decimals, to, at)
                : JsonText.number(view.doubleValue(), to, at);
      }
      case TRUE -> at = JsonText.raw(TRUE, to, at);
      case FALSE -> at = JsonText.raw(FALSE, to, at);
      case STRING -> {
        to[at++] = '"';
        at = JsonText.escaped(columns.bytes, blobAt, blobLength, to, at);
        to[at++] = '"';
      }
      case BYTES -> {
        to[at++] = '"';
        at = JsonText.base64(columns.bytes, blobAt, blobLength, to, at);
        to[at++] = '"';
      }
    }
    return at;
  }

  private static void tail(EncodedRecord view, ByteSink out) {
    RecordColumns columns = view.columns();
    int text =
        columns.textLength[RecordColumns.PROTOCOL] + columns.textLength[RecordColumns.SOURCE];
    out.ensure(FRAME_BYTES + JsonText.MAX_EXPANSION * text);
    byte[] to = out.bytes();
    int at = JsonText.raw(PROTOCOL, to, out.length());
    at = string(columns, RecordColumns.PROTOCOL, to, at);
    at = JsonText.raw(SOURCE, to, at);
    at = string(columns, RecordColumns.SOURCE, to, at);
    to[at++] = '"';
    out.length(at);
    Cap cap = view.cap();
    if (cap != null) {
      capField(",\"cap\":{\"severity\":\"", cap.severity(), out);
      capField("\",\"urgency\":\"", cap.urgency(), out);
      capField("\",\"certainty\":\"", cap.certainty(), out);
      capField("\",\"status\":\"", cap.status(), out);
      out.write('"');
      out.write('}');
    }
    out.write('}');
  }

  private static void capField(String key, String value, ByteSink out) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    out.ensure(key.length() + JsonText.MAX_EXPANSION * text.length);
    int at = JsonText.ascii(key, out.bytes(), out.length());
    out.length(JsonText.escaped(text, 0, text.length, out.bytes(), at));
  }

  private static int string(RecordColumns columns, int which, byte[] to, int at) {
    return JsonText.escaped(
        columns.textBytes[which], columns.textAt[which], columns.textLength[which], to, at);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
