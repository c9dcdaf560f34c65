package io.sluice.admin.http;

import io.sluice.api.store.StoreUnavailableException;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How answers look: JSON, and for every fault {@code {"status":404,"error":"what; remedy"}}. */
public final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  /** When a database is well again is not known; its disk is looked at each second. */
  private static final String RETRY_SECONDS = "5";

  /** A fault of an answer. */
  private record Fault(int status, String error) {}

  private Answers() {}

  public static void json(RoutingContext ctx, int status, Object body) {
    ctx.response().setStatusCode(status);
    raw(ctx, ApiJson.write(body));
  }

  static void raw(RoutingContext ctx, String json) {
    ctx.response()
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(json);
  }

  public static void error(RoutingContext ctx, int status, String message) {
    json(ctx, status, new Fault(status, message));
  }

  public static void failure(RoutingContext ctx) {
    if (ctx.response().ended()) {
      return;
    }
    switch (ctx.failure()) {
      case BadRequestException e -> error(ctx, 400, String.valueOf(e.getMessage()));
      case NotOfferedException e -> error(ctx, 501, String.valueOf(e.getMessage()));
      case StoreUnavailableException e -> {
        ctx.response().putHeader("Retry-After", RETRY_SECONDS);
        error(ctx, 503, String.valueOf(e.getMessage()));
      }
      case HttpException e -> error(ctx, e.getStatusCode(), reason(e.getStatusCode()));
      case null -> error(ctx, ctx.statusCode(), reason(ctx.statusCode()));
      default -> {
        Throwable failure = ctx.failure();
        StackTraceElement[] frames = failure.getStackTrace();
        LOG.error(
            "admin: {} {} failed: {} at {}",
            ctx.request().method(),
            ctx.request().path(),
            failure,
            frames.length == 0 ? "an unknown place" : frames[0]);
        LOG.debug("admin: the failure", failure);
        error(ctx, 500, "the gateway failed at this request; its log has the cause");
      }
    }
  }

  private static String reason(int status) {
    return switch (status) {
      case 400 -> "the request cannot be read";
      case 404 -> "no such path; see /api/v1/openapi.yaml";
      case 405 -> "this path does not take this method; see /api/v1/openapi.yaml";
      case 413 -> "the body is larger than this path takes: 1 MiB, or 64 MiB for an import";
      default -> "refused";
    };
  }
}
