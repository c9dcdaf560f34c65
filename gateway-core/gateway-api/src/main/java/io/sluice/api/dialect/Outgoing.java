package io.sluice.api.dialect;

import io.sluice.api.Command;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way to a device by one session. Immutable.
 *
 * @param number of the command in the session, from 1; the device's answer may name it
 * @param self id of the session's device: the addressee, or the concentrator of the addressee
 * @param names what the sign-in named, and what is subscribed to
 * @param lastTopic by which the addressee was last heard through the session's device, or null
 */
public record Outgoing(
    Command command,
    int number,
    String self,
    Map<String, String> names,
    @Nullable String lastTopic) {
  public Outgoing {
    names = Map.copyOf(names);
  }

  /** Whether it is for a child of the session's device. */
  public boolean isToChild() {
    return !command.device().value().equals(self);
  }
}
