package io.sluice.adapter.coap;

import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Peer;
import org.eclipse.californium.core.coap.Response;

/** What every request meets before its sender is known, whichever way it was read. Thread-safe. */
final class Reception {
  private final Meters meters;
  private final Answers answers;

  Reception(Meters meters, Answers answers) {
    this.meters = meters;
    this.answers = answers;
  }

  /** Takes a place among the requests in hand; false where there was none and this was answered. */
  boolean reserve(Answerable request) {
    if (answers.reserve()) {
      return true;
    }
    refuse(request, RejectReason.OVERLOAD, Replies.busy(1000, "too many requests in hand"));
    return false;
  }

  void refuse(Answerable request, RejectReason reason, Response response) {
    meters.refused(new Peer(CoapOptions.PROTOCOL, request.address(), false), reason);
    toUnverified(request, response);
  }

  /** To an address that may be forged: no more than it is worth (RFC 7252 section 11.3). */
  void toUnverified(Answerable request, Response response) {
    if (request.bound(response)) {
      meters.limited(new Peer(CoapOptions.PROTOCOL, request.address(), false), Limit.AMPLIFICATION);
    }
    request.answer(response);
  }
}
