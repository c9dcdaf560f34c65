package io.sluice.engine.dialect.unpack;

import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Notifications of Victron's GX devices (github.com/victronenergy/dbus-flashmq): {@code
 * N/{portal}/{service}/{instance}/{path}}, each with one value. A value of null is not known now;
 * an empty message says that the device behind the service is gone. Immutable, thread-safe.
 */
final class Victron implements Unpacker {
  private static final Map<String, String> UNITS =
      Map.of(
          "Voltage", "V",
          "Current", "A",
          "Power", "W",
          "Frequency", "Hz",
          "Soc", "%");

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    String name = Words.behind(topic, 2).replace('/', '.');
    if (payload.length == 0) {
      return List.of(Part.of(List.of(new Reading(name, "gone"))).as(MessageClass.STATE));
    }
    JsonNode value = Json.object(payload).path("value");
    if (value.isMissingNode() || value.isNull()) {
      return List.of();
    }
    String unit = UNITS.get(Words.last(topic));
    Object read = value.isContainer() ? value.toString() : Words.value(value);
    return List.of(Part.of(List.of(new Reading(name, unit, read))));
  }
}
