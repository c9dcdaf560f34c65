package io.sluice.engine.coverage;

import io.sluice.api.Device;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profiles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What devices are held to, by the profiles that there are now. Devices that are held to the same
 * share one object. Thread-safe.
 */
final class Expectations implements Function<Device, @Nullable ReportingExpectation> {
  private record Known(Profiles profiles, Map<ReportingExpectation, ReportingExpectation> shared) {}

  private volatile Known known;

  Expectations(Profiles profiles) {
    this.known = new Known(profiles, new ConcurrentHashMap<>());
  }

  void use(Profiles profiles) {
    known = new Known(profiles, new ConcurrentHashMap<>());
  }

  @Override
  public @Nullable ReportingExpectation apply(Device device) {
    Known now = known;
    Profile profile = now.profiles().find(device.profile());
    return profile == null
        ? null
        : now.shared()
            .computeIfAbsent(ReportingExpectation.of(profile, device.interval()), shape -> shape);
  }
}
