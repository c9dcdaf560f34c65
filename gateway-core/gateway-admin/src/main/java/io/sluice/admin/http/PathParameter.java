package io.sluice.admin.http;

import io.vertx.ext.web.RoutingContext;
import java.util.Objects;

/** What a path has in the places that its route names. */
public final class PathParameter {
  private PathParameter() {}

  /** The text there; never null, as the route matched. */
  public static String text(RoutingContext ctx, String name) {
    return Objects.requireNonNull(ctx.pathParam(name));
  }

  /** The whole number there. */
  public static long number(String what, RoutingContext ctx, String name) {
    String text = text(ctx, name);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BadRequestException(what + " is a whole number, not \"" + text + '"');
    }
  }
}
