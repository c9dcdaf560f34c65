package io.sluice.engine.coverage;

import io.sluice.engine.registry.presence.Presence;

/** Sessions for tests. */
final class CoverageSessions {
  /** Nobody has one, nobody was heard. */
  static final CoverageState.Sessions NONE =
      new CoverageState.Sessions() {
        @Override
        public Presence.Contact contact(String id) {
          return Presence.Contact.UNKNOWN;
        }

        @Override
        public long lastSeenMicros(String id) {
          return Long.MIN_VALUE;
        }
      };

  private CoverageSessions() {}
}
