package io.sluice.engine.dialect.unpack.read;

import io.sluice.api.MessageBounds;
import io.sluice.api.codec.PayloadException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads the JSON of vendors' frames, within the bounds of all payloads. Thread-safe. */
public final class Json {
  private static final int MAX_DEPTH = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(4_096)
                  .maxNumberLength(100)
                  .maxStringLength(MessageBounds.PAYLOAD_MAX_BYTES)
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .build();

  /** Loaded with the first message whose frame is read as a tree; digits stay as they come. */
  private static final class Trees {
    static final JsonMapper MAPPER =
        JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
  }

  private Json() {}

  public static JsonParser parser(byte[] payload) {
    return FACTORY.createParser(ObjectReadContext.empty(), payload, 0, payload.length);
  }

  public static PayloadException fault(JacksonException e) {
    long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
    return new PayloadException(
        "the message is no valid JSON"
            + (at < 0 ? "" : " (at byte " + at + ")")
            + "; send one JSON document");
  }

  /** The object that a message is. */
  public static ObjectNode object(byte[] payload) throws PayloadException {
    if (tree(payload) instanceof ObjectNode object) {
      return object;
    }
    throw new PayloadException("the message is no JSON object; send one");
  }

  /** The document that a message is. */
  public static JsonNode tree(byte[] payload) throws PayloadException {
    try {
      return Trees.MAPPER.readTree(payload);
    } catch (JacksonException e) {
      byte[] mended = withNonNumbers(payload);
      if (mended == null) {
        throw fault(e);
      }
      return treeOf(mended);
    }
  }

  private static JsonNode treeOf(byte[] payload) throws PayloadException {
    try {
      return Trees.MAPPER.readTree(payload);
    } catch (JacksonException e) {
      throw fault(e);
    }
  }

  /**
   * The same document where numbers that are none stand in it as C prints them ({@code nan}, {@code
   * -nan}): in the word that the parser knows, each byte in its place. Null: there are none.
   */
  private static byte @Nullable [] withNonNumbers(byte[] payload) {
    byte[] mended = null;
    boolean isText = false;
    for (int i = 0; i < payload.length; i++) {
      byte c = payload[i];
      if (isText && c == '\\') {
        i++;
      } else if (c == '"') {
        isText = !isText;
      } else if (!isText && isWord(payload, i, "nan")) {
        mended = mended == null ? payload.clone() : mended;
        mended[i] = 'N';
        mended[i + 1] = 'a';
        mended[i + 2] = 'N';
        if (i > 0 && payload[i - 1] == '-') {
          mended[i - 1] = ' ';
        }
        i += 2;
      }
    }
    return mended;
  }

  private static boolean isWord(byte[] payload, int at, String word) {
    int end = at + word.length();
    if (end > payload.length || (end < payload.length && Character.isLetter(payload[end]))) {
      return false;
    }
    return new String(payload, at, word.length(), StandardCharsets.US_ASCII).equalsIgnoreCase(word);
  }

  public static byte[] bytes(JsonNode node) {
    return Trees.MAPPER.writeValueAsBytes(node);
  }

  public static ObjectNode newObject() {
    return Trees.MAPPER.createObjectNode();
  }

  /** The text at a path of names, or null where there is none. */
  public static @Nullable String text(JsonNode from, String... path) {
    JsonNode node = from;
    for (String name : path) {
      node = node.path(name);
    }
    if (node.isString()) {
      return node.stringValue();
    }
    return node.isNumber() || node.isBoolean() ? node.asString() : null;
  }

  /** Whether a value may name something: a text or a number. */
  public static boolean isName(JsonToken token) {
    return token == JsonToken.VALUE_STRING || token.isNumeric();
  }

  /** A text in quotes. */
  public static String quoted(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  /** Whether a text is a value of JSON that is neither an object, an array nor null. */
  public static boolean isScalar(String text) {
    return text.equals("true") || text.equals("false") || isNumber(text);
  }

  /** Whether a text is a number as JSON writes it (RFC 8259 section 6). */
  public static boolean isNumber(String text) {
    int at = text.startsWith("-") ? 1 : 0;
    int end = digits(text, at);
    if (end == at || (text.charAt(at) == '0' && end > at + 1) || end - at > 30) {
      return false;
    }
    if (end < text.length() && text.charAt(end) == '.') {
      int from = end + 1;
      end = digits(text, from);
      if (end == from) {
        return false;
      }
    }
    if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
      boolean signed = end + 1 < text.length() && "+-".indexOf(text.charAt(end + 1)) >= 0;
      int from = end + (signed ? 2 : 1);
      end = digits(text, from);
      if (end == from) {
        return false;
      }
    }
    return end == text.length();
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether it may be an object; its codec says whether it is one. */
  public static boolean isObject(byte[] payload) {
    int at = 0;
    while (at < payload.length && payload[at] <= ' ' && payload[at] > 0) {
      at++;
    }
    return at < payload.length && payload[at] == '{';
  }

  /**
   * The text or number at a path from the message inwards; null where there is none.
   *
   * @throws PayloadException where it is no JSON
   */
  public static @Nullable String find(byte[] payload, List<String> path) throws PayloadException {
    try (JsonParser parser = parser(payload)) {
      int depth = 0;
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        JsonToken token = parser.nextToken();
        if (!name.equals(path.get(depth))) {
          parser.skipChildren();
        } else if (depth == path.size() - 1) {
          return isName(token) ? parser.getString() : null;
        } else if (token == JsonToken.START_OBJECT) {
          depth++;
        } else {
          return null;
        }
      }
      return null;
    } catch (JacksonException e) {
      throw fault(e);
    }
  }
}
