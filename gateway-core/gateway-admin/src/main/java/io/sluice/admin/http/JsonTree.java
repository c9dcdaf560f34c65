package io.sluice.admin.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamReadException;

/**
 * JSON text as maps in the order of the text, lists, strings, numbers and truth values. Of a key
 * that comes twice the last value holds. An integer is an {@link Integer}, a {@link Long} or a
 * {@link java.math.BigInteger}, the smallest that takes it; every other number is a {@link Double}.
 * Depth and lengths are bounded by the parser's own limits (500 levels, 1,000 digits).
 */
public final class JsonTree {
  private JsonTree() {}

  /** Null for {@code null} and for no value at all; throws {@link StreamReadException}. */
  public static @Nullable Object read(byte[] text) {
    try (JsonParser in = ApiJson.FACTORY.createParser(ObjectReadContext.empty(), text)) {
      return whole(in);
    }
  }

  /** As {@link #read(byte[])}. */
  public static @Nullable Object read(String text) {
    try (JsonParser in = ApiJson.FACTORY.createParser(ObjectReadContext.empty(), text)) {
      return whole(in);
    }
  }

  private static @Nullable Object whole(JsonParser in) {
    JsonToken first = in.nextToken();
    if (first == null) {
      return null;
    }
    Object value = value(in, first);
    JsonToken trailing = in.nextToken();
    if (trailing != null) {
      throw new StreamReadException(
          in, "Trailing token (`JsonToken." + trailing + "`) found after value");
    }
    return value;
  }

  private static @Nullable Object value(JsonParser in, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> array(in);
      case VALUE_STRING -> in.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> in.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new StreamReadException(in, "Unexpected token (`JsonToken." + token + "`)");
    };
  }

  private static Map<String, @Nullable Object> object(JsonParser in) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (String key = in.nextName(); key != null; key = in.nextName()) {
      object.put(key, value(in, in.nextToken()));
    }
    return object;
  }

  private static List<@Nullable Object> array(JsonParser in) {
    List<@Nullable Object> array = new ArrayList<>();
    for (JsonToken each = in.nextToken(); each != JsonToken.END_ARRAY; each = in.nextToken()) {
      array.add(value(in, each));
    }
    return array;
  }
}
