package io.sluice.sim.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** A YAML document as a tree in which every node knows its line and column (from 1). */
sealed interface YamlNode {
  Spot spot();

  /** Where a node starts. */
  record Spot(int line, int column) {
    static Spot of(TokenStreamLocation location) {
      return new Spot(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
    }
  }

  /** A mapping, in the order of the file. */
  record Mapping(Spot spot, Map<String, Entry> entries) implements YamlNode {}

  /** One key of a mapping; the spot is the key's. */
  record Entry(Spot spot, YamlNode value) {}

  /** A sequence. */
  record Sequence(Spot spot, List<YamlNode> items) implements YamlNode {}

  /** Anything else, as it is written; empty for null. */
  record Scalar(Spot spot, String text) implements YamlNode {}

  /**
   * Reads the document; a fault of syntax becomes a {@link ScenarioException} that names its place.
   */
  static YamlNode read(Path file) throws ScenarioException {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new ScenarioException(
          file + ": cannot be read (" + e.getClass().getSimpleName() + "); name a readable file");
    }
    try (JsonParser parser =
        YAMLFactory.builder().build().createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == null) {
        return new Scalar(new Spot(1, 1), "");
      }
      return node(parser);
    } catch (TwiceException e) {
      throw new ScenarioException(
          "%s:%d:%d: `%s` stands there twice; remove one of them"
              .formatted(file, e.at.line, e.at.column, e.key));
    } catch (JacksonException e) {
      Spot spot = e.getLocation() == null ? new Spot(1, 1) : Spot.of(e.getLocation());
      String said = e.getOriginalMessage().lines().findFirst().orElse("not YAML");
      throw new ScenarioException(
          "%s:%d:%d: not valid YAML: %s; mend it there, with spaces and no tabs"
              .formatted(file, spot.line, spot.column, said));
    }
  }

  private static YamlNode node(JsonParser parser) {
    Spot spot = Spot.of(parser.currentTokenLocation());
    return switch (parser.currentToken()) {
      case START_OBJECT -> mapping(parser, spot);
      case START_ARRAY -> sequence(parser, spot);
      case VALUE_NULL -> new Scalar(spot, "");
      default -> new Scalar(spot, parser.getString());
    };
  }

  private static Mapping mapping(JsonParser parser, Spot spot) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      Spot at = Spot.of(parser.currentTokenLocation());
      String key = parser.currentName();
      parser.nextToken();
      if (entries.put(key, new Entry(at, node(parser))) != null) {
        throw new TwiceException(key, at);
      }
    }
    return new Mapping(spot, entries);
  }

  private static Sequence sequence(JsonParser parser, Spot spot) {
    List<YamlNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(parser));
    }
    return new Sequence(spot, items);
  }

  /** A key that a mapping has twice. */
  final class TwiceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String key;
    private final transient Spot at;

    TwiceException(String key, Spot at) {
      super(key);
      this.key = key;
      this.at = at;
    }
  }
}
