package io.sluice.admin.http;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;

/** Runs handlers where they may block. */
public final class Workers {
  private Workers() {}

  /** Runs a handler on a worker: it may read the database or the disk. */
  public static Handler<RoutingContext> blocking(Consumer<RoutingContext> step) {
    return ctx ->
        ctx.vertx()
            .executeBlocking(
                () -> {
                  step.accept(ctx);
                  return ctx;
                },
                false)
            .onFailure(ctx::fail);
  }
}
