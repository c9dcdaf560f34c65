package io.sluice.api.dialect;

import io.sluice.api.DeviceId;
import io.sluice.api.codec.PayloadException;
import java.util.List;

/**
 * Takes a message of a vendor's apart: of which devices it is, and what each of them says. It knows
 * of the vendor's frame, and nothing of what is measured: that is the profile's and its codec's.
 *
 * <p>Thread-safe: every thread of every adapter asks the one object. It must not block. It is pure,
 * but for names and units that earlier messages told, of which it bounds how many it keeps: a
 * message that the gateway could not store comes again, and gives the same then.
 */
@FunctionalInterface
public interface Unpacker {
  /**
   * Takes one message apart. Every part becomes a record; the sender has its acknowledgement when
   * all are stored. A part that cannot be stored costs itself alone.
   *
   * @param topic as the device wrote it
   * @param payload the whole message; must not be changed
   * @param receivedMicros when it arrived, microseconds since the epoch
   * @return empty where there is nothing to keep: the message is acknowledged
   * @throws PayloadException where the message is none of this vendor's; it is kept as a dead
   *     letter
   */
  List<Part> unpack(String topic, byte[] payload, long receivedMicros) throws PayloadException;

  /**
   * The same, of a message of a session. What takes messages apart by what earlier ones told keeps
   * that apart by session, so that no device has a say in how another's are read.
   *
   * @param session the device whose session the message came by
   */
  default List<Part> unpack(DeviceId session, String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    return unpack(topic, payload, receivedMicros);
  }
}
