package io.sluice.engine.config;

import io.sluice.api.config.Bytes;
import io.sluice.api.config.Secret;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** The type of an option, as loader, reference page and schema see it. */
sealed interface OptionType {
  /** A scalar. */
  enum Basic implements OptionType {
    BOOLEAN("true or false", "write true or false"),
    INT("a whole number", "write digits"),
    LONG("a whole number", "write digits"),
    DOUBLE("a number", "write for example 0.5"),
    STRING("text", "write text"),
    DURATION("a duration", "write for example 500ms, 10s, 5m, 1h or 2d"),
    BYTES("a number of bytes", "write for example 512, 64KB, 64MB or 2GB"),
    SECRET("a secret", "write text, or name a file with -file added to the key"),
    PATH("a path", "write a path, relative to this file"),
    URI("a URI", "write for example tcp://127.0.0.1:1883");

    private final String noun;
    private final String remedy;

    Basic(String noun, String remedy) {
      this.noun = noun;
      this.remedy = remedy;
    }

    @Override
    public String noun() {
      return noun;
    }

    String remedy() {
      return remedy;
    }
  }

  /** One of an enum's constants, by their names in the file, or one of some texts. */
  record Choice(SequencedMap<String, Object> constants) implements OptionType {
    static Choice of(Collection<String> texts) {
      SequencedMap<String, Object> constants = new LinkedHashMap<>();
      texts.forEach(text -> constants.put(text, text));
      return new Choice(constants);
    }

    @Override
    public String noun() {
      return "one of " + String.join(", ", constants.keySet());
    }
  }

  /** A mapping with options of its own. */
  record Nested(Class<? extends Record> type) implements OptionType {
    @Override
    public String noun() {
      return "a mapping";
    }
  }

  record ListOf(OptionType element) implements OptionType {
    @Override
    public String noun() {
      return "a list";
    }
  }

  record MapOf(OptionType value) implements OptionType {
    @Override
    public String noun() {
      return "a mapping";
    }
  }

  /** What it is, for messages and the reference: {@code a whole number}. */
  String noun();

  Map<Class<?>, Basic> BASICS =
      Map.ofEntries(
          Map.entry(boolean.class, Basic.BOOLEAN),
          Map.entry(Boolean.class, Basic.BOOLEAN),
          Map.entry(int.class, Basic.INT),
          Map.entry(Integer.class, Basic.INT),
          Map.entry(long.class, Basic.LONG),
          Map.entry(Long.class, Basic.LONG),
          Map.entry(double.class, Basic.DOUBLE),
          Map.entry(Double.class, Basic.DOUBLE),
          Map.entry(String.class, Basic.STRING),
          Map.entry(Duration.class, Basic.DURATION),
          Map.entry(Bytes.class, Basic.BYTES),
          Map.entry(Secret.class, Basic.SECRET),
          Map.entry(Path.class, Basic.PATH),
          Map.entry(URI.class, Basic.URI));

  /**
   * @throws IllegalArgumentException where no option can be of that type
   */
  static OptionType of(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return new ListOf(of(arguments[0]));
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return new MapOf(of(arguments[1]));
      }
    }
    if (type instanceof Class<?> plain) {
      Basic basic = BASICS.get(plain);
      if (basic != null) {
        return basic;
      }
      if (plain.isEnum()) {
        return new Choice(constants(plain));
      }
      if (plain.isRecord()) {
        return new Nested(plain.asSubclass(Record.class));
      }
    }
    throw new IllegalArgumentException("no option can be of type " + type);
  }

  private static SequencedMap<String, Object> constants(Class<?> type) {
    SequencedMap<String, Object> constants = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      String name = constant.toString();
      constants.put(name.toLowerCase(Locale.ROOT).replace('_', '-'), constant);
    }
    return constants;
  }
}
