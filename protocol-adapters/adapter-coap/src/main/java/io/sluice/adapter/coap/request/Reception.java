package io.sluice.adapter.coap.request;

import io.sluice.adapter.coap.message.Replies;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Peer;
import org.eclipse.californium.core.coap.Response;

/** What every request meets before its sender is known, whichever way it was read. Thread-safe. */
public final class Reception {
  private final AdapterContext gateway;
  private final Meters meters;
  private final RequestsInHand inHand;

  public Reception(AdapterContext gateway, RequestsInHand inHand) {
    this.gateway = gateway;
    this.meters = gateway.meters();
    this.inHand = inHand;
  }

  /**
   * Reserves a place among the requests in hand; false where none was free, or the gateway is
   * drained, and it is answered.
   */
  public boolean reserve(Answerable request) {
    if (gateway.drain() != null) {
      refuse(request, RejectReason.OVERLOAD, Replies.busy(Drain.RETRY_MILLIS, Drain.SENTENCE));
      return false;
    }
    if (inHand.reserve()) {
      return true;
    }
    refuse(request, RejectReason.OVERLOAD, Replies.busy(1000, "too many requests in hand"));
    return false;
  }

  public void refuse(Answerable request, RejectReason reason, Response response) {
    meters.refused(new Peer(CoapOptions.PROTOCOL, request.address(), false), reason);
    toUnverified(request, response);
  }

  /** Answers an address that may be forged: by no more than it is worth (RFC 7252 section 11.3). */
  public void toUnverified(Answerable request, Response response) {
    if (request.bound(response)) {
      meters.limited(new Peer(CoapOptions.PROTOCOL, request.address(), false), Limit.AMPLIFICATION);
    }
    request.answer(response);
  }
}
