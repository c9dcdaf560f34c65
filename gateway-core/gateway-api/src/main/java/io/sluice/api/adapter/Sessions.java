package io.sluice.api.adapter;

import io.sluice.api.DeviceId;

/** Knows which device is here, and by which link. Thread-safe, never blocks. */
public interface Sessions {
  /**
   * A device has a session from now on. A link that the same device had before is closed with
   * {@link DeviceLink#close}, whichever adapter it belongs to.
   *
   * @param admitted as {@link Access#admit} answered; the registry may have changed since
   * @return false where it does not hold any more ({@link Access#isCurrent}): then there is no
   *     session, and the adapter has to refuse the peer
   */
  boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link);

  /** The session behind this link has ended. Does nothing where another link took its place. */
  void detach(DeviceId device, DeviceLink link);

  /** A device without a session (CoAP, or one that is polled) gave a sign of life. */
  void seen(DeviceId device, Peer peer);
}
