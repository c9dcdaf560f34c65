package io.sluice.admin;

import io.sluice.admin.resource.ApiDescription;
import io.sluice.admin.resource.Updates;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import org.jspecify.annotations.Nullable;

/**
 * What a program shows and does at its admin listener: its own paths, within the frame that all
 * have in common (who may, how answers look, health, the page).
 */
public interface AdminSurface {
  /**
   * Whether it takes what it is there for.
   *
   * @param reason why not, or null
   */
  record Readiness(boolean ready, @Nullable String reason) {}

  /** Whose document describes its paths. */
  default ApiDescription.Of description() {
    return ApiDescription.Of.GATEWAY;
  }

  /** Called on a worker: it may block. */
  Readiness readiness();

  /** What the page is told by itself. */
  Updates updates(Vertx vertx);

  /** Paths whose bodies have no common bound. */
  default void mountUnbounded(Router router) {}

  /** All other paths. */
  void mount(Vertx vertx, Router router);
}
