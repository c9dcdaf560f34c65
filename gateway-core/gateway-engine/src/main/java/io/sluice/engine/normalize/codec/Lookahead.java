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

  private @Nullable JsonParser at(JsonParser parser) {
    long offset = parser.currentTokenLocation().getByteOffset();
    if (offset < 0 || from + offset >= to) {
      return null;
    }
    int start = from + (int) offset;
    return format.parser(payload, start, to);
  }
}
