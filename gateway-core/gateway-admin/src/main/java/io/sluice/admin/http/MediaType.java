package io.sluice.admin.http;

import io.vertx.ext.web.RoutingContext;
import java.util.Locale;

/** What a request's body is, by its Content-Type. */
public final class MediaType {
  public static final String JSON = "application/json";

  /** RFC 7396. */
  public static final String MERGE_PATCH = "application/merge-patch+json";

  private MediaType() {}

  /**
   * Type and subtype in lower case, without parameters (RFC 9110 8.3.1); empty if none is named.
   */
  public static String of(RoutingContext ctx) {
    String type = ctx.request().getHeader("Content-Type");
    if (type == null) {
      return "";
    }
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether the body that was read is none. A form of several parts is never none: its parts are
   * not kept as a body.
   */
  public static boolean isBodyEmpty(RoutingContext ctx) {
    return ctx.body().length() <= 0 && !of(ctx).startsWith("multipart/");
  }
}
