package io.sluice.app.fleet;

import io.sluice.api.MessageClass;
import io.sluice.api.operator.ConfigurationService.Standing;
import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.CoverageService.Outage;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.Operations;
import io.sluice.api.operator.Operations.LaneView;
import io.sluice.api.operator.Operations.Status;
import io.sluice.api.operator.Operations.UpstreamView;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the gateway says of itself, as the topic of gateways has it (docs/fleet.md). Thread-safe.
 */
final class GatewayReport {
  private static final long REASONS_MAX = 20;

  private final Origin origin;
  private final Operations operations;
  private final Supplier<@Nullable String> admin;
  private final Clock clock;
  private final JsonMapper json;

  /** What it said last; not changed any more. */
  private volatile @Nullable ObjectNode last;

  /**
   * @param admin address of the admin listener; null where there is none
   */
  GatewayReport(
      Origin origin,
      Operations operations,
      Supplier<@Nullable String> admin,
      Clock clock,
      JsonMapper json) {
    this.origin = origin;
    this.operations = operations;
    this.admin = admin;
    this.clock = clock;
    this.json = json;
  }

  private ObjectNode begin(String kind) {
    ObjectNode node = json.createObjectNode();
    node.put("v", Origin.VERSION);
    node.put("kind", kind);
    node.put("gateway", origin.gateway());
    return node;
  }

  /** How it is now. */
  byte[] status() {
    Status status = operations.status();
    ObjectNode node = begin("status");
    node.put("region", origin.region());
    node.put("version", status.version());
    node.put("run", origin.run());
    node.put("started", status.startedMicros());
    node.put("at", Origin.micros(clock));
    node.put("stopped", false);
    node.put("ready", status.ready());
    ArrayNode reasons = node.putArray("reasons");
    String reason = status.notReadyReason();
    if (reason != null) {
      List.of(reason.split("; ", -1)).stream().limit(REASONS_MAX).forEach(reasons::add);
    }
    node.put("admin", admin.get());
    node.put("sessions", status.devices().getOrDefault("connected", 0L));
    ObjectNode devices = node.putObject("devices");
    status.devices().forEach(devices::put);
    node.put("accepted", accepted());
    spool(status, node.putObject("spool"));
    node.put("deadLetters", status.deadLetters());
    ArrayNode upstreams = node.putArray("upstreams");
    operations.upstreams().forEach(each -> upstream(each, upstreams.addObject()));
    Standing standing = status.configuration();
    ObjectNode configuration = node.putObject("configuration");
    configuration.put("version", standing == null ? null : (Long) standing.version());
    configuration.put("sha256", standing == null ? null : standing.sha256());
    last = node;
    return json.writeValueAsBytes(node);
  }

  /** The last that it says: it ends in order. Of its parts, some may be closed already. */
  byte[] stopped() {
    ObjectNode before = last;
    ObjectNode node = before == null ? begin("status") : before.deepCopy();
    node.put("run", origin.run());
    node.put("at", Origin.micros(clock));
    node.put("stopped", true);
    node.put("ready", false);
    node.put("sessions", 0);
    return json.writeValueAsBytes(node);
  }

  private long accepted() {
    long all = 0;
    for (Map<MessageClass, Long> each : operations.traffic().accepted().values()) {
      for (long count : each.values()) {
        all += count;
      }
    }
    return all;
  }

  private static void spool(Status status, ObjectNode to) {
    long records = 0;
    long bytes = 0;
    long capacity = 0;
    double fill = 0;
    for (LaneView lane : status.lanes()) {
      records += lane.records();
      bytes += lane.owedBytes();
      capacity += lane.capacityBytes();
      fill = Math.max(fill, (double) lane.owedBytes() / Math.max(1, lane.capacityBytes()));
    }
    to.put("records", records);
    to.put("bytes", bytes);
    to.put("capacity", capacity);
    to.put("fill", fill);
    to.put("hoursLeft", status.spoolHoursLeft());
    ArrayNode lanes = to.putArray("lanes");
    for (LaneView lane : status.lanes()) {
      ObjectNode each = lanes.addObject();
      each.put("lane", lane.lane().jsonName());
      each.put("records", lane.records());
      each.put("bytes", lane.owedBytes());
      each.put("capacity", lane.capacityBytes());
      each.put("oldestSeconds", lane.oldestSeconds());
    }
  }

  private static void upstream(UpstreamView from, ObjectNode to) {
    to.put("name", from.name());
    to.put("type", from.type());
    to.put("state", from.state());
    to.put("detail", from.detail());
    to.put("rate", from.ratePerSecond());
    to.put("backlog", from.backlogRecords());
    ObjectNode lag = to.putObject("lagSeconds");
    from.lagSeconds().forEach((lane, seconds) -> lag.put(lane.jsonName(), seconds));
  }

  /** When it took no data, and when devices need not report. */
  byte[] downtime() {
    CoverageService coverage = operations.coverage();
    ObjectNode node = begin("downtime");
    ArrayNode outages = node.putArray("outages");
    for (Outage each : coverage.outages()) {
      outages.addArray().add(each.from()).add(each.to());
    }
    ArrayNode stops = node.putArray("stops");
    for (Stop each : coverage.stops()) {
      ObjectNode stop = stops.addObject();
      stop.put("id", each.id());
      stop.put("scope", each.scope().name().toLowerCase(Locale.ROOT));
      stop.put("key", each.key());
      stop.put("from", each.from());
      stop.put("to", each.to());
      stop.put("reason", each.reason());
      stop.put("by", each.by());
    }
    return json.writeValueAsBytes(node);
  }
}
