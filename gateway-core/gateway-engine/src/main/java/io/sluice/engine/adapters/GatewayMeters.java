package io.sluice.engine.adapters;

import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Peer;
import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.tls.HandshakeFault;
import io.sluice.engine.ingest.TrafficMeter;
import org.jspecify.annotations.Nullable;

/** Counts refusals, and tells the audit trail of those that concern access. Thread-safe. */
public final class GatewayMeters implements Meters {
  private final TrafficMeter traffic;
  private final AuditTrail audit;

  public GatewayMeters(TrafficMeter traffic, AuditTrail audit) {
    this.traffic = traffic;
    this.audit = audit;
  }

  @Override
  public void refused(Peer peer, RejectReason reason) {
    traffic.rejected(peer.protocol(), reason);
    if (reason == RejectReason.NOT_AUTHORIZED) {
      record(peer, null, "asked for what belongs to another");
    } else if (reason == RejectReason.NOT_AUTHENTICATED) {
      record(peer, null, "the TLS or DTLS handshake failed");
    }
  }

  @Override
  public void limited(Peer peer, Limit limit) {
    traffic.limited(peer.protocol(), limit);
  }

  @Override
  public void handshakeFailed(
      Peer peer, HandshakeFault fault, @Nullable String claimed, String detail) {
    traffic.handshakeFailed(peer.protocol(), fault);
    notAdmitted(peer, RejectReason.NOT_AUTHENTICATED, claimed, detail);
  }

  /** A peer's credentials were refused. */
  void notAdmitted(Peer peer, RejectReason reason, @Nullable String who, String detail) {
    traffic.rejected(peer.protocol(), reason);
    record(peer, who, detail);
  }

  private void record(Peer peer, @Nullable String who, String detail) {
    audit.record(
        new AuditEvent(
            "session.refused",
            who == null || who.isEmpty() ? "unknown" : who,
            peer.address().getHostString() + ':' + peer.address().getPort(),
            peer.protocol(),
            AuditEvent.Result.REFUSED,
            detail));
  }
}
