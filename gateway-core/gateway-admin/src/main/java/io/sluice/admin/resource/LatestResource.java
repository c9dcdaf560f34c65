package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.ApiJson;
import io.sluice.admin.http.Query;
import io.sluice.api.DeviceId;
import io.sluice.api.operator.LatestValues.MetricView;
import io.sluice.api.operator.LatestValues.Point;
import io.sluice.api.operator.Operations;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/devices/{id}/latest} and {@code .../refusals}: what a device did of late. */
public final class LatestResource {
  /** A metric as the API shows it: each point of the spark is {@code [tMicros, number]}. */
  private record Metric(
      String name,
      @Nullable String unit,
      String quality,
      Object value,
      long tMicros,
      List<List<Number>> spark) {
    static Metric of(MetricView view) {
      return new Metric(
          view.name(),
          view.unit(),
          ApiJson.name(view.quality()),
          view.value(),
          view.tMicros(),
          view.spark().stream().map(Metric::point).toList());
    }

    private static List<Number> point(Point point) {
      return List.of(point.tMicros(), point.value());
    }
  }

  private record Latest(String device, List<Metric> metrics, long missedRecords) {}

  private final Operations operations;

  public LatestResource(Operations operations) {
    this.operations = operations;
  }

  public void mount(Router router) {
    router.get("/api/v1/devices/:id/latest").handler(Query.takes()).handler(blocking(this::latest));
    router
        .get("/api/v1/devices/:id/refusals")
        .handler(Query.takes())
        .handler(blocking(this::refusals));
  }

  private void latest(RoutingContext ctx) {
    DeviceId id = DeviceResource.id(ctx);
    if (operations.devices().get(id) == null) {
      DeviceResource.unknown(ctx);
      return;
    }
    List<Metric> metrics = operations.latest().metrics(id).stream().map(Metric::of).toList();
    Answers.json(ctx, 200, new Latest(id.value(), metrics, operations.latest().missedRecords()));
  }

  private void refusals(RoutingContext ctx) {
    DeviceId id = DeviceResource.id(ctx);
    if (operations.devices().get(id) == null) {
      DeviceResource.unknown(ctx);
      return;
    }
    Answers.json(ctx, 200, Map.of("refusals", operations.latest().refusals(id)));
  }
}
