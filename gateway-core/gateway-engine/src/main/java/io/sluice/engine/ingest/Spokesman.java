package io.sluice.engine.ingest;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.engine.dialect.RoutedTopic;
import io.sluice.engine.dialect.Topics;
import org.jspecify.annotations.Nullable;

/**
 * Who stands for a source, which speaks for any registered device: a device of its own where one is
 * registered, else a stand-in, of which no message can be.
 */
final class Spokesman {
  private Spokesman() {}

  /**
   * @param registered the device that stands for the source, or null
   */
  static Device of(@Nullable Device registered, DeviceId id) {
    return registered == null || registered.retired()
        ? new Device(id, "", "", "", null, null, false, false, false)
        : registered;
  }

  /** Every registered device has a profile. */
  static boolean isStandIn(Device self) {
    return self.profile().isEmpty();
  }

  /**
   * What a topic means at a source: by the dialect of the device that it names, where that has one
   * of its own, else by those of the source.
   */
  static @Nullable RoutedTopic route(Topics topics, String topic, IngestPipeline.Devices devices) {
    RoutedTopic route = topics.routeOfSource(topic);
    String named = route == null ? null : route.device();
    Device device = named == null ? null : devices.find(named);
    if (device == null || !topics.hasOwn(device.profile())) {
      return route;
    }
    RoutedTopic own = topics.routeNow(device.profile(), topic);
    return own == null ? route : own;
  }

  /** Whose share of the spool a record takes. */
  static DeviceId account(IngestEntry entry) {
    return entry.uplink().isOfSource() ? entry.device() : entry.uplink().device();
  }

  static String namesNobody(String source) {
    return "neither the topic nor the payload names a device; name a dialect whose topics do, or"
        + " register a device \"%s\" that stands for the source".formatted(source);
  }
}
