package io.sluice.admin.http;

import io.sluice.api.DeviceId;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Records filled at random: nulls, hostile strings and numbers at the ends of their ranges. */
final class RandomViews {
  private static final List<String> STRINGS =
      List.of("", "plain", "ü漢字😀", "\"\\/\b\f\n\r\t", "\0\u001f\u007f\u2028", "\ud800", "<&'>");
  private static final double[] DOUBLES = {
    0,
    -0.0,
    1,
    0.1,
    100,
    1e-7,
    2e-308,
    1e7,
    1e21,
    4.9e-324,
    Double.MAX_VALUE,
    1.0 / 3,
    2e23,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };
  private static final long[] LONGS = {0, -1, 7, Integer.MIN_VALUE, Long.MIN_VALUE, Long.MAX_VALUE};

  private final Random random;

  RandomViews(Random random) {
    this.random = random;
  }

  Record record(Class<?> type) throws ReflectiveOperationException {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      boolean mayBeNull = components[i].getAnnotatedType().isAnnotationPresent(Nullable.class);
      values[i] = mayBeNull && random.nextBoolean() ? null : value(components[i].getGenericType());
    }
    Constructor<?> constructor =
        type.getDeclaredConstructor(
            Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    constructor.setAccessible(true);
    return (Record) constructor.newInstance(values);
  }

  private Object value(Type type) throws ReflectiveOperationException {
    if (type instanceof ParameterizedType of) {
      Type[] arguments = of.getActualTypeArguments();
      return of.getRawType() == Map.class ? map(arguments) : list(arguments[0]);
    }
    Class<?> plain = (Class<?>) type;
    if (plain == DeviceId.class) {
      return new DeviceId("press-" + random.nextInt(100));
    } else if (plain.isRecord()) {
      return record(plain);
    } else if (plain.isEnum()) {
      return plain.getEnumConstants()[random.nextInt(plain.getEnumConstants().length)];
    } else if (plain == ZoneId.class) {
      return ZoneOffset.ofHours(random.nextInt(-12, 14));
    } else if (plain == Duration.class) {
      return Duration.ofMillis(random.nextInt(100_000_000));
    } else if (plain == byte[].class) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      return bytes;
    }
    return scalar(plain);
  }

  private Object scalar(Class<?> type) {
    if (type == String.class) {
      return STRINGS.get(random.nextInt(STRINGS.size()))
          + STRINGS.get(random.nextInt(STRINGS.size()));
    } else if (type == boolean.class || type == Boolean.class) {
      return random.nextBoolean();
    } else if (type == int.class || type == Integer.class) {
      return (int) integer();
    } else if (type == long.class || type == Long.class) {
      return integer();
    } else if (type == double.class || type == Double.class) {
      return number();
    } else if (type == Number.class) {
      return random.nextBoolean() ? (Number) integer() : (Number) number();
    } else if (type == Object.class) {
      List<Class<?>> kinds = List.of(String.class, Boolean.class, Long.class, Double.class);
      return scalar(kinds.get(random.nextInt(kinds.size())));
    }
    throw new IllegalStateException("no sample for " + type);
  }

  private long integer() {
    return random.nextBoolean() ? random.nextLong() : LONGS[random.nextInt(LONGS.length)];
  }

  private double number() {
    return switch (random.nextInt(3)) {
      case 0 -> DOUBLES[random.nextInt(DOUBLES.length)];
      case 1 -> random.nextInt(1_000_000) / 1000.0;
      default -> Double.longBitsToDouble(random.nextLong());
    };
  }

  private Map<Object, Object> map(Type[] arguments) throws ReflectiveOperationException {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      map.put(value(arguments[0]), value(arguments[1]));
    }
    return map;
  }

  private List<Object> list(Type element) throws ReflectiveOperationException {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      // what stands for any value is a record as JSON, read
      list.add(
          element instanceof Class || element instanceof ParameterizedType
              ? value(element)
              : Map.of("v", List.of(number(), scalar(String.class))));
    }
    return list;
  }
}
