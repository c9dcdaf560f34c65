package io.sluice.engine.registry;

import io.sluice.api.admin.DeviceDirectory.DeviceSpec;
import java.util.List;

/** What the device files say, all entries valid and no id twice. */
public record DeviceSeed(List<DeviceSpec> specs) {
  public DeviceSeed {
    specs = List.copyOf(specs);
  }
}
