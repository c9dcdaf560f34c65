package io.sluice.api.adapter;

import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.tls.HandshakeFault;
import org.jspecify.annotations.Nullable;

/**
 * Counts what an adapter decides by itself. What {@link Ingress} and {@link Access} answer is
 * counted already. Thread-safe, never blocks.
 */
public interface Meters {
  /** A peer was refused by the adapter itself (broken protocol, too large): for the metrics. */
  void refused(Peer peer, RejectReason reason);

  /** A peer ran into a limit that the adapter itself keeps: for the metrics. */
  void limited(Peer peer, Limit limit);

  /**
   * A TLS or DTLS handshake failed: for the metrics and the audit log. Counts as a refusal too.
   *
   * @param claimed the identity or subject that the peer showed, proven or not; null where none
   * @param detail a sentence for the operator, without secrets
   */
  default void handshakeFailed(
      Peer peer, HandshakeFault fault, @Nullable String claimed, String detail) {
    refused(peer, RejectReason.NOT_AUTHENTICATED);
  }
}
