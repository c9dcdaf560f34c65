package io.sluice.engine.normalize.yaml;

import io.sluice.engine.config.Fault;
import io.sluice.engine.config.Location;
import io.sluice.engine.config.YamlText;
import io.sluice.engine.normalize.unit.Numerals;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/** A YAML document with the place of everything in it. Gathers its faults instead of throwing. */
public final class Yaml {
  private static final int MAX_DEPTH = 16;

  /** Part of a document and where it begins, both from 1. */
  public sealed interface Node {
    int line();

    int column();
  }

  public record Mapping(int line, int column, Map<String, Node> entries, Map<String, Scalar> keys)
      implements Node {
    /** Where the key of that name stands; the mapping itself where it has none. */
    public Node key(String name) {
      Scalar key = keys.get(name);
      return key == null ? this : key;
    }
  }

  record Sequence(int line, int column, List<Node> items) implements Node {}

  /**
   * @param value Long, Double, Boolean, String or null
   * @param text as it is written
   */
  public record Scalar(int line, int column, @Nullable Object value, String text) implements Node {
    Scalar(int line, int column, @Nullable Object value) {
      this(line, column, value, String.valueOf(value));
    }
  }

  private final Path file;
  private final List<String> faults;
  private final List<String> warnings;

  public Yaml(Path file, List<String> faults, List<String> warnings) {
    this.file = file;
    this.faults = faults;
    this.warnings = warnings;
  }

  void warn(Node at, String path, String message) {
    Location location = new Location(file.toString(), at.line(), at.column());
    warnings.add(new Fault(location, path, message).toString());
  }

  public void fault(Node at, String path, String message) {
    Location location = new Location(file.toString(), at.line(), at.column());
    faults.add(new Fault(location, path, message).toString());
  }

  /** The document, or null where it is no YAML; the fault is then noted. */
  @Nullable
  public Node read(String text) {
    try (JsonParser parser = YamlText.parser(text)) {
      if (parser.nextToken() == null) {
        fault(new Scalar(1, 1, null), "", "the file is empty; write a profile into it");
        return null;
      }
      return node(parser, 0);
    } catch (JacksonException e) {
      TokenStreamLocation where = e.getLocation();
      Scalar at =
          where == null || where.getLineNr() < 1
              ? new Scalar(1, 1, null)
              : new Scalar(where.getLineNr(), Math.max(1, where.getColumnNr()), null);
      String problem = e.getOriginalMessage().lines().findFirst().orElse("not understood").strip();
      fault(at, "", "is no valid YAML: " + problem + "; mend the syntax");
      return null;
    }
  }

  private Node node(JsonParser parser, int depth) {
    TokenStreamLocation at = parser.currentTokenLocation();
    int line = at.getLineNr();
    int column = at.getColumnNr();
    if (depth > MAX_DEPTH) {
      fault(new Scalar(line, column, null), "", "nested too deep; a profile needs no such depth");
      parser.skipChildren();
      return new Scalar(line, column, null);
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> mapping(parser, line, column, depth);
      case START_ARRAY -> sequence(parser, line, column, depth);
      case VALUE_TRUE -> new Scalar(line, column, true);
      case VALUE_FALSE -> new Scalar(line, column, false);
      case VALUE_NULL -> new Scalar(line, column, null);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser, line, column);
      default ->
          YamlText.isZeroLed(parser.getString())
              ? number(parser, line, column)
              : new Scalar(line, column, parser.getString());
    };
  }

  private static Scalar number(JsonParser parser, int line, int column) {
    String text = parser.getString();
    Number parsed = Numerals.parse(text);
    return new Scalar(
        line,
        column,
        switch (parsed) {
          case null -> text;
          case BigInteger beyond -> beyond.doubleValue();
          default -> parsed;
        },
        text);
  }

  private Node mapping(JsonParser parser, int line, int column, int depth) {
    Map<String, Node> entries = new LinkedHashMap<>();
    Map<String, Scalar> keys = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      TokenStreamLocation at = parser.currentTokenLocation();
      Scalar key = new Scalar(at.getLineNr(), at.getColumnNr(), name);
      parser.nextToken();
      Node value = node(parser, depth + 1);
      if (entries.putIfAbsent(name, value) == null) {
        keys.put(name, key);
      } else {
        fault(key, name, "stands here twice; keep one");
      }
    }
    return new Mapping(line, column, entries, keys);
  }

  private Node sequence(JsonParser parser, int line, int column, int depth) {
    List<Node> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(parser, depth + 1));
    }
    return new Sequence(line, column, items);
  }
}
