package io.sluice.engine.adapters;

import io.sluice.api.Command;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.Dialogue;
import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.engine.ingest.VendorSessions;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a device is spoken to whose vendor's rules go by what the session has said: what the files
 * say first, then that. Confined to the thread of the session.
 *
 * @param files by what the dialects' files say
 */
record SessionDialogue(
    Dialogue files, VendorSessions sessions, Device device, SessionUnpacker unpacker)
    implements Dialogue {
  @Override
  public boolean maySubscribe(String filter) {
    return files.maySubscribe(filter);
  }

  @Override
  public void subscribed(Collection<String> filters) {
    files.subscribed(filters);
  }

  @Override
  public List<Downlink> retained(String filter) {
    return sessions.retained(device, unpacker, filter);
  }

  @Override
  public boolean isImplicit() {
    return files.isImplicit();
  }

  @Override
  public String heard(DeviceId child) {
    return files.heard(child);
  }

  @Override
  public @Nullable Downlink write(Command command, int number, Predicate<String> isSubscribed) {
    Downlink written = files.write(command, number, isSubscribed);
    if (written != null) {
      return written;
    }
    Downlink own = sessions.write(device, unpacker, command);
    return own != null && isSubscribed.test(own.topic()) ? own : null;
  }
}
