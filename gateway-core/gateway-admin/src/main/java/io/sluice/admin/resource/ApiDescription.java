package io.sluice.admin.resource;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code /api/v1/openapi.yaml}: the OpenAPI document, put together from its parts. */
public final class ApiDescription implements Handler<RoutingContext> {
  /** One document in this order: the first begins with the paths, the last two are components. */
  private static final List<String> PARTS =
      List.of(
          "gateway",
          "configuration",
          "coverage",
          "alarms",
          "devices",
          "dead-letters",
          "components",
          "schemas");

  private final String text;

  public ApiDescription() {
    StringBuilder parts = new StringBuilder();
    for (String part : PARTS) {
      parts.append(read("/openapi/" + part + ".yaml"));
    }
    text = parts.toString();
  }

  private static String read(String name) {
    try (InputStream in = ApiDescription.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " of the build cannot be read", e);
    }
  }

  @Override
  public void handle(RoutingContext ctx) {
    ctx.response().putHeader("Content-Type", "application/yaml").end(text);
  }
}
