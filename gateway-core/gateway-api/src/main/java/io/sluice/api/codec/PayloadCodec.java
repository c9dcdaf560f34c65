package io.sluice.api.codec;

import io.sluice.api.Device;

/**
 * Turns the bytes of one message into measurements. A codec is pure: the same bytes give the same
 * measurements, whatever came before. It may keep buffers, and nothing else, from one message to
 * the next. Confined to the thread that its factory made it for. It must not block: it runs on the
 * event loop that took the message. One that needs what came before is a {@link SessionCodec}.
 */
@FunctionalInterface
public interface PayloadCodec {
  /** The port of a payload that came by none. */
  int NO_PORT = -1;

  /**
   * Reads one payload.
   *
   * <p>What it throws costs this message alone, which is kept whole as a dead letter. A {@link
   * PayloadException} tells the sender what was wrong. Anything else is a fault of the codec: the
   * message is rejected as {@link io.sluice.api.RejectReason#INTERNAL}, and the log has the stack
   * trace.
   *
   * @param payload the message, out of hex or base64 where the profile's {@code encoding} says so;
   *     must not be changed
   * @param device whose message it is
   * @param receivedMicros when it arrived, microseconds since the epoch: for times that the device
   *     gives relative to now
   * @param out takes the measurements; of no use after the call
   * @throws PayloadException where the bytes are none of this codec's, or the sink can take no more
   */
  void decode(byte[] payload, Device device, long receivedMicros, MeasurementSink out)
      throws PayloadException;

  /**
   * Reads one payload that may have come by a port. A codec whose devices say different things on
   * different ports has its own; any other reads as without.
   *
   * @param port LoRaWAN's FPort, 0 to 255, or {@link #NO_PORT}
   * @throws PayloadException as without port
   */
  default void decode(
      byte[] payload, int port, Device device, long receivedMicros, MeasurementSink out)
      throws PayloadException {
    decode(payload, device, receivedMicros, out);
  }
}
