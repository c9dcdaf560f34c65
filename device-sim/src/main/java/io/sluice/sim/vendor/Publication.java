package io.sluice.sim.vendor;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as it goes out. Immutable, its payload is not copied.
 *
 * @param isRetained whether it has the flag RETAIN
 * @param awaits what the reply that the device waits for has to name; null: PUBACK is enough
 */
public record Publication(
    String topic, byte[] payload, boolean isRetained, @Nullable String awaits) {
  public static Publication text(String topic, String payload) {
    return new Publication(topic, payload.getBytes(StandardCharsets.UTF_8), false, null);
  }

  public static Publication json(String topic, Map<String, ?> payload) {
    return new Publication(topic, Trees.bytes(payload), false, null);
  }

  public Publication retained() {
    return new Publication(topic, payload, true, awaits);
  }

  public Publication awaiting(String reply) {
    return new Publication(topic, payload, isRetained, reply);
  }
}
