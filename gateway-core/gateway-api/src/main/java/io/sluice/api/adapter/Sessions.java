package io.sluice.api.adapter;

import io.sluice.api.DeviceId;
import java.util.concurrent.CompletionStage;

/**
 * Knows which device is here, and by which link. The one owner of a device's live link, whichever
 * adapter it comes by. Thread-safe, never blocks.
 *
 * <p>A link begins with {@link #claim} or {@link #attach} and ends with {@link #detach}. Links of
 * one device that have not ended stand in the order in which they began. Who begins closes the one
 * before it with {@link LinkEnd#TAKEN_OVER}. Only the first of them is given commands: what the one
 * before it did not get an answer to is given back by then. A link that has not ended {@value
 * #HAND_OVER_SECONDS} s after it was closed so is waited for no more.
 */
public interface Sessions {
  /**
   * How long a link that is taken over may take to end, seconds. Longer than any adapter waits for
   * the receipts of what its device has sent.
   */
  int HAND_OVER_SECONDS = 35;

  /**
   * Takes the device over, for an adapter that has to know when the link before has ended, as for a
   * session that outlives its connection. {@link #attach} follows in the link's turn, or {@link
   * #detach}.
   *
   * @return done in the link's turn: at once where the device has no other link. Completes on any
   *     thread, and never with a fault. Where the admission does not hold any more it is done too,
   *     and nothing is claimed: {@link #attach} will refuse
   */
  CompletionStage<Void> claim(Admission.Admitted admitted, DeviceLink link);

  /**
   * As {@link #claim}, but only where the device has no link; its turn is then.
   *
   * @return false where it has one, or the admission does not hold any more: nothing is claimed
   */
  boolean claimFree(Admission.Admitted admitted, DeviceLink link);

  /**
   * A device has a session from now on. Without a {@link #claim} before, this is one.
   *
   * @param admitted as {@link Access#admit} answered; the registry may have changed since
   * @return false where it does not hold any more ({@link Access#isCurrent}): then there is no
   *     session, the link has ended, and the adapter has to refuse the peer
   */
  boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link);

  /**
   * The link has ended: nothing of the device's comes by it any more, and each command that it was
   * given and got no answer to is returned. Does nothing where it has ended before.
   */
  void detach(DeviceId device, DeviceLink link);

  /** A device without a session (CoAP, or one that is polled) gave a sign of life. */
  void seen(DeviceId device, Peer peer);
}
