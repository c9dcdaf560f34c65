package io.sluice.engine.dialect.unpack;

import static io.sluice.api.dialect.Frame.IGNORE;
import static io.sluice.api.dialect.Frame.UNWRAP;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Frame;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a thing reports to its shadow (AWS IoT Core developer guide, "Device Shadow service
 * documents"; Alibaba Cloud, "Device shadow data stream"): {@code state.reported}. What it desires
 * is no measurement, and null deletes; of a message with no more than that nothing is kept.
 * Immutable, thread-safe.
 */
final class ShadowUpdate implements Unpacker {
  private static final Map<String, Frame> FRAME =
      Map.of(
          "state.reported", UNWRAP,
          "state.desired", IGNORE,
          "clientToken", IGNORE,
          "method", IGNORE,
          "version", IGNORE);

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    JsonNode state = Json.object(payload).path("state");
    if (!state.isObject() && !state.isNull()) {
      throw new PayloadException("the message has no state; send {\"state\":{\"reported\":{..}}}");
    }
    JsonNode reported = state.path("reported");
    return reported.isObject() && !reported.isEmpty()
        ? List.of(Part.of(ContentType.JSON, payload).in(FRAME))
        : List.of();
  }
}
