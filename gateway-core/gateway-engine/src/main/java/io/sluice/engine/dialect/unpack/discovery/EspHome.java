package io.sluice.engine.dialect.unpack.discovery;

import io.sluice.api.DeviceId;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.List;
import java.util.function.Supplier;

/**
 * Values of ESPHome (esphome.io, "MQTT Client Component"): {@code
 * {node}/{component}/{object}/state}, each alone, named by its object. Its unit is known by
 * discovery alone. Thread-safe.
 */
public final class EspHome implements Unpacker {
  private static final int OBJECT = 2;

  private final Supplier<Announced> announced;

  /**
   * @param announced tells what devices said by discovery
   */
  public EspHome(Supplier<Announced> announced) {
    this.announced = announced;
  }

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    return unpack("", topic, payload);
  }

  @Override
  public List<Part> unpack(DeviceId session, String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    return unpack(session.value(), topic, payload);
  }

  private List<Part> unpack(String session, String topic, byte[] payload) throws PayloadException {
    if (payload.length == 0) {
      return List.of(); // what was retained is deleted
    }
    String behind = Words.behind(topic, OBJECT);
    int end = behind.lastIndexOf('/');
    String name = end < 0 ? behind : behind.substring(0, end).replace('/', '.');
    Object value = Words.value(Words.text(payload));
    return List.of(
        Part.of(List.of(new Reading(name, announced.get().unitOf(session, topic), value))));
  }
}
