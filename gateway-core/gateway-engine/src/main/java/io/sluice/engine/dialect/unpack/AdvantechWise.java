package io.sluice.engine.dialect.unpack;

import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Data of Advantech's WISE and ADAM modules (manuals of WISE-4471 and ADAM-6000, "MQTT"): channels
 * as fields, {@code t} a time or 0, {@code q} 192 where the values are good. An input that is off
 * says 9999.9999. Immutable, thread-safe.
 */
final class AdvantechWise implements Unpacker {
  private static final Set<String> FRAME = Set.of("s", "t", "c", "q");
  private static final int GOOD = 192;
  private static final double OFF = 9999.9999;

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    ObjectNode message = Json.object(payload);
    List<Reading> readings = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : message.properties()) {
      JsonNode value = field.getValue();
      boolean isOff = value.isNumber() && value.doubleValue() == OFF;
      if (!FRAME.contains(field.getKey()) && value.isValueNode() && !value.isNull() && !isOff) {
        readings.add(new Reading(field.getKey(), Words.value(value)));
      }
    }
    if (message.path("q").asInt(GOOD) != GOOD) {
      readings.add(new Reading("q", Words.value(message.path("q"))));
    }
    return List.of(Part.of(readings).at(Lorawan.micros(Json.text(message, "t"))));
  }
}
