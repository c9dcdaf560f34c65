package io.sluice.engine.normalize.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.cbor.CBORParser;

/**
 * Looks at an array of a payload before it is read, where its meaning hangs on what stands in it.
 * Confined to one thread, and used again for each message.
 */
final class Lookahead {
  private static final byte[] NOTHING = {};
  private static final int BIGFLOAT_TAG = 5;
  private static final int MAX_EXPONENT = 2_000;

  private final DocumentFormat format;
  private byte[] payload = NOTHING;
  private int from;
  private int to;

  Lookahead(DocumentFormat format) {
    this.format = format;
  }

  /** Looks at this payload from now on. */
  void begin(byte[] payload, int from, int to) {
    this.payload = payload;
    this.from = from;
    this.to = to;
  }

  /** Lets the payload go. */
  void end() {
    begin(NOTHING, 0, 0);
  }

  /** The services of Huawei IoTDA: their ids, and the properties that several of them have. */
  record Services(List<String> ids, Set<String> shared) {
    String id(int index) {
      return ids.get(index);
    }

    boolean isShared(String property) {
      return shared.contains(property);
    }
  }

  /**
   * @param parser at the start of the array
   * @return null where not every element is an object with a service id and properties
   */
  @Nullable Services services(JsonParser parser) {
    try (JsonParser ahead = at(parser)) {
      if (ahead == null) {
        return null;
      }
      List<String> ids = new ArrayList<>();
      Map<String, String> owners = new HashMap<>();
      Set<String> shared = new HashSet<>();
      ahead.nextToken();
      for (JsonToken token = ahead.nextToken();
          token != JsonToken.END_ARRAY;
          token = ahead.nextToken()) {
        String id = token == JsonToken.START_OBJECT ? service(ahead, owners, shared) : null;
        if (id == null) {
          return null;
        }
        ids.add(id);
      }
      return ids.isEmpty() ? null : new Services(ids, shared);
    } catch (JacksonException e) {
      return null; // reading on finds the fault, and names its place
    }
  }

  private static @Nullable String service(
      JsonParser ahead, Map<String, String> owners, Set<String> shared) {
    String id = null;
    List<String> properties = null;
    for (String name = ahead.nextName(); name != null; name = ahead.nextName()) {
      JsonToken token = ahead.nextToken();
      if (token == JsonToken.VALUE_STRING
          && (name.equals("service_id") || name.equals("serviceId"))) {
        id = ahead.getString();
      } else if (token == JsonToken.START_OBJECT && name.equals("properties")) {
        properties = new ArrayList<>();
        for (String each = ahead.nextName(); each != null; each = ahead.nextName()) {
          properties.add(each);
          ahead.nextToken();
          ahead.skipChildren();
        }
      } else {
        ahead.skipChildren();
      }
    }
    if (id == null || properties == null) {
      return null;
    }
    for (String property : properties) {
      String owner = owners.putIfAbsent(property, id);
      if (owner != null && !owner.equals(id)) {
        shared.add(property);
      }
    }
    return id;
  }

  /**
   * The number of an array with CBOR's tag 5, which is taken whole; null where it has not.
   *
   * @param parser at the start of the array
   */
  @Nullable BigDecimal bigfloat(JsonParser parser) {
    if (!(parser instanceof CBORParser cbor) || cbor.getCurrentTag() != BIGFLOAT_TAG) {
      return null;
    }
    try (JsonParser ahead = at(parser)) {
      BigDecimal value = ahead == null ? null : bigfloatAt(ahead);
      if (value != null) {
        parser.skipChildren();
      }
      return value;
    } catch (JacksonException e) {
      return null;
    }
  }

  private static @Nullable BigDecimal bigfloatAt(JsonParser ahead) {
    ahead.nextToken();
    if (ahead.nextToken() != JsonToken.VALUE_NUMBER_INT) {
      return null;
    }
    long exponent = ahead.getLongValue();
    if (ahead.nextToken() != JsonToken.VALUE_NUMBER_INT || Math.abs(exponent) > MAX_EXPONENT) {
      return null;
    }
    BigDecimal mantissa = new BigDecimal(ahead.getBigIntegerValue());
    if (ahead.nextToken() != JsonToken.END_ARRAY) {
      return null;
    }
    BigDecimal power = new BigDecimal(BigInteger.TWO.pow((int) Math.abs(exponent)));
    return exponent >= 0
        ? mantissa.multiply(power)
        : mantissa.divide(power, java.math.MathContext.DECIMAL128);
  }

  /**
   * What the elements of an array have at some of their fields.
   *
   * @param parser at the start of the array
   * @param attributes names of fields
   * @return for each element the texts of these fields, null where it has none or no single value;
   *     empty where that cannot be told
   */
  List<@Nullable String[]> attributes(JsonParser parser, List<String> attributes) {
    try (JsonParser ahead = at(parser)) {
      if (ahead == null || ahead.nextToken() != JsonToken.START_ARRAY) {
        return List.of();
      }
      List<@Nullable String[]> found = new ArrayList<>();
      for (JsonToken token = ahead.nextToken();
          token != JsonToken.END_ARRAY;
          token = ahead.nextToken()) {
        @Nullable String[] own = new String[attributes.size()];
        if (token == JsonToken.START_OBJECT) {
          attributes(ahead, attributes, own);
        } else {
          ahead.skipChildren();
        }
        found.add(own);
      }
      return found;
    } catch (JacksonException e) {
      return List.of(); // reading on finds the fault, and names its place
    }
  }

  private static void attributes(
      JsonParser ahead, List<String> attributes, @Nullable String[] own) {
    for (String name = ahead.nextName(); name != null; name = ahead.nextName()) {
      JsonToken token = ahead.nextToken();
      int index = attributes.indexOf(name);
      if (index >= 0 && own[index] == null && isSingle(token)) {
        own[index] = ahead.getString();
      }
      ahead.skipChildren();
    }
  }

  private static boolean isSingle(JsonToken token) {
    return token.isScalarValue()
        && token != JsonToken.VALUE_NULL
        && token != JsonToken.VALUE_EMBEDDED_OBJECT;
  }

  /**
   * A row of names and values.
   *
   * @param name null where it has none
   * @param nameKey the field that has it, an index where the row is an array
   * @param valueKey the field that has the value, or null
   */
  record Row(@Nullable String name, @Nullable String nameKey, @Nullable String valueKey) {}

  /**
   * The rows of an array, or the one that an object is.
   *
   * @param parser at the start of the array or object
   * @param names fields that may have the name, the first that a row has counts
   * @param values fields that may have the value, likewise
   * @return empty where that cannot be told
   */
  List<Row> rows(JsonParser parser, List<String> names, List<String> values) {
    try (JsonParser ahead = at(parser)) {
      JsonToken start = ahead == null ? null : ahead.nextToken();
      if (ahead == null || start == null) {
        return List.of();
      }
      if (start == JsonToken.START_OBJECT) {
        return List.of(row(ahead, start, names, values));
      }
      List<Row> rows = new ArrayList<>();
      for (JsonToken token = ahead.nextToken();
          token != JsonToken.END_ARRAY;
          token = ahead.nextToken()) {
        rows.add(row(ahead, token, names, values));
      }
      return rows;
    } catch (JacksonException e) {
      return List.of(); // as above
    }
  }

  private static Row row(
      JsonParser ahead, JsonToken start, List<String> names, List<String> values) {
    if (!start.isStructStart()) {
      return new Row(null, null, null);
    }
    int name = names.size();
    int value = values.size();
    String text = null;
    Members members = new Members(ahead, start);
    for (String key = members.next(); key != null; key = members.next()) {
      int index = names.indexOf(key);
      if (index >= 0 && index < name && isSingle(members.token())) {
        name = index;
        text = ahead.getString();
      }
      index = values.indexOf(key);
      if (index >= 0 && index < value && members.token() != JsonToken.VALUE_NULL) {
        value = index;
      }
      ahead.skipChildren();
    }
    return new Row(
        text,
        text == null ? null : names.get(name),
        value == values.size() ? null : values.get(value));
  }

  /** Goes over the members of an object, or of an array, whose members are named by their index. */
  static final class Members {
    private final JsonParser parser;
    private final boolean isArray;
    private JsonToken token;
    private int index;

    /**
     * @param start where the parser stands
     */
    Members(JsonParser parser, JsonToken start) {
      this.parser = parser;
      this.isArray = start == JsonToken.START_ARRAY;
      this.token = start;
    }

    /** The name of the next member, at whose value the parser then stands; null behind the last. */
    @Nullable String next() {
      if (isArray) {
        token = parser.nextToken();
        return token == JsonToken.END_ARRAY ? null : Integer.toString(index++);
      }
      String name = parser.nextName();
      if (name != null) {
        token = parser.nextToken();
      }
      return name;
    }

    /** The token of the member's value. */
    JsonToken token() {
      return token;
    }
  }

  private @Nullable JsonParser at(JsonParser parser) {
    long offset = parser.currentTokenLocation().getByteOffset();
    if (offset < 0 || from + offset >= to) {
      return null;
    }
    int start = from + (int) offset;
    return format.parser(payload, start, to);
  }
}
