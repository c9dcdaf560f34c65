package io.sluice.fleet.command;

import io.sluice.admin.http.NotOfferedException;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.operator.CommandService;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands of a fleet whose configuration names no store: each call says so. */
public final class NoCommands implements CommandService {
  private static NotOfferedException missing() {
    return new NotOfferedException(
        "this instance knows no store of commands; add fleet: { store: { uri:"
            + " postgresql://HOST:5432/NAME, user: ... } } to its configuration and start it anew,"
            + " or give the command at a gateway");
  }

  @Override
  public Submission submit(
      DeviceId device, String name, ContentType contentType, byte[] payload, Duration expiry) {
    throw missing();
  }

  @Override
  public @Nullable CommandView get(DeviceId device, String commandId) {
    throw missing();
  }

  @Override
  public List<CommandView> list(DeviceId device, int limit) {
    throw missing();
  }

  @Override
  public @Nullable CommandView cancel(DeviceId device, String commandId) {
    throw missing();
  }
}
