package io.sluice.fleet.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a gateway said of itself last. Times are microseconds since the epoch.
 *
 * @param heardMicros when the broker took it, by the broker's clock
 * @param atMicros when the gateway said it, by the gateway's clock
 * @param run drawn at each start of the gateway
 * @param stopped whether it was its last word before it stopped in order
 * @param hoursLeft until its spool is full at the present rate; null where it does not grow
 * @param lagSeconds age of the oldest record that some upstream of it still lacks
 * @param backlog records that some upstream of it still lacks, the most of any
 */
public record GatewayStatus(
    String gateway,
    @Nullable String region,
    String version,
    String run,
    long startedMicros,
    long atMicros,
    long heardMicros,
    boolean stopped,
    boolean ready,
    List<String> reasons,
    @Nullable String admin,
    long sessions,
    Map<String, Long> devices,
    long accepted,
    double spoolFill,
    long spoolRecords,
    @Nullable Double hoursLeft,
    double lagSeconds,
    long backlog,
    long deadLetters) {
  /** After the year 9999: no clock is further off. */
  private static final long CLOCK_MAX_MICROS = 1L << 58;

  /** As the gateway wrote it. */
  static GatewayStatus of(String gateway, JsonNode said, long heardMicros) {
    JsonNode spool = said.path("spool");
    double lag = 0;
    long backlog = 0;
    for (JsonNode upstream : said.path("upstreams")) {
      backlog = Math.max(backlog, upstream.path("backlog").asLong(0));
      for (JsonNode each : upstream.path("lagSeconds")) {
        lag = Math.max(lag, each.asDouble(0));
      }
    }
    List<String> reasons = new ArrayList<>();
    said.path("reasons").forEach(each -> reasons.add(each.asString()));
    Map<String, Long> devices = new LinkedHashMap<>();
    said.path("devices")
        .properties()
        .forEach(each -> devices.put(each.getKey(), each.getValue().asLong(0)));
    return new GatewayStatus(
        gateway,
        text(said, "region"),
        said.path("version").asString(""),
        said.path("run").asString(""),
        said.path("started").asLong(0),
        Math.clamp(said.path("at").asLong(0), 0, CLOCK_MAX_MICROS),
        heardMicros,
        said.path("stopped").asBoolean(false),
        said.path("ready").asBoolean(false),
        List.copyOf(reasons),
        text(said, "admin"),
        said.path("sessions").asLong(0),
        devices,
        said.path("accepted").asLong(0),
        spool.path("fill").asDouble(0),
        spool.path("records").asLong(0),
        spool.path("hoursLeft").isNumber() ? (Double) spool.path("hoursLeft").asDouble() : null,
        lag,
        backlog,
        said.path("deadLetters").asLong(0));
  }

  private static @Nullable String text(JsonNode said, String name) {
    JsonNode value = said.path(name);
    return value.isString() ? value.asString() : null;
  }
}
