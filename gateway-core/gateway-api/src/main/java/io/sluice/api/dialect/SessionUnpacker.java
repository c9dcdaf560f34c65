package io.sluice.api.dialect;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.codec.PayloadException;
import java.util.List;

/**
 * Takes messages apart that say only together what they mean: the names of Sparkplug's aliases
 * stand in its births alone. What it knows is kept for each session by which messages come, in a
 * {@link VendorSession}: it goes with the session, and is told anew by the far end.
 *
 * <p>Thread-safe. Two of one class are the same to the gateway, so that a reload of the
 * configuration costs no session what it knows.
 */
public interface SessionUnpacker extends Unpacker {
  /**
   * Opens what is known of a session that has said nothing yet.
   *
   * @param device whose session it is
   */
  VendorSession open(Device device);

  /** As long as each session says. */
  long BY_SESSION = -1;

  /**
   * How long a message may wait for those before it, microseconds; {@link #BY_SESSION}: as {@link
   * VendorSession#patienceMicros} says.
   */
  default long patienceMicros() {
    return BY_SESSION;
  }

  /** Takes a message apart that came by no session, and so stands alone. */
  @Override
  default List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    try (VendorSession alone = open(NOBODY)) {
      List<Part> parts = alone.unpack(topic, payload, receivedMicros, false);
      return parts == null ? List.of() : parts;
    }
  }

  /** Stands for the device of a message that came by no session. */
  Device NOBODY = new Device(new DeviceId("nobody"), "", "", "", null, null, false, false, false);
}
