package io.sluice.engine.dialect.unpack;

import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Frame;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.DeviceNames;
import io.sluice.engine.dialect.unpack.read.Json;
import java.util.List;
import java.util.Map;

/**
 * Messages in JSON of which a field names the device. Immutable, thread-safe.
 *
 * @param path names from the message inwards
 * @param isOptional whether a message without that field is the session's own
 */
record DeviceField(List<String> path, boolean isOptional) implements Unpacker {
  private static final String OPTIONAL = "?";

  /**
   * That of a path.
   *
   * @param path names with dots between them; a question mark behind them: the field may be absent
   */
  static DeviceField at(String path) {
    boolean isOptional = path.endsWith(OPTIONAL);
    String names = isOptional ? path.substring(0, path.length() - OPTIONAL.length()) : path;
    return new DeviceField(List.of(names.split("\\.", -1)), isOptional);
  }

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    String name = isOptional && !Json.isObject(payload) ? null : Json.find(payload, path);
    if (isOptional) {
      Part part = Part.of(payload);
      return List.of(
          name == null || name.isEmpty()
              ? part
              : part.ofDevice(DeviceNames.of(name))
                  .in(Map.of(String.join(".", path), Frame.IGNORE)));
    }
    if (name == null || name.isEmpty()) {
      throw new PayloadException(
          "the message does not say of which device it is; send its name as "
              + String.join(".", path));
    }
    return List.of(Part.of(payload).ofDevice(DeviceNames.of(name)));
  }
}
