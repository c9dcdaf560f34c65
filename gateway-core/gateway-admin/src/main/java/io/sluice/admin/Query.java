package io.sluice.admin;

import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** Query parameters. */
final class Query {
  private Query() {}

  static @Nullable String text(RoutingContext ctx, String name) {
    String value = ctx.request().getParam(name);
    return value == null || value.isEmpty() ? null : value;
  }

  static int limit(RoutingContext ctx, int byDefault, int most) {
    Long limit = number(ctx, "limit");
    if (limit == null) {
      return byDefault;
    }
    if (limit < 1 || limit > most) {
      throw new BadRequestException("limit must be 1 to " + most + ", not " + limit);
    }
    return limit.intValue();
  }

  static @Nullable Long number(RoutingContext ctx, String name) {
    String value = text(ctx, name);
    try {
      return value == null ? null : Long.valueOf(value);
    } catch (NumberFormatException e) {
      throw new BadRequestException(name + " must be a whole number, not \"" + value + '"');
    }
  }
}
