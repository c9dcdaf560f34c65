package io.sluice.engine.dialect.unpack.wrap;

import io.sluice.api.DeviceId;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages in JSON of which a field tells each from all others of its device: one that comes again,
 * by another way too, counts once. What has no such field counts each time. Thread-safe.
 *
 * @param path names from the message inwards
 * @param inner what takes the messages apart, or null: each is one payload
 */
public record Once(List<String> path, @Nullable Unpacker inner) implements Unpacker {
  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    return known(
        payload,
        inner == null ? List.of(Part.of(payload)) : inner.unpack(topic, payload, receivedMicros));
  }

  @Override
  public List<Part> unpack(DeviceId session, String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    return inner == null
        ? unpack(topic, payload, receivedMicros)
        : known(payload, inner.unpack(session, topic, payload, receivedMicros));
  }

  /** A frame that is known by its counter stays so. */
  private List<Part> known(byte[] payload, List<Part> parts) throws PayloadException {
    String name = Json.isObject(payload) ? Json.find(payload, path) : null;
    if (name == null) {
      return parts;
    }
    List<Part> known = new ArrayList<>(parts.size());
    for (Part part : parts) {
      boolean isKnown = part.repeatKey() != null;
      known.add(isKnown ? part : part.onceBy("once/" + known.size() + "/" + name));
    }
    return known;
  }
}
