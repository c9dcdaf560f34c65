package io.sluice.sim.link;

import io.sluice.sim.device.Kind;
import io.sluice.sim.scenario.DeviceSpec;

/** Where a device publishes: some forms belong to a platform that has topics of its own. */
final class MqttTopics {
  private MqttTopics() {}

  static String of(DeviceSpec spec, Kind kind) {
    if (spec.group().isBehindBroker()) {
      return kind.address() + "/" + spec.id();
    }
    if (kind != Kind.TELEMETRY) {
      return kind.address();
    }
    return switch (spec.group().form()) {
      case THINGSBOARD -> "v1/devices/me/telemetry";
      case ALINK ->
          "/sys/%s/%s/thing/event/property/post".formatted(spec.group().profile().id(), spec.id());
      case HUAWEI -> "$oc/devices/" + spec.id() + "/sys/properties/report";
      default -> kind.address();
    };
  }
}
