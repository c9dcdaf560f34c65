package io.sluice.admin;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.ApiJson;
import io.sluice.admin.http.MediaType;
import io.sluice.admin.http.Methods;
import io.sluice.admin.http.Query;
import io.sluice.admin.http.Workers;
import io.sluice.admin.resource.ApiDescription;
import io.sluice.admin.resource.Updates;
import io.sluice.admin.security.AdminUser;
import io.sluice.admin.security.Authentication;
import io.sluice.admin.security.Authorization;
import io.sluice.admin.security.SameSite;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.health.Health;
import io.sluice.api.operator.AdminSettings;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which path leads where: the whole admin surface on one page. */
final class AdminRoutes {
  private static final long BODY_MAX_BYTES = 1 << 20;

  private AdminRoutes() {}

  static Router router(
      Vertx vertx,
      AdminSurface surface,
      Updates updates,
      AdminSettings settings,
      Handler<RoutingContext> connections,
      Authentication authentication,
      AuditTrail audit) {
    Router router = Router.router(vertx);
    boolean isSecure = settings.tls() != null;
    Methods methods = new Methods(router);
    router.route().handler(connections);
    router.route().handler(ctx -> securityHeaders(ctx, isSecure));
    health(router, surface);
    router.route("/health/*").handler(methods);
    dashboard(router);
    router
        .get("/api/v1/notice")
        .handler(Query.takes())
        .handler(ctx -> Answers.json(ctx, 200, notice(settings)));
    router
        .route()
        .handler(authentication)
        .handler(new SameSite(settings))
        .handler(new Authorization(audit))
        .handler(methods);
    surface.mountUnbounded(router);
    router.route().handler(BodyHandler.create(false).setBodyLimit(BODY_MAX_BYTES));
    router.route("/api/*").handler(AdminRoutes::jsonBodiesOnly);
    router.get("/api/v1/me").handler(Query.takes()).handler(AdminRoutes::who);
    surface.mount(vertx, router);
    router.get("/api/v1/updates").handler(Query.takes()).handler(updates);
    router
        .get("/api/v1/openapi.yaml")
        .handler(Query.takes())
        .handler(new ApiDescription(surface.description()));
    router
        .route()
        .last()
        .handler(ctx -> Answers.error(ctx, 404, "no such path; see /api/v1/openapi.yaml"));
    router.route().failureHandler(Answers::failure);
    methods.addHead();
    return router;
  }

  private static void health(Router router, AdminSurface surface) {
    router.get("/health/live").handler(ctx -> Answers.json(ctx, 200, Map.of("live", true)));
    router
        .get("/health/ready")
        .handler(
            Workers.blocking(ctx -> {
              AdminSurface.Readiness status = surface.readiness();
              String reason = status.reason();
              List<String> warnings = Health.ofProcess().warnings();
              Map<String, Object> body = new TreeMap<>(Map.of("ready", status.ready()));
              if (reason != null) {
                body.put("reason", reason);
              }
              if (!warnings.isEmpty()) {
                body.put("warnings", warnings);
              }
              Answers.json(ctx, status.ready() ? 200 : 503, body);
            }));
  }

  /** What a page needs before anybody has signed in. */
  private record Notice(@Nullable String notice, long signOutAfterSeconds) {}

  private static Notice notice(AdminSettings settings) {
    return new Notice(settings.notice(), settings.signOutAfter().toSeconds());
  }

  /**
   * Who asks, as the gateway knows it.
   *
   * @param name of the token, subject of the certificate, or {@code anonymous}
   */
  private record Me(String name, String role) {}

  private static void who(RoutingContext ctx) {
    AdminUser user = AdminUser.in(ctx);
    Answers.json(ctx, 200, new Me(user.name(), ApiJson.name(user.role())));
  }

  private static void dashboard(Router router) {
    // not cached: an upgrade changes what stands under the same name
    router.get("/").handler(StaticHandler.create("dashboard").setCachingEnabled(false));
    router
        .get("/assets/*") // the handler leaves the mount out of the path
        .handler(StaticHandler.create("dashboard/assets").setCachingEnabled(false));
    // their version is in the path: what a browser has of them stays right
    router
        .get("/lib/*")
        .handler(ctx -> {
          ctx.response().putHeader("Cache-Control", "public, max-age=31536000, immutable");
          ctx.next();
        })
        .handler(StaticHandler.create("META-INF/resources/webjars").setCachingEnabled(false));
  }

  private static void securityHeaders(RoutingContext ctx, boolean isSecure) {
    if (isSecure) {
      ctx.response().putHeader("Strict-Transport-Security", "max-age=31536000");
    }
    ctx.response()
        .putHeader("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader(
            "Content-Security-Policy",
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    ctx.next();
  }

  /**
   * A foreign page in the operator's browser can send forms and text unasked, but not JSON. What
   * has no body needs no type: {@link SameSite} looks at where it comes from.
   */
  private static void jsonBodiesOnly(RoutingContext ctx) {
    HttpMethod method = ctx.request().method();
    boolean patches = method.equals(HttpMethod.PATCH);
    boolean writes = patches || method.equals(HttpMethod.POST) || method.equals(HttpMethod.PUT);
    String type = MediaType.of(ctx);
    boolean isJson = type.equals(MediaType.JSON) || (patches && type.equals(MediaType.MERGE_PATCH));
    if (writes && !MediaType.isBodyEmpty(ctx) && !isJson) {
      Answers.error(ctx, 415, "send the body as Content-Type: application/json");
      return;
    }
    ctx.next();
  }
}
