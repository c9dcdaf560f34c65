package io.sluice.api.codec;

import io.sluice.api.Device;

/**
 * Turns the messages of one device's session into measurements, by what earlier messages of the
 * same session said: the names of Sparkplug's aliases stand in its birth message alone. Called by
 * one thread at a time, not always the same. It must not block: it runs on the event loop that took
 * the message.
 *
 * <p>The gateway opens one with the first message of a session that a profile leads to it, and
 * drops it when the session ends. Nothing is stored: after a restart the session is new, and so is
 * the codec. What the state does not say is refused by a {@link PayloadException}, and never
 * guessed.
 *
 * <p>The codec bounds its state itself: what would go beyond is refused.
 */
@FunctionalInterface
public interface SessionCodec {
  /**
   * Reads one message, and keeps what the next ones need.
   *
   * <p>A message may come again, since the gateway could not store it the first time. It gives the
   * same then. One that is refused leaves the state as it was; where a fault of the codec's own
   * ended the call, the codec is dropped.
   *
   * @param payload the message, out of hex or base64 where the profile's {@code encoding} says so;
   *     must not be changed
   * @param device whose message it is: the session's, or a child of it
   * @param topic topic or path, without leading slash
   * @param receivedMicros when it arrived, microseconds since the epoch
   * @param out takes the measurements; of no use after the call
   * @throws PayloadException where the bytes are none of this codec's, where they want what no
   *     earlier message said, or where the sink can take no more
   */
  void decode(byte[] payload, Device device, String topic, long receivedMicros, MeasurementSink out)
      throws PayloadException;
}
