package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.Response;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import org.jspecify.annotations.Nullable;

/** What a vendor's cloud answers to a message, as the body of the answer to its request. */
final class VendorReplies {
  private VendorReplies() {}

  /** Null where the vendor answers nothing of its own. */
  static @Nullable Response of(HttpMessage message, Receipt receipt, long nowMillis) {
    Exchange exchange = message.exchange;
    boolean isCertain = receipt instanceof Receipt.Stored || receipt instanceof Receipt.Rejected;
    if (exchange == null || !isCertain) {
      return null;
    }
    Exchange.Outcome outcome = exchange.after(message, receipt, nowMillis);
    if (outcome.replies().isEmpty() || !(receipt instanceof Receipt.Stored)) {
      return null;
    }
    byte[] payload = outcome.replies().getFirst().payload();
    return Response.of(Response.OK, isJson(payload) ? Answers.JSON : "text/plain", payload);
  }

  private static boolean isJson(byte[] payload) {
    return payload.length > 0 && (payload[0] == '{' || payload[0] == '[');
  }
}
