package io.sluice.engine.coverage;

/** Sessions for tests. */
final class CoverageSessions {
  /** Nobody has one, nobody was heard. */
  static final CoverageBook.Sessions NONE =
      new CoverageBook.Sessions() {
        @Override
        public boolean connected(String id) {
          return false;
        }

        @Override
        public long lastSeenMicros(String id) {
          return Long.MIN_VALUE;
        }
      };

  private CoverageSessions() {}
}
