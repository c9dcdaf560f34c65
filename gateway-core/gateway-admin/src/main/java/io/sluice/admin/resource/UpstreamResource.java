package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.PathParameter;
import io.sluice.admin.http.Query;
import io.sluice.api.operator.Operations;
import io.sluice.api.operator.UpstreamService;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Predicate;

/** {@code /api/v1/upstreams}: how each stands, and what an operator does to it. */
public final class UpstreamResource {
  private final Operations operations;
  private final UpstreamService service;

  public UpstreamResource(Operations operations) {
    this.operations = operations;
    this.service = operations.upstreamService();
  }

  public void mount(Router router) {
    router.get("/api/v1/upstreams").handler(Query.takes()).handler(blocking(this::list));
    router
        .post("/api/v1/upstreams/:name/pause")
        .handler(Query.takes())
        .handler(blocking(ctx -> act(ctx, service::pause, "paused")));
    router
        .post("/api/v1/upstreams/:name/resume")
        .handler(Query.takes())
        .handler(blocking(ctx -> act(ctx, service::resume, "resumed")));
    router.delete("/api/v1/upstreams/:name").handler(Query.takes()).handler(blocking(this::forget));
  }

  private void list(RoutingContext ctx) {
    Answers.json(ctx, 200, Map.of("upstreams", operations.upstreams(), "parked", service.parked()));
  }

  private static void act(RoutingContext ctx, Predicate<String> act, String done) {
    String name = PathParameter.text(ctx, "name");
    if (act.test(name)) {
      Answers.json(ctx, 200, Map.of("name", name, "done", done));
    } else {
      Answers.error(ctx, 404, "no upstream \"" + name + "\" is configured; list them");
    }
  }

  private void forget(RoutingContext ctx) {
    String name = PathParameter.text(ctx, "name");
    try {
      if (service.forget(name)) {
        Answers.json(ctx, 200, Map.of("name", name, "done", "forgotten"));
      } else {
        Answers.error(
            ctx,
            404,
            "no upstream \"" + name + "\" is parked; one that is configured cannot be forgotten");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the place of " + name + " cannot be given up", e);
    }
  }
}
