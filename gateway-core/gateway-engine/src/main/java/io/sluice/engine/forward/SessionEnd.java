package io.sluice.engine.forward;

/** Why a connection is given up. A verdict, not a fault of the program: no stack trace. */
final class SessionEnd extends Exception {
  private static final long serialVersionUID = 1;

  private final UpstreamState state;
  private final long afterMillis;

  /**
   * @param state to show until the next attempt
   * @param afterMillis least time until then
   */
  SessionEnd(UpstreamState state, String cause, long afterMillis) {
    super(cause, null, false, false);
    this.state = state;
    this.afterMillis = afterMillis;
  }

  UpstreamState state() {
    return state;
  }

  long afterMillis() {
    return afterMillis;
  }
}
