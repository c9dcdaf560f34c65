package io.sluice.api.fleet;

import org.jspecify.annotations.Nullable;

/**
 * How it stands with the fleet's store, as a gateway sees it.
 *
 * @param connection whether it answers
 * @param since when that began, in milliseconds since the epoch by the gateway's clock
 * @param reason why it is away, with the remedy; null where it is not
 * @param revision up to which the gateway's own copy has followed; 0: it has never
 * @param behind revisions that the store has and the copy has not, as far as is known
 */
public record FleetStoreState(
    Connection connection, long since, @Nullable String reason, long revision, long behind) {
  /** Whether the store answers. */
  public enum Connection {
    /** Not connected yet, or connected and catching up: changes are refused. */
    CONNECTING,
    /** The copy follows, changes are taken. */
    CONNECTED,
    /** It cannot be reached or used: the gateway goes on with its copy, changes are refused. */
    AWAY
  }
}
