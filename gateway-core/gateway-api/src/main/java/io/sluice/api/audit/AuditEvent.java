package io.sluice.api.audit;

import org.jspecify.annotations.Nullable;

/**
 * One thing that happened and that somebody may have to answer for. Names no secret.
 *
 * @param action what was done or tried, {@code noun.verb}: {@code session.refused}, {@code
 *     device.changed}, {@code token.issued}
 * @param who device id, name of an admin token or certificate subject; {@code gateway} for the
 *     gateway itself
 * @param from transport address, or null
 * @param target what it was done to, or null where that is who did it
 * @param result whether it was done
 * @param detail one sentence more, or null
 */
public record AuditEvent(
    String action,
    String who,
    @Nullable String from,
    @Nullable String target,
    Result result,
    @Nullable String detail) {
  /** How it ended. */
  public enum Result {
    DONE,
    REFUSED,
    FAILED
  }
}
