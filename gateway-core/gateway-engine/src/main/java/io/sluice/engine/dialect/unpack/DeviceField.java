package io.sluice.engine.dialect.unpack;

import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.DeviceNames;
import io.sluice.engine.dialect.unpack.read.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Messages in JSON of which a field names the device. Immutable, thread-safe.
 *
 * @param path names from the message inwards
 */
record DeviceField(List<String> path) implements Unpacker {
  static DeviceField at(String path) {
    return new DeviceField(List.of(path.split("\\.", -1)));
  }

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    String name = find(payload);
    if (name == null || name.isEmpty()) {
      throw new PayloadException(
          "the message does not say of which device it is; send its name as "
              + String.join(".", path));
    }
    return List.of(Part.of(payload).ofDevice(DeviceNames.of(name)));
  }

  private @Nullable String find(byte[] payload) throws PayloadException {
    try (JsonParser parser = Json.parser(payload)) {
      int depth = 0;
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        JsonToken token = parser.nextToken();
        if (!name.equals(path.get(depth))) {
          parser.skipChildren();
        } else if (depth < path.size() - 1 && token == JsonToken.START_OBJECT) {
          depth++;
        } else {
          return Json.isName(token) ? parser.getString() : null;
        }
      }
      return null;
    } catch (JacksonException e) {
      throw Json.fault(e);
    }
  }
}
