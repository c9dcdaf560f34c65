package io.sluice.app;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.operator.DecodeService;
import io.sluice.engine.decode.PayloadTrial;
import io.sluice.engine.ingest.Vocabulary;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Metric;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.registry.Registry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells of profiles, and tries payloads, by what holds now. */
record Trials(
    Understanding understanding, Normalizer normalizer, Registry registry, InstantSource clock)
    implements DecodeService {
  private static final DeviceId MADE_UP = new DeviceId("device");

  @Override
  public List<ProfileView> profiles() {
    Profiles profiles = understanding.state().profiles();
    Map<String, Integer> devices = new HashMap<>();
    registry.forEach(device -> devices.merge(device.profile(), 1, Integer::sum));
    List<ProfileView> views = new ArrayList<>();
    for (String id : new TreeSet<>(profiles.ids())) {
      Profile profile = profiles.find(id);
      if (profile != null) {
        views.add(view(profile, devices.getOrDefault(id, 0)));
      }
    }
    return List.copyOf(views);
  }

  private static ProfileView view(Profile profile, int devices) {
    return new ProfileView(
        profile.id(),
        profile.title(),
        profile.sector(),
        profile.dialect(),
        profile.interval(),
        profile.metrics().size(),
        devices);
  }

  @Override
  public @Nullable ProfileDetail profile(String id) {
    Profile profile = understanding.state().profiles().find(id);
    if (profile == null) {
      return null;
    }
    int[] devices = new int[1];
    registry.forEach(device -> devices[0] += device.profile().equals(id) ? 1 : 0);
    return new ProfileDetail(
        view(profile, devices[0]), profile.metrics().stream().map(Trials::metric).toList());
  }

  private static MetricView metric(Metric metric) {
    return new MetricView(
        metric.name(),
        metric.unit(),
        metric.type().name().toLowerCase(Locale.ROOT),
        bound(metric.min()),
        bound(metric.max()),
        metric.optional());
  }

  private static @Nullable Double bound(double value) {
    return Double.isInfinite(value) ? null : (Double) value;
  }

  @Override
  public Decoded decode(Trial trial) {
    Understanding.State state = understanding.state();
    String adapter = trial.adapter();
    Vocabulary by = adapter == null ? state.anywhere() : state.byAdapter().get(adapter);
    if (by == null) {
      return refused(
          "no listener or source is called \"%s\"; there are %s"
              .formatted(adapter, state.byAdapter().keySet().stream().sorted().toList()));
    }
    String id = trial.device();
    String profile = trial.profile();
    Device self = id != null ? registry.find(id) : profile == null ? null : madeUp(profile, state);
    if (self == null) {
      return refused(
          id != null
              ? "device \"" + id + "\" is not registered; add it, or name a profile instead"
              : "no profile \"%s\"; there are %s"
                  .formatted(profile, state.profiles().ids().stream().sorted().toList()));
    }
    PayloadTrial.Payload payload =
        new PayloadTrial.Payload(
            self,
            id != null,
            trial.topic(),
            trial.contentType(),
            trial.port(),
            trial.payload(),
            TimeUnit.MILLISECONDS.toMicros(clock.millis()));
    return new PayloadTrial(normalizer, registry::find).decode(by, payload);
  }

  private static @Nullable Device madeUp(String profile, Understanding.State state) {
    Profile found = state.profiles().find(profile);
    return found == null
        ? null
        : new Device(MADE_UP, profile, found.sector(), "site", null, null, true, true, false);
  }

  private static Decoded refused(String detail) {
    return new Decoded(false, RejectReason.NOT_AUTHORIZED, detail, null, null, List.of());
  }
}
