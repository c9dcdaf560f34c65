package io.sluice.adapter.coap.request;

import io.sluice.adapter.coap.message.Replies;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Awaited;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State shared by the fast path and the Californium path of one listener. Thread-safe. */
public record ListenerContext(
    AdapterContext gateway,
    Admissions admissions,
    RequestsInHand inHand,
    Reception reception,
    InstantSource clock,
    int maxPayloadBytes) {

  private static final Logger log = LoggerFactory.getLogger(ListenerContext.class);

  /**
   * Whether an uplink will be offered again, once what the gateway gets ready for it is: its device
   * would have to send it again, and nobody sends a NON again.
   */
  public static boolean isOfferedAgain(Uplink uplink, Receipt receipt, Consumer<Uplink> offer) {
    if (receipt instanceof Receipt.Busy(_, CompletionStage<?> awaited) && awaited != null) {
      var _ = awaited.whenComplete((_, _) -> offer.accept(uplink));
      return true;
    }
    return false;
  }

  /** Offers an uplink to the gateway. An exception of the gateway counts as its receipt. */
  public void offer(Uplink uplink) {
    try {
      gateway.ingress().accept(uplink);
    } catch (RuntimeException fault) {
      log.error("coap: the gateway failed at a message of {}", uplink.device(), fault);
      uplink.sink().receipt(uplink, Receipt.Rejected.FAULT);
      uplink.sink().flush();
    }
  }

  /** Answers a sender that is not admitted, by {@link #refusalFor}. */
  public void notAdmitted(Answerable request, @Nullable String topic, Response refusal) {
    try {
      reception.toUnverified(request, refusalFor(topic, refusal));
    } catch (Awaited paths) {
      var _ = paths.ready().whenComplete((_, _) -> notAdmitted(request, topic, refusal));
    }
  }

  /**
   * The response to a sender that is not admitted: the refusal, or 4.04 where nothing maps its path
   * and it has shown no credentials.
   *
   * @param topic the path without leading slash; null where its segments make none
   * @throws Awaited where that is being found out
   */
  public Response refusalFor(@Nullable String topic, Response refusal) {
    boolean isThere =
        topic != null
            && (topic.equals("command")
                || topic.startsWith("command/")
                || gateway.ingress().maps(topic));
    return isThere || refusal.getCode() != ResponseCode.UNAUTHORIZED
        ? refusal
        : Replies.notFound(topic);
  }

  public static ListenerContext create(
      AdapterContext gateway, Admissions admissions, RequestsInHand inHand, CoapOptions settings) {
    ListenerContext listener =
        new ListenerContext(
            gateway,
            admissions,
            inHand,
            new Reception(gateway, inHand),
            gateway.clock(),
            settings.payloadBytes());
    inHand.offerAgainBy(listener::offer);
    return listener;
  }
}
