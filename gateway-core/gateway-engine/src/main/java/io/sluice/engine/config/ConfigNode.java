package io.sluice.engine.config;

import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A node of a YAML file that knows where it stands. Immutable. Made by {@link ConfigTree}. */
public sealed interface ConfigNode {
  /** Where its first character is. */
  Location location();

  /** Its path from the root: {@code upstreams[0].name}; empty for the root. */
  String path();

  default Fault fault(String message) {
    return new Fault(location(), path(), message);
  }

  /** What it is, as a message says it: {@code text "abc"}, {@code a list}. */
  String describe();

  /** How a scalar was written. */
  enum Kind {
    /** Quoted, or plain text. */
    TEXT,
    NUMBER,
    BOOLEAN,
    /** Nothing, {@code null} or {@code ~}. */
    NULL,
    /** Has environment variables in it: takes the type that is wanted. */
    SUBSTITUTED,
    /** Names an environment variable that is not set, which is reported already. */
    BROKEN
  }

  /**
   * @param text after substitution; empty for {@link Kind#NULL}
   */
  record Scalar(Location location, String path, String text, Kind kind) implements ConfigNode {
    private static final int MAX_SHOWN_CHARS = 60;

    /** Whether nothing is given: null, or a variable that is empty. */
    public boolean isAbsent() {
      return kind == Kind.NULL || (kind == Kind.SUBSTITUTED && text.isEmpty());
    }

    @Override
    public String describe() {
      return switch (kind) {
        case NULL -> "nothing";
        case NUMBER, BOOLEAN -> text;
        case TEXT, SUBSTITUTED, BROKEN ->
            '"'
                + (text.length() <= MAX_SHOWN_CHARS
                    ? text
                    : text.substring(0, MAX_SHOWN_CHARS) + "...")
                + '"';
      };
    }
  }

  /** A key and its value. */
  record Entry(Location keyLocation, ConfigNode value) {}

  /**
   * @param entries in the order of the file; of a key given twice, the first
   */
  record Mapping(Location location, String path, SequencedMap<String, Entry> entries)
      implements ConfigNode {
    /** The value of a key, or null where the key is not there. */
    public @Nullable ConfigNode get(String key) {
      Entry entry = entries.get(key);
      return entry == null ? null : entry.value();
    }

    /** The path of a key below this mapping. */
    public String pathOf(String key) {
      return path.isEmpty() ? key : path + "." + key;
    }

    /** A fault at a key where it is given, else at the mapping itself. */
    public Fault fault(String key, String message) {
      Entry entry = entries.get(key);
      return new Fault(entry == null ? location : entry.keyLocation(), pathOf(key), message);
    }

    @Override
    public String describe() {
      return "a mapping";
    }
  }

  /** A list. */
  record Sequence(Location location, String path, List<ConfigNode> items) implements ConfigNode {
    @Override
    public String describe() {
      return "a list";
    }
  }
}
