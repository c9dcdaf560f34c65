package io.sluice.app.fleet;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Who says what stands in a topic. Immutable.
 *
 * @param region null where the configuration names none
 * @param run drawn at each start: what another run said of sessions holds no more
 */
record Origin(String gateway, @Nullable String region, String run) {
  /** Of what stands in the fleet's topics; a reader refuses one that is above its own. */
  static final int VERSION = 1;

  private static final int RUN_BYTES = 8;

  static Origin now(String gateway, @Nullable String region) {
    byte[] run = new byte[RUN_BYTES];
    new SecureRandom().nextBytes(run);
    return new Origin(gateway, region, HexFormat.of().formatHex(run));
  }

  static long micros(Clock clock) {
    return clock.millis() * 1_000;
  }
}
