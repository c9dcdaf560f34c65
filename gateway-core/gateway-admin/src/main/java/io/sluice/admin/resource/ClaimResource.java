package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.BadRequestException;
import io.sluice.admin.http.Durations;
import io.sluice.admin.http.JsonBody;
import io.sluice.admin.http.PathParameter;
import io.sluice.admin.http.Query;
import io.sluice.api.operator.ClaimService;
import io.sluice.api.operator.ClaimService.ClaimSpec;
import io.sluice.api.operator.DeviceDirectory.InvalidDeviceException;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/claims}: tokens by which devices register themselves. */
public final class ClaimResource {
  private static final Set<String> KEYS =
      Set.of("name", "profile", "sector", "site", "pattern", "uses", "expiry");

  private final ClaimService claims;

  public ClaimResource(ClaimService claims) {
    this.claims = claims;
  }

  public void mount(Router router) {
    router
        .get("/api/v1/claims")
        .handler(Query.takes())
        .handler(blocking(ctx -> Answers.json(ctx, 200, Map.of("claims", claims.list()))));
    router.post("/api/v1/claims").handler(Query.takes()).handler(blocking(this::issue));
    router.delete("/api/v1/claims/:name").handler(Query.takes()).handler(blocking(this::withdraw));
  }

  private void issue(RoutingContext ctx) {
    JsonBody body = JsonBody.of(ctx, KEYS);
    @Nullable String pattern = body.text("pattern");
    ClaimSpec spec =
        new ClaimSpec(
            body.required("name"),
            body.required("profile"),
            body.required("sector"),
            body.required("site"),
            pattern == null ? "*" : pattern,
            uses(body.value("uses")),
            Durations.parse("expiry", body.required("expiry")));
    if (claims.list().stream().anyMatch(each -> each.name().equals(spec.name()))) {
      Answers.error(
          ctx, 409, "name: \"" + spec.name() + "\" is taken; choose another, or end that claim");
      return;
    }
    try {
      Answers.json(ctx, 201, Map.of("name", spec.name(), "token", claims.issue(spec)));
    } catch (InvalidDeviceException e) {
      Answers.error(ctx, 400, String.valueOf(e.getMessage()));
    }
  }

  private static int uses(@Nullable Object value) {
    if (value == null) {
      return 1;
    }
    if (value instanceof Integer uses) {
      return uses;
    }
    throw new BadRequestException("uses must be a whole number");
  }

  private void withdraw(RoutingContext ctx) {
    if (claims.withdraw(PathParameter.text(ctx, "name"))) {
      ctx.response().setStatusCode(204).end();
    } else {
      Answers.error(ctx, 404, "there is no claim of that name");
    }
  }
}
