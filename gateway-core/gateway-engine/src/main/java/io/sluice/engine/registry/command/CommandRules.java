package io.sluice.engine.registry.command;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a command may be, wherever it is given. */
public final class CommandRules {
  static final int MAX_PAYLOAD_BYTES = 64 << 10;
  static final Duration MIN_EXPIRY = Duration.ofSeconds(1);
  static final Duration MAX_EXPIRY = Duration.ofDays(30);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private CommandRules() {}

  /** What is out of bounds, one sentence; null where nothing is. */
  public static @Nullable String fault(String name, byte[] payload, Duration expiry) {
    if (!NAME.matcher(name).matches()) {
      return "name: must be 1 to 64 of letters, digits and . _ -";
    }
    if (payload.length > MAX_PAYLOAD_BYTES) {
      return "payload: has "
          + payload.length
          + " bytes; at most "
          + MAX_PAYLOAD_BYTES
          + " are taken";
    }
    if (expiry.compareTo(MIN_EXPIRY) < 0 || expiry.compareTo(MAX_EXPIRY) > 0) {
      return "expiresIn: must be 1s to 30d";
    }
    return null;
  }
}
