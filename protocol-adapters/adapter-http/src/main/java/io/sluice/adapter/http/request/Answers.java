package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.Problem;
import io.sluice.adapter.http.message.Response;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Receipt;
import java.nio.charset.StandardCharsets;

/** Verdicts as answers of HTTP (RFC 9110 section 15), with a sentence where something is wrong. */
final class Answers {
  static final String JSON = "application/json";

  /** What there is, for who asked for something else. */
  static final String USABLE =
      "usable: POST or PUT /telemetry, /event, /alarm, /state (also /{class}/{child});"
          + " GET /command, /time";

  static final Response OK = Response.of(Response.OK);

  private static final String CHALLENGE = "Basic realm=\"sluice\", charset=\"UTF-8\"";

  /** After so long credentials may be tried again, where wrong ones have to wait. */
  private static final long RETRY_MILLIS = 5_000;

  private Answers() {}

  static Response of(Receipt receipt) {
    return switch (receipt) {
      case Receipt.Stored stored -> stored(stored);
      case Receipt.Rejected rejected -> refused(rejected.reason(), rejected.detail(), "");
      case Receipt.Limited limited ->
          Problem.of(Response.TOO_MANY, limited.detail())
              .retryAfterMillis(limited.retryAfterMillis());
      case Receipt.Busy busy -> busy(busy.retryAfterMillis(), "no room to store the message");
    };
  }

  private static Response stored(Receipt.Stored stored) {
    String notice = stored.notice();
    return notice == null
        ? OK
        : json(Response.OK, "{\"stored\":1,\"notice\":" + Problem.quoted(notice) + "}\n");
  }

  static Response json(int status, String json) {
    return Response.of(status, JSON, json.getBytes(StandardCharsets.UTF_8));
  }

  /** The status of a refusal. */
  static int status(RejectReason reason) {
    return switch (reason) {
      case NOT_AUTHENTICATED -> Response.UNAUTHORIZED;
      case NOT_AUTHORIZED, UNKNOWN_CHILD -> Response.FORBIDDEN;
      case UNMAPPED_TOPIC -> Response.NOT_FOUND;
      case PAYLOAD_INVALID, PROTOCOL_ERROR -> Response.BAD_REQUEST;
      case UNSUPPORTED_CONTENT_TYPE -> Response.UNSUPPORTED_TYPE;
      case TOO_LARGE -> Response.TOO_LARGE;
      case QUOTA -> Response.TOO_MANY;
      case INTERNAL -> Response.INTERNAL;
      case OVERLOAD, UPSTREAM_REFUSED -> Response.UNAVAILABLE;
    };
  }

  /**
   * A refusal with what its status wants beside it.
   *
   * @param members JSON from the comma on, or empty
   */
  static Response refused(RejectReason reason, String detail, String members) {
    Response response = Problem.of(status(reason), detail, members);
    return switch (response.status()) {
      case Response.UNAUTHORIZED ->
          response.with("www-authenticate", CHALLENGE).with("www-authenticate", "Bearer");
      case Response.TOO_MANY, Response.UNAVAILABLE -> response.retryAfterMillis(RETRY_MILLIS);
      default -> response;
    };
  }

  static Response of(Admission.Refused refused) {
    String detail =
        refused.isForItsName()
            ? "show who you are: Authorization: Basic (device and password) or Bearer (token)"
            : refused.detail();
    return refused(refused.reason(), detail, "");
  }

  /** 503; Retry-After tells when to try again. */
  static Response busy(long retryAfterMillis, String detail) {
    long seconds = Math.max(1, Math.ceilDiv(retryAfterMillis, 1000L));
    return Problem.of(Response.UNAVAILABLE, detail + "; try again in " + seconds + " s")
        .retryAfterMillis(retryAfterMillis);
  }

  static Response notFound() {
    return Problem.of(Response.NOT_FOUND, "no such path; " + USABLE);
  }

  /** 405, which must say what is allowed: RFC 9110 section 15.5.6. */
  static Response methodNotAllowed(String path, String allow) {
    return Problem.of(Response.METHOD_NOT_ALLOWED, path + " takes " + allow).with("allow", allow);
  }
}
