package io.sluice.engine.registry;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.operator.DeviceDirectory;
import io.sluice.engine.registry.device.DeviceEditor;
import io.sluice.engine.registry.device.DeviceEntry;
import io.sluice.engine.registry.device.DeviceStore;
import io.sluice.engine.registry.presence.Presence;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The registry for operators: devices together with their presence. */
final class DeviceQueries implements DeviceDirectory {
  /** One more than a page has: who asks for it learns whether there is a further page. */
  private static final int MAX_PAGE = 1_001;

  private static final Duration MAX_OVERLAP = Duration.ofDays(30);

  private final DeviceStore devices;
  private final DeviceEditor editor;
  private final Presence presence;
  private final Clock clock;

  DeviceQueries(DeviceStore devices, DeviceEditor editor, Presence presence, Clock clock) {
    this.clock = clock;
    this.editor = editor;
    this.devices = devices;
    this.presence = presence;
  }

  @Override
  public List<DeviceView> list(Filter filter, @Nullable String after, int limit) {
    return page(filter, after, Math.clamp(limit, 1, MAX_PAGE)).stream().map(this::view).toList();
  }

  @Override
  public @Nullable DeviceView get(DeviceId id) {
    DeviceEntry entry = devices.index().find(id.value());
    return entry == null ? null : view(entry);
  }

  @Override
  public DeviceView put(DeviceSpec spec) throws InvalidDeviceException {
    return view(Objects.requireNonNull(editor.put(spec, Condition.NONE)));
  }

  @Override
  public @Nullable DeviceView put(DeviceSpec spec, Condition condition)
      throws InvalidDeviceException {
    DeviceEntry entry = editor.put(spec, condition);
    return entry == null ? null : view(entry);
  }

  @Override
  public boolean retire(DeviceId id) {
    return editor.retire(id.value());
  }

  @Override
  public boolean remove(DeviceId id) {
    return editor.remove(id.value(), Condition.NONE);
  }

  @Override
  public boolean remove(DeviceId id, Condition condition) {
    return editor.remove(id.value(), condition);
  }

  @Override
  public @Nullable String issueToken(DeviceId id, Duration overlap) {
    return editor.issueToken(id.value(), untilMillis(overlap));
  }

  @Override
  public @Nullable DeviceView rotate(DeviceId id, CredentialSpec credentials, Duration overlap)
      throws InvalidDeviceException {
    if (overlap.compareTo(MAX_OVERLAP) > 0) {
      throw new InvalidDeviceException("overlap: must be 0s to 30d");
    }
    DeviceEntry rotated = editor.rotate(id.value(), credentials, untilMillis(overlap));
    return rotated == null ? null : view(rotated);
  }

  private long untilMillis(Duration overlap) {
    return overlap.isPositive() ? clock.millis() + overlap.toMillis() : 0;
  }

  @Override
  public boolean revoke(DeviceId id) {
    return editor.revoke(id.value());
  }

  private List<DeviceEntry> page(Filter filter, @Nullable String after, int limit) {
    List<DeviceEntry> page = new ArrayList<>();
    for (DeviceEntry entry : devices.index().after(after)) {
      if (page.size() == limit) {
        break;
      }
      if (matches(filter, entry.device())) {
        page.add(entry);
      }
    }
    return page;
  }

  private static boolean matches(Filter filter, Device device) {
    return (filter.sector() == null || filter.sector().equals(device.sector()))
        && (filter.site() == null || filter.site().equals(device.site()))
        && (filter.profile() == null || filter.profile().equals(device.profile()))
        && (filter.retired() || !device.retired());
  }

  private DeviceView view(DeviceEntry entry) {
    Device device = entry.device();
    RejectReason refusal = presence.lastRefusal(device.id());
    return new DeviceView(
        device,
        presence.connected(device.id()),
        presence.lastSeenMicros(device.id()),
        presence.address(device.id()),
        refusal == null ? null : refusal.label(),
        entry.credentials().kinds(),
        entry.previous() == null
            ? null
            : TimeUnit.MILLISECONDS.toMicros(entry.previous().untilMillis()));
  }
}
