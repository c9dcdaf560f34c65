package io.sluice.engine.dialect.talk;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/**
 * A few fields of a JSON document, by their paths ({@code sys.ack}, {@code services.0.paras.t},
 * {@code ids.mine-}: what stands behind {@code mine-} in a text of the list {@code ids}).
 * Immutable, thread-safe. Reads the document once, and no further than the last of them.
 */
final class BodyFields {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).build())
          .build();

  /** A step of the paths: what lies below it, and whether a path ends here. */
  private static final class Node {
    private final Map<String, Node> below = new HashMap<>();
    private @Nullable String path;

    /** Notes what stands behind a word in a text of a list, where a path asks for it. */
    private void takeBehindWord(String text, Map<String, Value> found) {
      below.forEach((word, node) -> {
        if (word.endsWith("-") && node.path != null && text.startsWith(word)) {
          String rest = text.substring(word.length());
          found.putIfAbsent(node.path, new Value('"' + escaped(rest) + '"', rest));
        }
      });
    }
  }

  /**
   * The value of a field.
   *
   * @param json as it stands in JSON: {@code "77"}, {@code 77}
   * @param text without quotes
   */
  record Value(String json, String text) {}

  private final Node root = new Node();
  private final int count;

  BodyFields(Set<String> paths) {
    count = paths.size();
    for (String path : paths) {
      Node node = root;
      int from = 0;
      while (from <= path.length()) {
        int dot = path.indexOf('.', from);
        int end = dot < 0 ? path.length() : dot;
        node = node.below.computeIfAbsent(path.substring(from, end), _ -> new Node());
        from = end + 1;
      }
      node.path = path;
    }
  }

  /** What there is of the fields; of what is no JSON, what stands before the fault. */
  Map<String, Value> of(byte[] body) {
    Map<String, Value> found = new HashMap<>();
    if (count == 0) {
      return found;
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
      if (parser.nextToken() != null) {
        take(parser, root, body, found);
      }
    } catch (JacksonException _) {
      return found;
    }
    return found;
  }

  /** True where all is found. */
  private boolean take(JsonParser parser, Node node, byte[] body, Map<String, Value> found) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        if (below(parser, node.below.get(name), body, found)) {
          return true;
        }
      }
    } else if (token == JsonToken.START_ARRAY) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
          node.takeBehindWord(parser.getString(), found);
        }
        if (below(parser, node.below.get(Integer.toString(i)), body, found)
            || found.size() == count) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean below(
      JsonParser parser, @Nullable Node node, byte[] body, Map<String, Value> found) {
    JsonToken token = parser.currentToken();
    if (node == null) {
      parser.skipChildren();
      return false;
    }
    if (token.isStructStart() && node.path != null) {
      long from = parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      long to = parser.currentLocation().getByteOffset();
      String json = new String(body, (int) from, (int) (to - from), StandardCharsets.UTF_8);
      found.putIfAbsent(node.path, new Value(json, json));
      return found.size() == count;
    }
    if (token.isStructStart()) {
      return take(parser, node, body, found);
    }
    if (node.path != null) {
      String text = token == JsonToken.VALUE_NULL ? "null" : parser.getString();
      String json = token == JsonToken.VALUE_STRING ? '"' + escaped(text) + '"' : text;
      found.putIfAbsent(node.path, new Value(json, text));
    }
    return found.size() == count;
  }

  /** A text as it stands between the quotes of JSON. */
  static String escaped(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsCharArray(text));
  }
}
