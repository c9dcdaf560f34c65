package io.sluice.adapter.coap.request;

import io.sluice.adapter.coap.message.Replies;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import java.time.InstantSource;
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

  /**
   * The response to a sender that is not admitted: the refusal, or 4.04 where nothing maps its path
   * and it has shown no credentials.
   *
   * @param topic the path without leading slash; null where its segments make none
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
    return new ListenerContext(
        gateway,
        admissions,
        inHand,
        new Reception(gateway, inHand),
        gateway.clock(),
        settings.payloadBytes());
  }
}
