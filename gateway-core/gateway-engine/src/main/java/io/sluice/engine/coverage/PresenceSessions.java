package io.sluice.engine.coverage;

import io.sluice.engine.registry.presence.Presence;
import org.jspecify.annotations.Nullable;

/** What {@link Presence} knows of sessions. */
record PresenceSessions(Presence presence) implements CoverageState.Sessions {
  @Override
  public Presence.Contact contact(String id) {
    return presence.contact(id);
  }

  @Override
  public long lastSeenMicros(String id) {
    @Nullable Long seen = presence.lastSeenMicros(id);
    return seen == null ? Long.MIN_VALUE : seen;
  }
}
