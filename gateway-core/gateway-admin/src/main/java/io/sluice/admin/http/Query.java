package io.sluice.admin.http;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Query parameters. Each fault is a {@link BadRequestException} that names the parameter. */
public final class Query {
  private Query() {}

  /** Refuses requests with other parameters than these, or with one of them twice. */
  public static Handler<RoutingContext> takes(String... names) {
    List<String> known = List.of(names);
    return ctx -> {
      for (String given : ctx.queryParams().names()) {
        if (!known.contains(given)) {
          throw new BadRequestException(
              "the parameter \""
                  + given
                  + "\" is not known; "
                  + (known.isEmpty()
                      ? "this path takes none"
                      : "known are " + String.join(", ", known)));
        }
        if (ctx.queryParam(given).size() > 1) {
          throw new BadRequestException(given + " is given twice; give it once");
        }
      }
      ctx.next();
    };
  }

  public static @Nullable String text(RoutingContext ctx, String name) {
    String value = ctx.queryParams().get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  public static boolean flag(RoutingContext ctx, String name) {
    String value = text(ctx, name);
    if (value == null || value.equals("false")) {
      return false;
    }
    if (value.equals("true")) {
      return true;
    }
    throw new BadRequestException(name + " must be true or false, not \"" + value + '"');
  }

  /** One of the values by its label; null if the parameter is missing. */
  public static <T> @Nullable T choice(
      RoutingContext ctx, String name, T[] values, Function<T, String> label) {
    String text = text(ctx, name);
    return text == null ? null : choice(name, text, values, label);
  }

  /** The value with that label. */
  public static <T> T choice(String name, String text, T[] values, Function<T, String> label) {
    return Arrays.stream(values)
        .filter(each -> label.apply(each).equals(text))
        .findFirst()
        .orElseThrow(() ->
            new BadRequestException(
                name
                    + " must be one of "
                    + Arrays.stream(values).map(label).collect(Collectors.joining(", "))
                    + ", not \""
                    + text
                    + '"'));
  }

  public static int limit(RoutingContext ctx, int byDefault, int most) {
    Long limit = number(ctx, "limit");
    if (limit == null) {
      return byDefault;
    }
    if (limit < 1 || limit > most) {
      throw new BadRequestException("limit must be 1 to " + most + ", not " + limit);
    }
    return limit.intValue();
  }

  public static @Nullable Long number(RoutingContext ctx, String name) {
    String value = text(ctx, name);
    try {
      return value == null ? null : Long.valueOf(value);
    } catch (NumberFormatException e) {
      throw new BadRequestException(name + " must be a whole number, not \"" + value + '"');
    }
  }
}
