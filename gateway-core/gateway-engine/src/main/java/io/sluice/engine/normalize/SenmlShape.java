package io.sluice.engine.normalize;

import io.sluice.engine.normalize.codec.DocumentFormat;
import io.sluice.engine.normalize.codec.SenmlName;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Tells a SenML pack in JSON from an array of objects that merely have a member {@code n}: a pack
 * has a name, and a value, a sum or a base value somewhere, and nothing that RFC 8428 section 4
 * forbids.
 */
final class SenmlShape {
  private static final int FORBIDDEN = -1;
  private static final int NAMED = 1;
  private static final int VALUED = 2;

  /** Records that tell what an array is. */
  private static final int MAX_LOOKED_AT = 64;

  private String baseName = "";

  private SenmlShape() {}

  /**
   * @param start of the array
   */
  static boolean isPack(byte[] payload, int start) {
    if (!hasName(payload, start)) {
      return false;
    }
    try (JsonParser parser = DocumentFormat.JSON.parser(payload, start, payload.length)) {
      parser.nextToken();
      boolean named = false;
      boolean valued = false;
      SenmlShape shape = new SenmlShape();
      JsonToken token = parser.nextToken();
      for (int i = 0; i < MAX_LOOKED_AT && token != JsonToken.END_ARRAY; i++) {
        int found = token == JsonToken.START_OBJECT ? shape.record(parser) : FORBIDDEN;
        if (found == FORBIDDEN) {
          return false;
        }
        named |= (found & NAMED) != 0;
        valued |= (found & VALUED) != 0;
        token = parser.nextToken();
      }
      return named && valued;
    } catch (JacksonException e) {
      return true; // reading it as SenML names the fault and its place
    }
  }

  private int record(JsonParser parser) {
    int found = 0;
    int values = 0;
    String name = "";
    for (String label = parser.nextName(); label != null; label = parser.nextName()) {
      JsonToken token = parser.nextToken();
      switch (label) {
        case "bn" -> {
          found |= NAMED;
          baseName = token == JsonToken.VALUE_STRING ? parser.getString() : "";
        }
        case "n" -> {
          found |= NAMED;
          name = token == JsonToken.VALUE_STRING ? parser.getString() : "";
        }
        case "v", "vs", "vb", "vd" -> {
          found |= VALUED;
          values++;
        }
        case "bv", "s", "bs" -> found |= VALUED;
        default -> {}
      }
      if (values > 1 || !fits(label, token)) {
        return FORBIDDEN;
      }
      parser.skipChildren();
    }
    return baseName.length() + name.length() <= SenmlName.MAX_CHARS
            && SenmlName.isValid(SenmlName.withoutSlash(baseName + name))
        ? found
        : FORBIDDEN;
  }

  private static boolean fits(String label, JsonToken token) {
    return switch (label) {
      case "bn", "bu", "n", "u", "vs", "vd" -> token == JsonToken.VALUE_STRING;
      case "bt", "bv", "bs", "bver", "v", "s", "t", "ut" ->
          token.isNumeric() || token == JsonToken.VALUE_NULL;
      case "vb" -> token.isBoolean();
      default -> !label.endsWith("_");
    };
  }

  /** Whether the first object may have a member {@code n} or {@code bn}; costs no parser. */
  private static boolean hasName(byte[] payload, int start) {
    for (int i = start; i + 2 < payload.length && payload[i] != '}'; i++) {
      if (payload[i] == 'n' && payload[i + 1] == '"') {
        byte before = payload[i - 1];
        if (before == '"' || (before == 'b' && payload[i - 2] == '"')) {
          return true;
        }
      }
    }
    return false;
  }
}
