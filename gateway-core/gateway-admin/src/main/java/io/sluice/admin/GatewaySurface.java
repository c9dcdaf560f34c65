package io.sluice.admin;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.Query;
import io.sluice.admin.http.Workers;
import io.sluice.admin.metrics.MetricsResource;
import io.sluice.admin.resource.AlarmResource;
import io.sluice.admin.resource.ClaimResource;
import io.sluice.admin.resource.CommandResource;
import io.sluice.admin.resource.ConfigurationResource;
import io.sluice.admin.resource.CoverageResource;
import io.sluice.admin.resource.DeadLetterResource;
import io.sluice.admin.resource.DecodeResource;
import io.sluice.admin.resource.DeviceResource;
import io.sluice.admin.resource.DrainResource;
import io.sluice.admin.resource.ImportResource;
import io.sluice.admin.resource.LatestResource;
import io.sluice.admin.resource.LiveStream;
import io.sluice.admin.resource.Updates;
import io.sluice.admin.resource.UpstreamResource;
import io.sluice.api.operator.Flow;
import io.sluice.api.operator.Operations;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** The paths of a gateway. */
record GatewaySurface(Operations operations) implements AdminSurface {
  @Override
  public Readiness readiness() {
    Operations.Status status = operations.status();
    return new Readiness(status.ready(), status.notReadyReason());
  }

  @Override
  public Updates updates(Vertx vertx) {
    return new Updates(vertx, operations::flow, operations.alarms(), operations.coverage());
  }

  @Override
  public void mountUnbounded(Router router) {
    new ImportResource(operations.importer()).mount(router);
  }

  @Override
  public void mount(Vertx vertx, Router router) {
    figures(router);
    new DeviceResource(operations.devices()).mount(router);
    new LatestResource(operations).mount(router);
    new UpstreamResource(operations).mount(router);
    new ConfigurationResource(operations.configuration()).mount(router);
    new DrainResource(operations).mount(router);
    new DecodeResource(operations.decoding()).mount(router);
    new CoverageResource(operations.coverage()).mount(router);
    new ClaimResource(operations.claims()).mount(router);
    new CommandResource(operations.commands(), id -> operations.devices().get(id) != null)
        .mount(router);
    new AlarmResource(operations.alarms()).mount(router);
    new DeadLetterResource(operations.deadLetters(), operations.retries()).mount(router);
    router
        .get("/api/v1/live")
        .handler(Query.takes("class", "device"))
        .handler(new LiveStream(vertx, operations));
    router.get("/metrics").handler(Workers.blocking(new MetricsResource(operations)::scrape));
  }

  private void figures(Router router) {
    router
        .get("/api/v1/status")
        .handler(Query.takes())
        .handler(Workers.blocking(ctx -> Answers.json(ctx, 200, operations.status())));
    router
        .get("/api/v1/flow")
        .handler(Query.takes())
        .handler(Workers.blocking(ctx -> Answers.json(ctx, 200, operations.flow())));
    router.get("/api/v1/ledger").handler(Query.takes()).handler(Workers.blocking(this::ledger));
  }

  private void ledger(RoutingContext ctx) {
    Answers.json(ctx, 200, Flow.LedgerView.of(operations.ledger()));
  }
}
