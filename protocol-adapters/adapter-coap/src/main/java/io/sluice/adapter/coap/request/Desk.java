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

/** What the ways in of one listener share. */
public record Desk(
    AdapterContext gateway,
    Admissions admissions,
    Answers answers,
    Reception reception,
    InstantSource clock,
    int maxPayloadBytes) {

  private static final Logger log = LoggerFactory.getLogger(Desk.class);

  /** Offers an uplink. A gateway that throws has given its receipt by that. */
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
   * The refusal of a sender, or that nothing maps its path: for want of credentials nobody is
   * refused what there is not.
   *
   * @param topic the path without leading slash; null where its segments make none
   */
  public Response ofPath(@Nullable String topic, Response refusal) {
    boolean isThere =
        topic != null
            && (topic.equals("command")
                || topic.startsWith("command/")
                || gateway.ingress().maps(topic));
    return isThere || refusal.getCode() != ResponseCode.UNAUTHORIZED
        ? refusal
        : Replies.notFound(topic);
  }

  public static Desk of(
      AdapterContext gateway, Admissions admissions, Answers answers, CoapOptions settings) {
    return new Desk(
        gateway,
        admissions,
        answers,
        new Reception(gateway.meters(), answers),
        gateway.clock(),
        settings.payloadBytes());
  }
}
