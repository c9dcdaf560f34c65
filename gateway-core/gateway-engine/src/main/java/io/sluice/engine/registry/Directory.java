package io.sluice.engine.registry;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.admin.DeviceDirectory;
import io.sluice.api.admin.DeviceImporter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The registry for operators: devices together with their presence. */
final class Directory implements DeviceDirectory, DeviceImporter {
  private static final int MAX_PAGE = 1_000;

  private final DeviceRegistry devices;
  private final Presence presence;

  Directory(DeviceRegistry devices, Presence presence) {
    this.devices = devices;
    this.presence = presence;
  }

  @Override
  public List<DeviceView> list(Filter filter, @Nullable String after, int limit) {
    return devices.list(filter, after, Math.clamp(limit, 1, MAX_PAGE)).stream()
        .map(this::view)
        .toList();
  }

  @Override
  public @Nullable DeviceView get(DeviceId id) {
    Registered entry = devices.roster().find(id.value());
    return entry == null ? null : view(entry);
  }

  @Override
  public DeviceView put(DeviceSpec spec) throws InvalidDeviceException {
    return view(devices.put(spec));
  }

  @Override
  public boolean retire(DeviceId id) {
    return devices.retire(id.value());
  }

  @Override
  public boolean remove(DeviceId id) {
    return devices.remove(id.value());
  }

  @Override
  public @Nullable String issueToken(DeviceId id) {
    return devices.issueToken(id.value());
  }

  @Override
  public ImportReport importDevices(ImportFormat format, String text) {
    return devices.importDevices(format, text);
  }

  private DeviceView view(Registered entry) {
    Device device = entry.device();
    RejectReason refusal = presence.lastRefusal(device.id());
    return new DeviceView(
        device,
        presence.connected(device.id()),
        presence.lastSeenMicros(device.id()),
        presence.address(device.id()),
        refusal == null ? null : refusal.label(),
        entry.credentials().kinds());
  }
}
