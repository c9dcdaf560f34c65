package io.sluice.engine.normalize.codec;

import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Shape;
import io.sluice.engine.normalize.profile.Shape.Elements;
import io.sluice.engine.normalize.profile.Shape.Encoded;
import io.sluice.engine.normalize.profile.Target;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.record.RecordFormat.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads what has a shape of its own, by the profile: values that hold several, elements that are
 * found by an attribute; {@link RowReader} has rows and series. Confined to one thread.
 */
final class ShapeReader {
  /** Documents in a document in a document. */
  private static final int MAX_DOCUMENTS = 3;

  private final ObjectCodec codec;
  private final RowReader rows;
  private int documents;

  ShapeReader(ObjectCodec codec) {
    this.codec = codec;
    this.rows = new RowReader(codec);
  }

  /**
   * An element that selectors of the profile choose: the path that it has in this payload, and the
   * beginnings of the profile's paths that mean it. Immutable.
   *
   * @param real the element's path; a record names what is kept by it
   * @param declared as the profile writes it; an empty one lets paths begin inside the element
   * @param outer the element around it, or null
   */
  record Selection(String real, List<String> declared, @Nullable Selection outer) {

    /** The profile's paths that mean a path of this payload, the nearest selectors first. */
    List<String> meaning(String path) {
      List<String> found = new ArrayList<>();
      for (Selection each = this; each != null; each = each.outer) {
        String rest = each.rest(path);
        if (rest != null) {
          for (String prefix : each.declared) {
            found.add(prefix.isEmpty() && !rest.isEmpty() ? rest.substring(1) : prefix + rest);
          }
        }
      }
      return found;
    }

    /** What stands behind the element's path, with its dot; null for a path from elsewhere. */
    private @Nullable String rest(String path) {
      if (!path.startsWith(real)) {
        return null;
      }
      String rest = path.substring(real.length());
      boolean inside = rest.isEmpty() || rest.charAt(0) == '.' || rest.charAt(0) == '[';
      return inside ? rest : null;
    }
  }

  /** Returns false, and has read nothing, where the value is not of the shape. */
  boolean read(JsonParser parser, JsonToken token, String path, Shape shape)
      throws PayloadException {
    return switch (shape) {
      case Encoded encoded -> encoded(parser, token, path, encoded);
      case Elements _ -> elements(parser, token, path);
      case Shape.Pivot pivot -> rows.pivot(parser, token, path, pivot);
      case Shape.Rows each -> rows.rows(parser, token, path, each);
      case Shape.Series series -> rows.series(parser, token, path, series);
    };
  }

  private boolean encoded(JsonParser parser, JsonToken token, String path, Encoded shape)
      throws PayloadException {
    int at = codec.leaves.at(parser);
    return switch (shape.encoding()) {
      case JSON -> {
        String text = token == JsonToken.VALUE_STRING ? parser.getString() : "";
        yield !text.isBlank() && document(parser, path, shape.inner(), text, at);
      }
      case HEX, BASE64 -> {
        if (token == JsonToken.VALUE_STRING && !parser.getString().isBlank()) {
          String text = parser.getString();
          EncodedValues.ofText(shape, path, text, at, codec.profile, codec.samples);
          yield true;
        }
        if (token != JsonToken.VALUE_EMBEDDED_OBJECT || LeafReader.isNothing(parser, token)) {
          yield false;
        }
        byte[] bytes = parser.getBinaryValue();
        EncodedValues.ofBytes(shape, path, bytes, at, codec.profile, codec.samples);
        yield true;
      }
      case BITS -> {
        Long value = integer(parser, token);
        if (value == null) {
          yield false;
        }
        EncodedValues.ofBits(shape, path, value, at, codec.profile, codec.samples);
        if (shape.inner() == null) {
          codec.unknown(parser, token, path, false, true);
          yield true;
        }
        yield false; // it is a field of its own, too
      }
    };
  }

  private static @Nullable Long integer(JsonParser parser, JsonToken token) {
    return switch (token) {
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? null
              : (Long) parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> EncodedValues.integer(parser.getDoubleValue());
      case VALUE_STRING -> EncodedValues.integer(parser.getString());
      default -> null;
    };
  }

  /** Reads a document out of a text; one that is none is kept as it came, as bad. */
  private boolean document(
      JsonParser outer, String path, @Nullable Target inner, String text, int at)
      throws PayloadException {
    byte[] bytes = whole(text.getBytes(StandardCharsets.UTF_8));
    if (bytes == null) {
      String what = " is no document of JSON; send one, or take it out of encoded in the profile";
      EncodedValues.refuse(path, text, at, what, codec.profile, codec.samples);
      return true;
    }
    Lookahead around = codec.lookahead;
    int place = codec.leaves.within();
    Lookahead own = new Lookahead(DocumentFormat.JSON);
    own.begin(bytes, 0, bytes.length);
    documents++;
    try (JsonParser parser = DocumentFormat.JSON.parser(bytes, 0, bytes.length)) {
      codec.lookahead = own;
      codec.leaves.switchTo(parser, at);
      codec.lead(parser, Objects.requireNonNull(parser.nextToken()), path, inner, false);
    } finally {
      documents--;
      codec.lookahead = around;
      codec.leaves.switchTo(outer, place);
    }
    return true;
  }

  /** The document, with words for numbers in quotes; null where it is none, or lies too deep. */
  private byte @Nullable [] whole(byte[] text) {
    if (documents == MAX_DOCUMENTS) {
      return null;
    }
    if (isDocument(text)) {
      return text;
    }
    byte[] mended = codec.profile.tolerant() ? NonNumbers.quoted(text, 0, text.length) : null;
    return mended != null && isDocument(mended) ? mended : null;
  }

  private static boolean isDocument(byte[] text) {
    try (JsonParser parser = DocumentFormat.JSON.parser(text, 0, text.length)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false; // it stays a text, and the fault tells that it is no document
    }
  }

  /** The selectors that mean one container. */
  private record Container(List<String> paths, List<String> attributes, boolean every) {}

  private Container container(String path) {
    List<String> paths = new ArrayList<>(List.of(path));
    if (codec.selection != null) {
      paths.addAll(codec.selection.meaning(path));
    }
    List<String> attributes = new ArrayList<>();
    boolean every = false;
    for (String each : paths) {
      every |= codec.profile.selects(below(each, "*"));
      Elements own = elements(codec.target(each));
      if (own != null) {
        own.attributes().stream().filter(a -> !attributes.contains(a)).forEach(attributes::add);
      }
    }
    return new Container(paths, attributes, every);
  }

  private static @Nullable Elements elements(@Nullable Target target) {
    return switch (target) {
      case Elements own -> own;
      case Encoded encoded -> elements(encoded.inner());
      case null, default -> null;
    };
  }

  private boolean elements(JsonParser parser, JsonToken token, String path)
      throws PayloadException {
    if (!token.isStructStart()) {
      return false;
    }
    Container container = container(path);
    if (token == JsonToken.START_OBJECT) {
      if (container.every) {
        members(parser, path, container);
      }
      return container.every;
    }
    List<@Nullable String[]> found =
        container.attributes.isEmpty()
            ? List.of()
            : codec.lookahead.attributes(parser, container.attributes);
    int index = 0;
    for (JsonToken each = parser.nextToken();
        each != JsonToken.END_ARRAY;
        each = parser.nextToken()) {
      element(parser, each, path, index, container, index < found.size() ? found.get(index) : null);
      index++;
    }
    return true;
  }

  /** The members of an object, each of them meant. */
  private void members(JsonParser parser, String path, Container container)
      throws PayloadException {
    Selection around = codec.selection;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      String real = below(path, name.isEmpty() ? ObjectCodec.NAMELESS : name);
      codec.selection = new Selection(real, every(container), around);
      part(parser, token, real, null);
      codec.selection = around;
    }
  }

  private static List<String> every(Container container) {
    return container.paths.stream().map(path -> below(path, "*")).toList();
  }

  /**
   * @param values of the attributes, in their order; null where none is known
   */
  private void element(
      JsonParser parser,
      JsonToken token,
      String path,
      int index,
      Container container,
      @Nullable String @Nullable [] values)
      throws PayloadException {
    List<String> declared = new ArrayList<>();
    container.paths.forEach(each -> declared.add(below(each, Integer.toString(index))));
    Found found = null;
    boolean meant = false;
    for (int i = 0; values != null && i < values.length; i++) {
      String value = values[i];
      if (value == null) {
        continue;
      }
      String selector = '[' + container.attributes.get(i) + '=' + value + ']';
      int before = declared.size();
      for (String each : container.paths) {
        if (codec.profile.selects(each + selector)) {
          declared.add(each + selector);
        }
      }
      boolean selects = declared.size() > before;
      if (found == null || (selects && !meant)) {
        found = new Found(container.attributes.get(i), value, selector);
        meant = selects;
      }
    }
    if (container.every) {
      declared.addAll(every(container));
    }
    String real = found == null ? below(path, Integer.toString(index)) : path + found.selector;
    Selection around = codec.selection;
    codec.selection = new Selection(real, declared, around);
    part(parser, token, real, found);
    codec.selection = around;
  }

  /** The attribute by which an element was found. */
  private record Found(String attribute, String value, String selector) {}

  /** An element, whose values may have a time of their own. */
  private void part(JsonParser parser, JsonToken token, String real, @Nullable Found found)
      throws PayloadException {
    Target target = codec.target(real);
    boolean plain = target == null || target instanceof Field;
    if (token != JsonToken.START_OBJECT || !plain) {
      codec.lead(parser, token, real, target, false);
      return;
    }
    Samples samples = codec.samples;
    int from = samples.count;
    int at = codec.leaves.at(parser);
    long outer = codec.sampleTime;
    codec.sampleTime = Samples.NO_TIME;
    codec.sampleDepth++;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken each = parser.nextToken();
      String path = below(real, name.isEmpty() ? ObjectCodec.NAMELESS : name);
      Target leads = codec.target(path);
      boolean isFound =
          found != null
              && leads == null
              && name.equals(found.attribute)
              && each.isScalarValue()
              && found.value.equals(parser.getString());
      if (!isFound) {
        codec.lead(parser, each, path, leads, false);
      }
    }
    if (found != null && samples.count == from) {
      keep(below(real, found.attribute), found.value, at);
    }
    codec.sampleDepth--;
    samples.fillTime(from, codec.sampleTime);
    codec.sampleTime = outer;
  }

  /** Keeps the name of an element that has nothing else. */
  private void keep(String path, String text, int at) throws PayloadException {
    if (codec.profile.unknown() == Unknown.REJECT) {
      throw PayloadFaults.unknown(path, at, codec.profile);
    }
    if (codec.profile.unknown() == Unknown.KEEP) {
      String name = codec.samples.claimUnknown(path, codec.profile.isMetric(path), at);
      codec.samples.addUnknown(name, at, Kind.STRING, 0, text);
    }
  }

  static String below(String path, String name) {
    return path.isEmpty() ? name : path + '.' + name;
  }
}
