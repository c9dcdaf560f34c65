package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.BadRequestException;
import io.sluice.admin.http.Durations;
import io.sluice.admin.http.JsonBody;
import io.sluice.admin.http.Query;
import io.sluice.api.operator.DrainService;
import io.sluice.api.operator.DrainService.Standing;
import io.sluice.api.operator.DrainSettings;
import io.sluice.api.operator.Operations;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/drain}: no new sessions, and an end of those that are open. */
public final class DrainResource {
  private static final Set<String> KEYS = Set.of("for", "serverReference", "moved");

  /**
   * @param draining null where no drain is under way
   */
  private record Answer(@Nullable Standing draining) {}

  private interface Deed {
    @Nullable Standing of(DrainService service);
  }

  private final Operations operations;

  public DrainResource(Operations operations) {
    this.operations = operations;
  }

  public void mount(Router router) {
    router
        .get("/api/v1/drain")
        .handler(Query.takes())
        .handler(blocking(ctx -> answer(ctx, DrainService::standing)));
    router.post("/api/v1/drain").handler(Query.takes()).handler(blocking(this::start));
    router
        .delete("/api/v1/drain")
        .handler(Query.takes())
        .handler(
            blocking(ctx ->
                answer(
                    ctx,
                    service -> {
                      service.stop();
                      return service.standing();
                    })));
  }

  private void start(RoutingContext ctx) {
    JsonBody body = JsonBody.orEmpty(ctx, KEYS);
    String text = body.text("for");
    Duration spread = text == null ? null : Durations.parse("for", text);
    if (spread != null && spread.toMillis() > DrainSettings.LONGEST_MILLIS) {
      throw new BadRequestException("for must be 1h at most");
    }
    String reference = body.text("serverReference");
    String fault = reference == null ? null : DrainSettings.fault(reference);
    if (fault != null) {
      throw new BadRequestException("serverReference " + fault);
    }
    boolean isForGood = body.flag("moved", false);
    answer(ctx, service -> service.start(spread, reference, isForGood));
  }

  private void answer(RoutingContext ctx, Deed deed) {
    DrainService service = operations.draining();
    if (service == null) {
      Answers.error(ctx, 404, "there are no sessions of devices here that could be drained");
    } else {
      Answers.json(ctx, 200, new Answer(deed.of(service)));
    }
  }
}
