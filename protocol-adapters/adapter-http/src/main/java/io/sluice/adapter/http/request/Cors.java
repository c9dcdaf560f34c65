package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.RequestHead;
import io.sluice.adapter.http.message.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says to a browser whose page asks from another origin whether it may (fetch.spec.whatwg.org,
 * "CORS protocol"). Says nothing where no origin is configured. Immutable.
 */
final class Cors {
  private static final String HEADERS =
      "authorization, content-type, content-encoding, idempotency-key, x-sluice-device,"
          + " x-sluice-timestamp, x-sluice-signature";
  private static final String READABLE = "retry-after, idempotency-replayed";
  private static final String MAX_AGE_SECONDS = "600";

  private final List<String> origins;

  Cors(List<String> origins) {
    this.origins = List.copyOf(origins);
  }

  /** The answer with what the browser wants to know. */
  Response apply(RequestHead head, Response response) {
    if (origins.isEmpty()) {
      return response;
    }
    String origin = head.fields().first("origin");
    String allowed = origin == null ? null : allowed(origin);
    Response varied = response.with("vary", "origin");
    if (allowed == null) {
      return varied;
    }
    Response answer = varied.with("access-control-allow-origin", allowed);
    boolean isAsking =
        head.method().equals("OPTIONS")
            && head.fields().first("access-control-request-method") != null;
    return isAsking
        ? answer
            .with("access-control-allow-methods", "GET, POST, PUT")
            .with("access-control-allow-headers", HEADERS)
            .with("access-control-max-age", MAX_AGE_SECONDS)
        : answer.with("access-control-expose-headers", READABLE);
  }

  private @Nullable String allowed(String origin) {
    return origins.contains(origin) || origins.contains("*") ? origin : null;
  }
}
