package io.sluice.engine.config;

import io.sluice.api.config.TextFile;
import io.sluice.engine.config.ConfigNode.Entry;
import io.sluice.engine.config.ConfigNode.Kind;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads a YAML file into located nodes, environment variables already put in.
 *
 * <p>YAML 1.2 without anchors, aliases and tags: a file says what it means where it stands, and
 * nothing can expand. One document per file, of at most {@link #MAX_FILE_BYTES}, nested at most
 * {@link #MAX_DEPTH} deep.
 */
public final class ConfigTree {
  public static final int MAX_FILE_BYTES = 64 << 20;
  public static final int MAX_DEPTH = 64;

  private final String file;
  private final Substitution substitution;
  private final Faults faults;
  private final YAMLParser parser;

  private ConfigTree(String file, String text, Map<String, String> env, Faults faults) {
    this.file = file;
    this.substitution = new Substitution(env);
    this.faults = faults;
    this.parser = YamlText.parser(Substitution.mask(text));
  }

  /**
   * Reads a file. An empty one is an empty mapping.
   *
   * @return null where it cannot be read or is not YAML; then there is one fault that says so
   */
  public static @Nullable ConfigNode read(Path path, Map<String, String> env, Faults faults) {
    String file = path.toString();
    Location start = new Location(file, 1, 1);
    try {
      long bytes = Files.size(path);
      if (bytes > MAX_FILE_BYTES) {
        faults.add(
            new Fault(
                start, "", "has " + bytes + " bytes; split it, a file may have " + MAX_FILE_BYTES));
        return null;
      }
      return parse(file, decode(Files.readAllBytes(path)), env, faults);
    } catch (NoSuchFileException e) {
      faults.add(new Fault(start, "", "there is no such file; check the path"));
    } catch (CharacterCodingException e) {
      faults.add(new Fault(start, "", "is not UTF-8 text; save it as UTF-8"));
    } catch (IOException e) {
      String why = Files.isDirectory(path) ? "is a directory" : "cannot be read: " + e.getMessage();
      faults.add(new Fault(start, "", why + "; name a file that this user may read"));
    }
    return null;
  }

  /**
   * Reads a text.
   *
   * @param file the name that faults show
   * @return null where it is not YAML; then there is one fault that says so
   */
  public static @Nullable ConfigNode parse(
      String file, String text, Map<String, String> env, Faults faults) {
    ConfigTree tree = new ConfigTree(file, text, env, faults);
    try (YAMLParser parser = tree.parser) {
      if (parser.nextToken() == null) {
        return new Mapping(new Location(file, 1, 1), "", new LinkedHashMap<>());
      }
      ConfigNode root = tree.node("", 0);
      if (parser.nextToken() != null) {
        throw new Unreadable(
            tree.location(), "a second document begins here; put it into a file of its own");
      }
      return root;
    } catch (Unreadable e) {
      faults.add(new Fault(e.location, "", String.valueOf(e.getMessage())));
    } catch (JacksonException e) {
      faults.add(tree.syntaxFault(e));
    }
    return null;
  }

  private static String decode(byte[] bytes) throws CharacterCodingException {
    return TextFile.decode(bytes);
  }

  private ConfigNode node(String path, int depth) {
    if (depth > MAX_DEPTH) {
      throw new Unreadable(location(), "is nested deeper than " + MAX_DEPTH + "; flatten it");
    }
    rejectAnchorsAndTags();
    return switch (parser.currentToken()) {
      case START_OBJECT -> mapping(path, depth);
      case START_ARRAY -> sequence(path, depth);
      default -> scalar(path);
    };
  }

  private void rejectAnchorsAndTags() {
    if (parser.isCurrentAlias() || parser.getObjectId() != null) {
      throw new Unreadable(
          location(), "anchors (&) and aliases (*) are not read; write the value out, or quote it");
    }
    if (parser.getTypeId() != null || parser.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT) {
      throw new Unreadable(location(), "tags (!) are not read; remove it, or quote the value");
    }
  }

  private Mapping mapping(String path, int depth) {
    Location start = location();
    SequencedMap<String, Entry> entries = new LinkedHashMap<>();
    Mapping mapping = new Mapping(start, path, Collections.unmodifiableSequencedMap(entries));
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = Substitution.unmask(parser.currentName());
      Location keyLocation = location();
      parser.nextToken();
      Entry entry = new Entry(keyLocation, node(mapping.pathOf(key), depth + 1));
      Entry first = entries.putIfAbsent(key, entry);
      if (first != null) {
        faults.add(
            new Fault(
                keyLocation,
                mapping.pathOf(key),
                "is given twice, first on line "
                    + first.keyLocation().line()
                    + "; remove one of them"));
      }
    }
    return mapping;
  }

  private Sequence sequence(String path, int depth) {
    Location start = location();
    List<ConfigNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(path + "[" + items.size() + "]", depth + 1));
    }
    return new Sequence(start, path, Collections.unmodifiableList(items));
  }

  private Scalar scalar(String path) {
    Location start = location();
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return new Scalar(start, path, "", Kind.NULL);
    }
    String text = Substitution.unmask(parser.getString());
    if (Substitution.applies(text)) {
      int before = faults.count();
      String value =
          substitution.apply(text, message -> faults.add(new Fault(start, path, message)));
      return faults.count() > before
          ? new Scalar(start, path, text, Kind.BROKEN)
          : new Scalar(start, path, value, Kind.SUBSTITUTED);
    }
    boolean isNumber = token.isNumeric() || YamlText.isZeroLed(text);
    Kind kind = isNumber ? Kind.NUMBER : token.isBoolean() ? Kind.BOOLEAN : Kind.TEXT;
    return new Scalar(start, path, text, kind);
  }

  private Location location() {
    return location(parser.currentTokenLocation());
  }

  private Location location(TokenStreamLocation at) {
    return new Location(file, Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
  }

  private Fault syntaxFault(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    // context and problem, without the indented marks and excerpts between and after them
    String what =
        e.getOriginalMessage()
            .lines()
            .filter(line -> !line.startsWith(" "))
            .collect(Collectors.joining(", "));
    return new Fault(
        at == null ? new Location(file, 1, 1) : location(at),
        "",
        "is not valid YAML: " + what + "; mend the syntax here, or in the line before");
  }

  /** Ends the reading: from here on, nothing in the file can be trusted to mean what it says. */
  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Location location;

    Unreadable(Location location, String message) {
      super(message, null, false, false);
      this.location = location;
    }
  }
}
