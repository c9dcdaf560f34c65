package io.sluice.adapter.coap.message;

import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.NoResponseOption;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Verdicts as CoAP responses (RFC 7252 5.9), with a diagnostic payload where something is wrong.
 */
public final class Replies {
  /** What there is, for who asked for something else. */
  public static final String USABLE =
      "usable: POST or PUT /telemetry, /event, /alarm, /state (also /{class}/{child});"
          + " GET /command, /time, /.well-known/core";

  private static final int MAX_DIAGNOSTIC_BYTES = 1024;

  /** Registration and bootstrap of LwM2M: OMA-TS-LightweightM2M sections 6.1 and 6.2. */
  private static final Set<String> LWM2M = Set.of("rd", "bs");

  /** After so long credentials may be tried again, where wrong ones have to wait. */
  private static final long RETRY_SECONDS = 5;

  private Replies() {}

  /** The answer to an uplink. */
  public static Response to(Uplink uplink, Receipt receipt, int maxPayloadBytes) {
    boolean isUnmapped =
        receipt instanceof Receipt.Rejected rejected
            && rejected.reason() == RejectReason.UNMAPPED_TOPIC;
    if (!isUnmapped) {
      return to(receipt, maxPayloadBytes);
    }
    // what can be read is there, only not to be written (RFC 7252 section 5.9.2.6)
    return PublicResources.NAMES.contains(uplink.topic())
        ? diagnostic(ResponseCode.METHOD_NOT_ALLOWED, "/" + uplink.topic() + " is read by GET")
        : notFound(uplink.topic());
  }

  /**
   * 4.04, in the words of CoAP.
   *
   * @param topic the path without leading slash; null where its segments make none
   */
  public static Response notFound(@Nullable String topic) {
    String first = topic == null ? "" : topic.split("/", 2)[0];
    return diagnostic(
        ResponseCode.NOT_FOUND,
        (LWM2M.contains(first) ? "LwM2M is not offered here; " : "no such path; ") + USABLE);
  }

  public static Response to(Receipt receipt, int maxPayloadBytes) {
    return switch (receipt) {
      case Receipt.Stored stored -> new Response(ResponseCode.CHANGED);
      case Receipt.Rejected rejected -> to(rejected, maxPayloadBytes);
      case Receipt.Limited limited -> limited(limited);
      case Receipt.Busy busy -> busy(busy.retryAfterMillis(), "no room to store the message");
    };
  }

  private static Response to(Receipt.Rejected rejected, int maxPayloadBytes) {
    Response response = diagnostic(code(rejected.reason()), rejected.detail());
    if (rejected.reason() == RejectReason.TOO_LARGE) {
      response.getOptions().setSize1(maxPayloadBytes);
    }
    return response;
  }

  /** 4.29, RFC 8516; Max-Age tells when to go on. */
  private static Response limited(Receipt.Limited limited) {
    Response response = diagnostic(ResponseCode.TOO_MANY_REQUESTS, limited.detail());
    response.getOptions().setMaxAge(Math.max(1, Math.ceilDiv(limited.retryAfterMillis(), 1000L)));
    return response;
  }

  public static Response to(Admission.Refused refused) {
    Response response = diagnostic(code(refused.reason()), refused.detail());
    if (refused.reason() == RejectReason.QUOTA) {
      response.getOptions().setMaxAge(RETRY_SECONDS); // RFC 8516 section 3: 60 s without it
    }
    return response;
  }

  static ResponseCode code(RejectReason reason) {
    return switch (reason) {
      case NOT_AUTHENTICATED -> ResponseCode.UNAUTHORIZED;
      case NOT_AUTHORIZED, UNKNOWN_CHILD -> ResponseCode.FORBIDDEN;
      case UNMAPPED_TOPIC -> ResponseCode.NOT_FOUND;
      case PAYLOAD_INVALID, PROTOCOL_ERROR -> ResponseCode.BAD_REQUEST;
      case UNSUPPORTED_CONTENT_TYPE -> ResponseCode.UNSUPPORTED_CONTENT_FORMAT;
      case TOO_LARGE -> ResponseCode.REQUEST_ENTITY_TOO_LARGE;
      case QUOTA -> ResponseCode.TOO_MANY_REQUESTS;
      case INTERNAL -> ResponseCode.INTERNAL_SERVER_ERROR;
      case OVERLOAD, UPSTREAM_REFUSED -> ResponseCode.SERVICE_UNAVAILABLE;
    };
  }

  /** 5.03; Max-Age tells after how many seconds to try again (RFC 7252 5.9.3.4). */
  public static Response busy(long retryAfterMillis, String detail) {
    long seconds = Math.max(1, Math.ceilDiv(retryAfterMillis, 1000L));
    Response response =
        diagnostic(
            ResponseCode.SERVICE_UNAVAILABLE, detail + "; try again in " + seconds + " seconds");
    response.getOptions().setMaxAge(seconds);
    return response;
  }

  /** A sentence for people (RFC 7252 5.5.2); cut where it is longer than a block. */
  public static Response diagnostic(ResponseCode code, String detail) {
    Response response = new Response(code);
    byte[] text = detail.getBytes(StandardCharsets.UTF_8);
    response.setPayload(
        text.length > MAX_DIAGNOSTIC_BYTES
            ? Amplification.cut(text, MAX_DIAGNOSTIC_BYTES)
            : detail);
    return response;
  }

  /** Whether the request asks for no response of this class (RFC 7967). */
  public static boolean isSuppressed(Request request, ResponseCode code) {
    NoResponseOption silence = request.getOptions().getNoResponse();
    return silence != null && silence.suppress(code);
  }

  /**
   * Sends on any thread. Where the request asks for no response of this class (RFC 7967), a
   * Confirmable request gets the empty acknowledgement alone.
   */
  public static void send(Exchange exchange, Response response) {
    Request request = exchange.getCurrentRequest();
    if (!isSuppressed(request, response.getCode())) {
      exchange.sendResponse(response);
    } else if (request.getType() == CoAP.Type.CON) {
      exchange.sendAccept();
    }
  }
}
