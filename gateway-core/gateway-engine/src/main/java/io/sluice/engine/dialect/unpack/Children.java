package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.DeviceNames;
import io.sluice.engine.dialect.unpack.read.Json;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Messages in JSON of several devices: an object whose keys name them, or an array of which each
 * element has a field that does. What stands there is cut out of the message as it is. Immutable,
 * thread-safe.
 *
 * @param in names from the message inwards to that object or array; empty: it is the message
 * @param device name of the field that names the device of an array's element, or null: keys do
 * @param payload name of the field that holds what the device says, or null: the value, or element,
 *     as it is
 */
record Children(List<String> in, @Nullable String device, @Nullable String payload)
    implements Unpacker {
  static final int MAX = 4_096;

  static Children at(String path, @Nullable String device, @Nullable String payload) {
    return new Children(
        path.isEmpty() ? List.of() : List.of(path.split("\\.", -1)), device, payload);
  }

  @Override
  public List<Part> unpack(String topic, byte[] message, long receivedMicros)
      throws PayloadException {
    try (JsonParser parser = Json.parser(message)) {
      List<Part> parts = new ArrayList<>();
      JsonToken token = enter(parser);
      if (device == null && token == JsonToken.START_OBJECT) {
        keys(parser, message, parts);
      } else if (device != null && token == JsonToken.START_ARRAY) {
        elements(parser, message, device, parts);
      } else {
        throw new PayloadException(
            "the message has no %s of devices%s; send one"
                .formatted(
                    device == null ? "object" : "array",
                    in.isEmpty() ? "" : " at " + String.join(".", in)));
      }
      return parts;
    } catch (JacksonException e) {
      throw Json.fault(e);
    }
  }

  private @Nullable JsonToken enter(JsonParser parser) {
    JsonToken token = parser.nextToken();
    for (String wanted : in) {
      if (token != JsonToken.START_OBJECT) {
        return null;
      }
      String name = parser.nextName();
      while (name != null && !name.equals(wanted)) {
        parser.nextToken();
        parser.skipChildren();
        name = parser.nextName();
      }
      if (name == null) {
        return null;
      }
      token = parser.nextToken();
    }
    return token;
  }

  private void keys(JsonParser parser, byte[] message, List<Part> parts) throws PayloadException {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      int from = offset(parser);
      int[] inner = skip(parser, payload);
      byte[] value = Arrays.copyOfRange(message, from, end(parser));
      byte[] own = payload == null ? value : cut(message, inner);
      byte[] key = Json.utf8(Json.quoted(name) + ":");
      add(parts, name, own, alone("{", key, value, "}"));
    }
  }

  private void elements(JsonParser parser, byte[] message, String field, List<Part> parts)
      throws PayloadException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      int from = offset(parser);
      String name = null;
      int[] inner = null;
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        for (String each = parser.nextName(); each != null; each = parser.nextName()) {
          JsonToken token = parser.nextToken();
          int start = offset(parser);
          if (each.equals(field) && Json.isName(token)) {
            name = parser.getString();
          }
          parser.skipChildren();
          if (each.equals(payload)) {
            inner = new int[] {start, end(parser)};
          }
        }
      } else {
        parser.skipChildren();
      }
      byte[] element = Arrays.copyOfRange(message, from, end(parser));
      String known = name == null ? "" : name;
      byte[] own = payload == null ? element : cut(message, inner);
      add(parts, known, own, alone("[", new byte[0], element, "]"));
    }
  }

  /** Goes behind a value; returns where the field of that name in it stands, or null. */
  private static int @Nullable [] skip(JsonParser parser, @Nullable String field) {
    if (field == null || parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return null;
    }
    int[] found = null;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      int start = offset(parser);
      parser.skipChildren();
      if (name.equals(field)) {
        found = new int[] {start, end(parser)};
      }
    }
    return found;
  }

  /** What is not there is empty: the part says so, and costs itself alone. */
  private static byte[] cut(byte[] message, int @Nullable [] place) {
    return place == null ? new byte[0] : Arrays.copyOfRange(message, place[0], place[1]);
  }

  private static void add(List<Part> parts, String name, byte[] own, byte[] alone)
      throws PayloadException {
    if (parts.size() == MAX) {
      throw new PayloadException("the message is of more than " + MAX + " devices; split it");
    }
    parts.add(Part.of(ContentType.JSON, own).ofDevice(DeviceNames.of(name)).keptAs(alone));
  }

  /** The message as it would be of one device alone. */
  private byte[] alone(String open, byte[] key, byte[] value, String close) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length + key.length + 32);
    for (String name : in) {
      bytes.writeBytes(Json.utf8("{" + Json.quoted(name) + ":"));
    }
    bytes.writeBytes(Json.utf8(open));
    bytes.writeBytes(key);
    bytes.writeBytes(value);
    bytes.writeBytes(Json.utf8(close));
    bytes.writeBytes(Json.utf8("}".repeat(in.size())));
    return bytes.toByteArray();
  }

  private static int offset(JsonParser parser) {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private static int end(JsonParser parser) {
    parser.finishToken(); // a text is read to its end when it is asked for
    return (int) parser.currentLocation().getByteOffset();
  }
}
