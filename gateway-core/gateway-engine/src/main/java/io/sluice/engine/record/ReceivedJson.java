package io.sluice.engine.record;

import io.sluice.api.ByteSink;
import io.sluice.engine.record.PoisonRecordException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the canonical JSON of a record, as {@code config/schema/record.schema.json} has it. Fields
 * that are not known here are passed over. Text and bytes are one in JSON: both are texts here.
 * Reusable, one per thread.
 */
final class ReceivedJson {
  private static final int MISSING = -1;

  private final JsonFactory json = new JsonFactory();
  private final ByteSink texts = new ByteSink(1 << 12);
  private final RecordColumns into;

  int idAt;
  int idLength;
  long sequence;

  private int messageClass;
  private int timeSource;
  private boolean isHistorical;
  private boolean hasCap;
  private boolean hasTime;
  private boolean hasReceived;

  ReceivedJson(RecordColumns into) {
    this.into = into;
  }

  void read(byte[] value) throws PoisonRecordException {
    begin();
    try (JsonParser parser = json.createParser(ObjectReadContext.empty(), value)) {
      require(parser.nextToken(), JsonToken.START_OBJECT, "the record");
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        field(parser, name);
      }
      require(parser.currentToken(), JsonToken.END_OBJECT, "the record");
      if (parser.nextToken() != null) {
        throw new PoisonRecordException(Kind.NOT_JSON, "something follows the record's JSON");
      }
    } catch (JacksonException e) {
      throw new PoisonRecordException(Kind.NOT_JSON, "is no JSON: " + e.getOriginalMessage());
    }
    if (messageClass == MISSING || timeSource == MISSING || !hasTime || !hasReceived) {
      throw PoisonRecordException.invalid("its class, t, tsrc or rx is missing");
    }
    into.flags =
        messageClass
            | timeSource << 2
            | (isHistorical ? RecordFormat.HISTORICAL_BIT : 0)
            | (hasCap ? RecordFormat.CAP_BIT : 0);
    into.bytes = texts.bytes();
    Arrays.fill(into.textBytes, texts.bytes());
  }

  private void begin() {
    texts.clear();
    into.origin = null;
    into.source = null;
    into.time = 0;
    into.received = 0;
    into.count = 0;
    Arrays.fill(into.textAt, 0);
    Arrays.fill(into.textLength, 0);
    Arrays.fill(into.capAt, 0);
    Arrays.fill(into.capLength, 0);
    idLength = 0;
    sequence = 0;
    messageClass = MISSING;
    timeSource = MISSING;
    isHistorical = false;
    hasCap = false;
    hasTime = false;
    hasReceived = false;
  }

  private void field(JsonParser parser, String name) throws PoisonRecordException {
    switch (name) {
      case "id" -> {
        idAt = texts.length();
        idLength = text(parser, name);
      }
      case "gateway" -> text(parser, name, RecordColumns.GATEWAY);
      case "device" -> text(parser, name, RecordColumns.DEVICE);
      case "sector" -> text(parser, name, RecordColumns.SECTOR);
      case "site" -> text(parser, name, RecordColumns.SITE);
      case "model" -> text(parser, name, RecordColumns.MODEL);
      case "proto" -> text(parser, name, RecordColumns.PROTOCOL);
      case "src" -> text(parser, name, RecordColumns.SOURCE);
      case "class" -> messageClass = among(parser, name, RecordJson.CLASS_NAMES);
      case "tsrc" -> timeSource = among(parser, name, RecordJson.TIME_SOURCE_NAMES);
      case "t" -> {
        hasTime = true;
        into.time = integer(parser, name);
      }
      case "rx" -> {
        hasReceived = true;
        into.received = integer(parser, name);
      }
      case "seq" -> sequence = integer(parser, name);
      case "hist" -> isHistorical = parser.currentToken() == JsonToken.VALUE_TRUE;
      case "v" -> {
        long version = integer(parser, name);
        if (version < 0 || version > RecordProtobuf.VERSION_KNOWN) {
          throw RecordDecoder.future(Long.toString(version));
        }
      }
      case "m" -> measurements(parser);
      case "cap" -> cap(parser);
      default -> parser.skipChildren();
    }
  }

  private void measurements(JsonParser parser) throws PoisonRecordException {
    require(parser.currentToken(), JsonToken.START_ARRAY, "m");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(parser.currentToken(), JsonToken.START_OBJECT, "m");
      measurement(parser);
    }
  }

  private void measurement(JsonParser parser) throws PoisonRecordException {
    int i = into.count;
    RecordDecoder.requireRoom(i + 1);
    into.ensure(i + 1);
    into.terms[i] = null;
    into.nameLength[i] = 0;
    into.nameAt[i] = 0;
    into.unitLength[i] = RecordColumns.NO_UNIT;
    into.times[i] = RecordFormat.NO_TIME;
    into.decimals[i] = RecordColumns.AS_BITS;
    int quality = 0;
    int reason = 0;
    boolean hasValue = false;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "n" -> {
          into.nameAt[i] = texts.length();
          into.nameLength[i] = text(parser, name);
        }
        case "u" -> {
          if (token != JsonToken.VALUE_NULL) {
            into.unitAt[i] = texts.length();
            into.unitLength[i] = text(parser, name);
          }
        }
        case "q" -> quality = among(parser, name, RecordJson.QUALITY_NAMES);
        case "qr" -> reason = RecordJson.REASON_NAMES.indexOf(parser.getString()) + 1;
        case "t" -> into.times[i] = integer(parser, name);
        case "v" -> hasValue = value(parser, i);
        default -> parser.skipChildren();
      }
    }
    into.judgements[i] = (byte) (quality | reason << 2);
    into.count = hasValue ? i + 1 : i;
  }

  /** Takes a value over; false where it is of a kind that is not known here. */
  private boolean value(JsonParser parser, int i) throws PoisonRecordException {
    JsonToken token = parser.currentToken();
    switch (token) {
      case VALUE_NUMBER_INT -> {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
          number(i, parser.getDoubleValue());
        } else {
          kind(i, RecordFormat.Kind.LONG);
          into.bits[i] = parser.getLongValue();
        }
      }
      case VALUE_NUMBER_FLOAT -> number(i, parser.getDoubleValue());
      case VALUE_TRUE -> kind(i, RecordFormat.Kind.TRUE);
      case VALUE_FALSE -> kind(i, RecordFormat.Kind.FALSE);
      case VALUE_STRING -> {
        kind(i, RecordFormat.Kind.STRING);
        into.bits[i] = texts.length();
        into.blobLengths[i] = text(parser, "v");
      }
      default -> {
        parser.skipChildren();
        return false;
      }
    }
    return true;
  }

  private void number(int i, double value) throws PoisonRecordException {
    RecordDecoder.requireFinite(value);
    kind(i, RecordFormat.Kind.DOUBLE);
    into.bits[i] = Double.doubleToRawLongBits(value);
  }

  @SuppressWarnings("EnumOrdinal") // ordinals are the format: see RecordFormat
  private void kind(int i, RecordFormat.Kind kind) {
    into.kinds[i] = (byte) kind.ordinal();
  }

  private void cap(JsonParser parser) throws PoisonRecordException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    require(parser.currentToken(), JsonToken.START_OBJECT, "cap");
    hasCap = true;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      int which = RecordJson.CAP_NAMES.indexOf(name);
      if (which < 0) {
        parser.skipChildren();
      } else {
        into.capAt[which] = texts.length();
        into.capLength[which] = text(parser, name);
      }
    }
  }

  private void text(JsonParser parser, String name, int which) throws PoisonRecordException {
    into.textAt[which] = texts.length();
    into.textLength[which] = text(parser, name);
  }

  /** Keeps a text, and tells how many bytes it has. */
  private int text(JsonParser parser, String name) throws PoisonRecordException {
    require(parser.currentToken(), JsonToken.VALUE_STRING, name);
    byte[] utf8 = parser.getString().getBytes(StandardCharsets.UTF_8);
    texts.write(utf8, 0, utf8.length);
    return utf8.length;
  }

  private static long integer(JsonParser parser, String name) throws PoisonRecordException {
    require(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, name);
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw PoisonRecordException.invalid(name + " has more than 64 bits");
    }
    return parser.getLongValue();
  }

  private static int among(JsonParser parser, String name, List<String> known)
      throws PoisonRecordException {
    require(parser.currentToken(), JsonToken.VALUE_STRING, name);
    int found = known.indexOf(parser.getString());
    if (found < 0) {
      throw PoisonRecordException.invalid(name + " is none of " + known);
    }
    return found;
  }

  private static void require(@Nullable JsonToken token, JsonToken wanted, String name)
      throws PoisonRecordException {
    if (token != wanted) {
      throw PoisonRecordException.invalid(name + " is of another type, or missing");
    }
  }
}
