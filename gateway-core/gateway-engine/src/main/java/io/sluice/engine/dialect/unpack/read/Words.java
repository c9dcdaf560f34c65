package io.sluice.engine.dialect.unpack.read;

import io.sluice.api.codec.PayloadException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** Values that come as bare text, and levels of topics. */
public final class Words {
  private Words() {}

  /** The value that a text is: a number, true or false, else the text. */
  public static Object value(String text) {
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    if (!Json.isNumber(text)) {
      return text;
    }
    boolean isInteger = text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
    return isInteger && text.length() <= 18
        ? (Object) Long.parseLong(text)
        : (Object) Double.parseDouble(text);
  }

  /** The value of a JSON node that is no container. */
  public static Object value(JsonNode node) {
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    return node.isNumber() ? (Object) node.doubleValue() : node.asString();
  }

  /** A number times a factor, to twelve digits; any other value as it is. */
  public static Object times(Object value, double factor) {
    return value instanceof Number number ? rounded(number.doubleValue() * factor) : value;
  }

  public static double rounded(double value) {
    return new BigDecimal(value).round(new MathContext(12)).doubleValue();
  }

  /** A topic behind its first levels; empty where it has no more. */
  public static String behind(String topic, int levels) {
    int from = 0;
    for (int i = 0; i < levels; i++) {
      int slash = topic.indexOf('/', from);
      if (slash < 0) {
        return "";
      }
      from = slash + 1;
    }
    return topic.substring(from);
  }

  public static String last(String topic) {
    return topic.substring(topic.lastIndexOf('/') + 1);
  }

  /** A payload as text, without what surrounds it. */
  public static String text(byte[] payload) throws PayloadException {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString().strip();
      if (text.isEmpty()) {
        throw new PayloadException("the payload is empty; send one value");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new PayloadException("the payload is no text in UTF-8; send one value as text");
    }
  }
}
