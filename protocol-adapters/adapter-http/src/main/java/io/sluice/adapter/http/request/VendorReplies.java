package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.Response;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import org.jspecify.annotations.Nullable;

/**
 * What follows a message by its vendor's rules: the body of the answer to its request, and that it
 * was the answer to a command.
 */
final class VendorReplies {
  private VendorReplies() {}

  /** Null where the vendor answers nothing of its own. */
  static @Nullable Response of(
      HttpMessage message, Receipt receipt, AdapterContext gateway, CommandNumbers numbers) {
    Exchange exchange = message.exchange;
    boolean isCertain = receipt instanceof Receipt.Stored || receipt instanceof Receipt.Rejected;
    if (exchange == null || !isCertain) {
      return null;
    }
    Exchange.Outcome outcome = exchange.after(message, receipt, gateway.clock().millis());
    answered(message.device(), outcome, gateway, numbers);
    if (outcome.replies().isEmpty() || !(receipt instanceof Receipt.Stored)) {
      return null;
    }
    byte[] payload = outcome.replies().getFirst().payload();
    return Response.of(Response.OK, isJson(payload) ? Answers.JSON : "text/plain", payload);
  }

  private static void answered(
      DeviceId device, Exchange.Outcome outcome, AdapterContext gateway, CommandNumbers numbers) {
    String named = outcome.command();
    String id = named == null ? null : numbers.answered(device, named, gateway.commands());
    if (id != null && outcome.refusal() == 0) {
      gateway.commands().acknowledged(device, id);
    } else if (id != null) {
      gateway.commands().refused(device, id, outcome.refusal());
    }
  }

  private static boolean isJson(byte[] payload) {
    return payload.length > 0 && (payload[0] == '{' || payload[0] == '[');
  }
}
