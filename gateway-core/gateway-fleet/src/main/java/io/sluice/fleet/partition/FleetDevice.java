package io.sluice.fleet.partition;

import io.sluice.api.Device;
import io.sluice.engine.coverage.CoverageState;
import io.sluice.engine.coverage.slot.DeviceCoverage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A device of the fleet.
 *
 * @param interval seconds
 * @param gateway where its session is, or where it was heard last; null where nowhere
 * @param lastSeenMicros since the epoch; null where never
 */
public record FleetDevice(
    String id,
    String profile,
    String sector,
    String site,
    @Nullable Double interval,
    @Nullable String parent,
    boolean planned,
    boolean commissioned,
    boolean retired,
    @Nullable String gateway,
    boolean connected,
    @Nullable Long lastSeenMicros) {

  /** As it is now; null where the registry does not have it. */
  static @Nullable FleetDevice of(
      DeviceEntry entry,
      @Nullable DeviceCoverage coverage,
      CoverageState.Sessions sessions,
      long nowMicros) {
    Device device = entry.device();
    if (device == null || coverage == null) {
      return null;
    }
    Duration interval = device.interval();
    long seen = CoverageState.lastSeenMicros(coverage, sessions);
    return new FleetDevice(
        entry.id,
        device.profile(),
        device.sector(),
        device.site(),
        interval == null ? null : (Double) (interval.toNanos() / 1e9),
        device.parent() == null ? null : device.parent().value(),
        device.planned(),
        device.commissioned(),
        device.retired(),
        entry.gateway(),
        CoverageState.isConnected(coverage, nowMicros, sessions),
        seen == Long.MIN_VALUE ? null : (Long) seen);
  }
}
