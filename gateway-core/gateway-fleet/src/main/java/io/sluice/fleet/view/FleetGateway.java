package io.sluice.fleet.view;

import io.sluice.fleet.gateway.GatewayStatus;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One gateway, as {@code /api/v1/gateways} shows it. Times are microseconds since the epoch.
 *
 * @param health {@code ready}, {@code not-ready}, {@code stopped} or {@code silent}
 * @param silentSeconds since it was heard last, by the broker's clock; 0 where it is not silent
 * @param clockOffSeconds how far its clock is ahead of the broker's, about
 * @param lagSeconds age of the oldest record that an upstream of it still lacks
 * @param backlog records that an upstream of it still lacks
 * @param hoursLeft until its spool is full at the present rate; null where it does not grow
 */
record FleetGateway(
    String id,
    @Nullable String region,
    String version,
    String health,
    List<String> reasons,
    double silentSeconds,
    double clockOffSeconds,
    long startedMicros,
    long heardMicros,
    @Nullable String admin,
    long sessions,
    Map<String, Long> devices,
    long accepted,
    double lagSeconds,
    long backlog,
    double spoolFill,
    long spoolRecords,
    @Nullable Double hoursLeft,
    long deadLetters) {

  static FleetGateway of(GatewayStatus status, boolean isSilent, long nowMicros) {
    double quiet = (nowMicros - status.heardMicros()) / 1e6;
    return new FleetGateway(
        status.gateway(),
        status.region(),
        status.version(),
        isSilent ? "silent" : status.stopped() ? "stopped" : status.ready() ? "ready" : "not-ready",
        status.reasons(),
        isSilent ? quiet : 0,
        Math.rint((status.atMicros() - status.heardMicros()) / 1e5) / 10 + 0.0, // no -0.0
        status.startedMicros(),
        status.heardMicros(),
        status.admin(),
        status.sessions(),
        status.devices(),
        status.accepted(),
        status.lagSeconds(),
        status.backlog(),
        status.spoolFill(),
        status.spoolRecords(),
        status.hoursLeft(),
        status.deadLetters());
  }
}
