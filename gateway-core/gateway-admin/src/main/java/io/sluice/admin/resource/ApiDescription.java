package io.sluice.admin.resource;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code /api/v1/openapi.yaml}: the OpenAPI document, put together from its parts. A gateway and a
 * fleet have most of them in common: lines between <code>#gateway{</code> and <code>#}</code> are
 * of a gateway alone, and what follows <code>#fleet </code> in a line is of a fleet alone.
 */
public final class ApiDescription implements Handler<RoutingContext> {
  /** Whose document it is, with its parts in order: paths, then components. */
  public enum Of {
    GATEWAY,
    FLEET;

    private List<String> parts() {
      return switch (this) {
        case GATEWAY ->
            List.of(
                "gateway",
                "configuration",
                "coverage",
                "alarms",
                "devices",
                "dead-letters",
                "components",
                "schemas");
        case FLEET ->
            List.of(
                "gateway",
                "fleet",
                "coverage",
                "alarms",
                "devices",
                "components",
                "schemas",
                "fleet-schemas");
      };
    }

    /** The document. */
    public String text() {
      StringBuilder all = new StringBuilder();
      boolean isLeftOut = false;
      for (String part : parts()) {
        for (String line : read("/openapi/" + part + ".yaml").lines().toList()) {
          if (line.equals(BEGIN) || line.equals(END)) {
            isLeftOut = this == FLEET && line.equals(BEGIN);
          } else if (line.startsWith(OF_FLEET)) {
            if (this == FLEET) {
              all.append(line, OF_FLEET.length(), line.length()).append('\n');
            }
          } else if (!isLeftOut) {
            all.append(line).append('\n');
          }
        }
      }
      return all.toString();
    }
  }

  private static final String BEGIN = "#gateway{";
  private static final String END = "#}";
  private static final String OF_FLEET = "#fleet ";

  private final String text;

  public ApiDescription(Of whose) {
    text = whose.text();
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
