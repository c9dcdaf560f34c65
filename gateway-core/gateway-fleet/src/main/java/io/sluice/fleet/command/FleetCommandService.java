package io.sluice.fleet.command;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.fleet.FleetCommands;
import io.sluice.api.operator.CommandService;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.fleet.OrderOnce;
import io.sluice.engine.normalize.Downlinks;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.registry.command.CommandRules;
import io.sluice.store.postgres.PostgresCommands;
import io.sluice.store.postgres.PostgresLink;
import io.sluice.store.postgres.RegistryReader;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The commands of the whole fleet, as its own API gives them: they wait in PostgreSQL, and the
 * gateway that has the device delivers them. Where PostgreSQL is away, nothing is taken. Devices
 * are looked up in its registry at each call. Thread-safe; blocks on the network.
 */
public final class FleetCommandService implements CommandService {
  private final PostgresLink link;
  private final FleetCommands fleet;
  private final Profiles profiles;
  private final RegistryReader reader = RegistryReader.withoutKey();

  /**
   * @param profiles by whose codecs some devices' commands are written: one that its device does
   *     not know is refused here, as at a gateway
   */
  public FleetCommandService(PostgresLink link, Profiles profiles) {
    this.link = link;
    this.fleet = new PostgresCommands(link.dataSource());
    this.profiles = profiles;
  }

  /** Whether the fleet's registry has the device, in service or not. */
  public boolean isKnown(DeviceId device) {
    return find(device) != null;
  }

  private @Nullable Device find(DeviceId id) {
    requireStore();
    RegistryReader.Row row = link.transact(connection -> reader.device(connection, id.value()));
    return row == null ? null : row.device().device();
  }

  /** Where it is known to be away, nobody waits to find that out. */
  private void requireStore() {
    PostgresLink.State state = link.state();
    String reason = state.reason();
    if (!state.isConnected() && reason != null) {
      throw new StoreUnavailableException(reason);
    }
  }

  private FleetCommands fleet() {
    requireStore();
    return fleet;
  }

  @Override
  public Submission submit(
      DeviceId id, String name, ContentType contentType, byte[] payload, Duration expiry) {
    Device device = find(id);
    if (device == null || device.retired()) {
      return new Submission.UnknownDevice();
    }
    String fault = CommandRules.fault(name, payload, expiry);
    if (fault != null) {
      return new Submission.Invalid(fault);
    }
    try {
      var _ = new Downlinks(any -> device, profiles).encode(id, contentType, payload);
    } catch (PayloadException e) {
      return new Submission.Invalid("payload: " + e.getMessage());
    }
    return OrderOnce.submit(
        this::fleet,
        new FleetCommands.Order(
            UUID.randomUUID().toString(),
            id,
            device.parent(),
            name,
            contentType,
            payload.clone(),
            expiry));
  }

  @Override
  public @Nullable CommandView get(DeviceId device, String commandId) {
    return fleet().get(device, commandId);
  }

  @Override
  public List<CommandView> list(DeviceId device, int limit) {
    return fleet().list(device, limit);
  }

  @Override
  public @Nullable CommandView cancel(DeviceId device, String commandId) {
    return fleet().cancel(device, commandId);
  }
}
