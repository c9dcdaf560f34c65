package io.sluice.engine.normalize.codec;

import io.sluice.api.codec.PayloadException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads what the labels of SenML records carry, each by the type that it must have, and words the
 * faults by record, label and byte. Confined to one thread, and used again for each message.
 */
final class SenmlTokens {
  private boolean tolerant;
  private int index;
  private int reached;

  /** Begins a pack. */
  void begin(boolean tolerant) {
    this.tolerant = tolerant;
    index = 0;
  }

  /** Goes on to the next record. */
  void next() {
    index++;
  }

  /** Records before this one. */
  int index() {
    return index;
  }

  /** A text. */
  String text(JsonParser parser, String label) throws PayloadException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw fault(parser, label, "must be a string; send it in quotes");
    }
    return parser.getString();
  }

  /** True or false. */
  boolean truth(JsonParser parser, String label) throws PayloadException {
    if (!parser.currentToken().isBoolean()) {
      throw fault(parser, label, "must be true or false");
    }
    return parser.currentToken() == JsonToken.VALUE_TRUE;
  }

  /** A number as a double. */
  double number(JsonParser parser, String label) throws PayloadException {
    return exact(parser, label).doubleValue();
  }

  /** A number with all its digits: a Long, a BigInteger beyond 64 bits, or a finite Double. */
  Number exact(JsonParser parser, String label) throws PayloadException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          ? (Number) parser.getBigIntegerValue()
          : (Number) parser.getLongValue();
    }
    if (!token.isNumeric()) {
      throw fault(parser, label, "must be a number; send it without quotes");
    }
    double number = parser.getDoubleValue();
    if (!Double.isFinite(number)) {
      throw fault(parser, label, "is no finite number; leave out what was not measured");
    }
    return number;
  }

  /** What {@code v} has; a text is judged by its metric, a null is nothing. */
  @Nullable Object numeral(JsonParser parser, String label) throws PayloadException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    return token == JsonToken.VALUE_STRING && tolerant
        ? parser.getString()
        : (Object) exact(parser, label);
  }

  /** Bytes: those of CBOR, or a text in base64url. */
  byte[] data(JsonParser parser, String label) throws PayloadException {
    byte[] bytes =
        parser.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT ? parser.getBinaryValue() : null;
    if (bytes != null) {
      return bytes;
    }
    String text = text(parser, label);
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw fault(parser, label, "is no base64url; encode it by RFC 4648 section 5, unpadded");
    }
  }

  /** What is wrong with a label of this record, or with the record where there is none. */
  PayloadException fault(JsonParser parser, String label, String what) {
    return new PayloadException(
        "$["
            + index
            + "]"
            + (label.isEmpty() ? "" : "." + label)
            + " at byte "
            + at(parser)
            + ": "
            + what);
  }

  /** The byte at which the parser's token stands. */
  int at(JsonParser parser) {
    reached = (int) Math.max(0, parser.currentTokenLocation().getByteOffset());
    return reached;
  }

  /** The byte that was asked for last. */
  int reached() {
    return reached;
  }
}
