package io.sluice.admin.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests with 400 whose target or host cannot be understood, before the router fails at
 * them. Nothing is logged: anybody can send them, as many as he likes.
 */
public final class RequestForm implements Handler<HttpServerRequest> {
  private final Handler<HttpServerRequest> next;

  public RequestForm(Handler<HttpServerRequest> next) {
    this.next = next;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String fault = fault(request);
    if (fault == null) {
      next.handle(request);
    } else {
      request
          .response()
          .setStatusCode(400)
          .putHeader("Content-Type", "application/json")
          .end("{\"status\":400,\"error\":\"" + fault + "\"}");
    }
  }

  private static @Nullable String fault(HttpServerRequest request) {
    if (!hasWholeEscapes(request.uri())) {
      return "a % in the path or query wants two hexadecimal digits after it (RFC 3986 2.1)";
    }
    boolean isHostNamed = request.headers().contains(HttpHeaders.HOST);
    if (request.headers().getAll(HttpHeaders.HOST).size() > 1) {
      return "a request has one Host header (RFC 9112 3.2)";
    }
    if (!isHostNamed && request.version() == HttpVersion.HTTP_1_1) {
      return "a request has a Host header (RFC 9112 3.2)";
    }
    return isHostNamed && request.authority() == null
        ? "the Host header is not HOST or HOST:PORT"
        : null;
  }

  private static boolean hasWholeEscapes(String target) {
    for (int at = target.indexOf('%'); at >= 0; at = target.indexOf('%', at + 1)) {
      boolean isWhole =
          at + 2 < target.length()
              && Character.digit(target.charAt(at + 1), 16) >= 0
              && Character.digit(target.charAt(at + 2), 16) >= 0;
      if (!isWhole) {
        return false;
      }
    }
    return true;
  }
}
