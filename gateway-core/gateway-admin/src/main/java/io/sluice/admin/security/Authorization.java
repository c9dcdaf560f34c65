package io.sluice.admin.security;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.ApiJson;
import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.operator.AdminRole;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * Which role each request needs, and what it is called in the audit trail: one table. What it does
 * not list needs an administrator. Every request that changes something is taken down with its
 * outcome.
 */
public final class Authorization implements Handler<RoutingContext> {
  /** One kind of request. The first that matches counts. */
  private record Rule(String method, Pattern path, AdminRole role, String action) {}

  /** The methods that change nothing (RFC 9110 9.2.1). */
  static final Set<HttpMethod> READING =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private static final String DEVICE = "/api/v1/devices/[^/]+";

  private static final List<Rule> RULES =
      List.of(
          rule("(GET|HEAD)", "/api/v1/(claims|audit).*", AdminRole.ADMINISTRATOR, "secret.read"),
          rule("(GET|HEAD|OPTIONS)", "/.*", AdminRole.VIEWER, "read"),
          rule("POST", DEVICE + "/commands", AdminRole.OPERATOR, "command.sent"),
          rule("DELETE", DEVICE + "/commands/[^/]+", AdminRole.OPERATOR, "command.cancelled"),
          rule("POST", DEVICE + "/retire", AdminRole.OPERATOR, "device.retired"),
          rule(
              "(POST|DELETE)", "/api/v1/dead-letters.*", AdminRole.OPERATOR, "dead-letter.handled"),
          rule("(POST|PUT)", "/api/v1/alarms.*", AdminRole.OPERATOR, "alarm.handled"),
          rule(
              "(POST|DELETE)",
              "/api/v1/coverage/stops.*",
              AdminRole.OPERATOR,
              "coverage.stop.changed"),
          rule(
              "POST",
              "/api/v1/upstreams/[^/]+/(pause|resume)",
              AdminRole.OPERATOR,
              "upstream.handled"),
          rule("DELETE", "/api/v1/upstreams/[^/]+", AdminRole.ADMINISTRATOR, "upstream.forgotten"),
          rule("POST", "/api/v1/decode", AdminRole.VIEWER, "payload.tried"),
          rule("POST", "/api/v1/reload", AdminRole.ADMINISTRATOR, "config.reload"),
          rule("POST", "/api/v1/drain", AdminRole.ADMINISTRATOR, "gateway.drained"),
          rule("DELETE", "/api/v1/drain", AdminRole.ADMINISTRATOR, "gateway.drain.ended"),
          rule("POST", "/api/v1/devices", AdminRole.ADMINISTRATOR, "device.added"),
          rule("POST", "/api/v1/devices/import", AdminRole.ADMINISTRATOR, "devices.imported"),
          rule("(PUT|PATCH)", DEVICE, AdminRole.ADMINISTRATOR, "device.changed"),
          rule("DELETE", DEVICE, AdminRole.ADMINISTRATOR, "device.removed"),
          rule("POST", DEVICE + "/token", AdminRole.ADMINISTRATOR, "token.issued"),
          rule("POST", DEVICE + "/credentials", AdminRole.ADMINISTRATOR, "credentials.rotated"),
          rule("POST", DEVICE + "/revoke", AdminRole.ADMINISTRATOR, "credentials.revoked"),
          rule("POST", "/api/v1/claims", AdminRole.ADMINISTRATOR, "claim.issued"),
          rule("DELETE", "/api/v1/claims/[^/]+", AdminRole.ADMINISTRATOR, "claim.withdrawn"));

  private static final Rule OTHER = rule(".*", ".*", AdminRole.ADMINISTRATOR, "request");

  private final AuditTrail audit;

  public Authorization(AuditTrail audit) {
    this.audit = audit;
  }

  private static Rule rule(String method, String path, AdminRole role, String action) {
    return new Rule(method, Pattern.compile(path), role, action);
  }

  private static Rule of(String method, String path) {
    for (Rule rule : RULES) {
      if (method.matches(rule.method()) && rule.path().matcher(path).matches()) {
        return rule;
      }
    }
    return OTHER;
  }

  /** The least role that a request needs. */
  public static AdminRole needed(String method, String path) {
    return of(method, path).role();
  }

  @Override
  public void handle(RoutingContext ctx) {
    String path = ctx.normalizedPath();
    Rule rule = of(ctx.request().method().name(), path);
    AdminUser user = AdminUser.in(ctx);
    boolean isChange = !READING.contains(ctx.request().method());
    if (!user.role().mayDoWhat(rule.role())) {
      note(ctx, rule, user, Result.REFUSED);
      Answers.error(
          ctx,
          403,
          "this needs the role "
              + ApiJson.name(rule.role())
              + "; "
              + user.name()
              + " is "
              + ApiJson.name(user.role()));
      return;
    }
    if (isChange) {
      noteOutcome(ctx, rule, user);
    }
    ctx.next();
  }

  /**
   * Takes the outcome down before its answer leaves: what a client was told of is in the trail. A
   * request whose client is gone before an answer is taken down when its connection ends.
   */
  private void noteOutcome(RoutingContext ctx, Rule rule, AdminUser user) {
    AtomicBoolean noted = new AtomicBoolean();
    Handler<Object> once =
        ended -> {
          if (noted.compareAndSet(false, true)) {
            int status = ctx.response().getStatusCode();
            note(
                ctx,
                rule,
                user,
                status < 400 ? Result.DONE : status < 500 ? Result.REFUSED : Result.FAILED);
          }
        };
    ctx.addHeadersEndHandler(once::handle);
    ctx.addEndHandler(once::handle);
  }

  private void note(RoutingContext ctx, Rule rule, AdminUser user, Result result) {
    audit.record(
        new AuditEvent(
            rule.action(),
            user.name(),
            ctx.request().remoteAddress().hostAddress(),
            ctx.request().method().name() + " " + ctx.normalizedPath(),
            result,
            null));
  }
}
