package io.sluice.api.codec;

import io.sluice.api.Device;

/**
 * Makes codecs that keep a state for each session of a device. Found as {@link PayloadCodecFactory}
 * is, by the same line in {@code META-INF/services}. Thread-safe.
 *
 * <p>A session is what an adapter attaches and detaches: a connection of MQTT. The messages of a
 * concentrator's children are of the concentrator's session. A message outside a session (CoAP, a
 * dead letter that is retried, {@code sluice decode}) gets a codec of its own, and must stand
 * alone.
 */
public interface SessionCodecFactory extends PayloadCodecFactory {
  /**
   * A codec for a session that has said nothing yet.
   *
   * @param device whose session it is
   */
  SessionCodec open(Device device);

  /** A codec for messages that stand alone and whose topic nobody knows. */
  @Override
  default PayloadCodec create() {
    return (payload, device, receivedMicros, out) ->
        open(device).decode(payload, device, "", receivedMicros, out);
  }
}
