package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.ApiJson;
import io.sluice.admin.http.Query;
import io.sluice.admin.security.AdminUser;
import io.sluice.api.operator.ConfigurationService;
import io.sluice.api.operator.ConfigurationService.Reload;
import io.sluice.api.operator.ConfigurationService.Result;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/reload}: the files that the gateway runs by, read anew. */
public final class ConfigurationResource {
  private record Done(
      String result,
      long version,
      @Nullable String sha256,
      List<String> changes,
      List<String> restart,
      List<String> warnings) {}

  /** As other faults are, and with all that was found. */
  private record Refused(
      int status,
      String error,
      String result,
      long version,
      @Nullable String sha256,
      List<String> faults,
      List<String> warnings) {}

  private final ConfigurationService configuration;

  public ConfigurationResource(ConfigurationService configuration) {
    this.configuration = configuration;
  }

  public void mount(Router router) {
    router.post("/api/v1/reload").handler(Query.takes("dry-run")).handler(blocking(this::reload));
  }

  private void reload(RoutingContext ctx) {
    Reload reload =
        configuration.reload(
            AdminUser.in(ctx).name(),
            ctx.request().remoteAddress().hostAddress(),
            Query.flag(ctx, "dry-run"));
    String result = ApiJson.name(reload.result());
    if (reload.result() == Result.BUSY) {
      Answers.error(ctx, 409, "another reload is under way, or the gateway starts; try again");
    } else if (reload.result() == Result.REFUSED) {
      List<String> faults = reload.faults();
      String error =
          "%d faults, all stays as it was: %s"
              .formatted(faults.size(), faults.isEmpty() ? "" : faults.getFirst());
      Answers.json(
          ctx,
          422,
          new Refused(
              422, error, result, reload.version(), reload.sha256(), faults, reload.warnings()));
    } else {
      Answers.json(
          ctx,
          200,
          new Done(
              result,
              reload.version(),
              reload.sha256(),
              reload.changes(),
              reload.restart(),
              reload.warnings()));
    }
  }
}
