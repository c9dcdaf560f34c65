package io.sluice.engine.forward;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How it stands with one upstream, for log and status: a failure is told once, and "connected"
 * after one only when something was confirmed, or when nothing was to be sent for a while. Changed
 * by the Forwarder's thread, read by any.
 */
final class LineStatus {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

  /** A connection that lived so long counts as a good one. */
  private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** So many short ones in a row are told as such. */
  private static final int SHORT_LIVED_TOLD = 5;

  private final String upstream;
  private final Refusals refusals;
  private volatile UpstreamState state = UpstreamState.CONNECTING;
  private volatile @Nullable String detail;
  private volatile @Nullable String held;
  private volatile List<String> absent = List.of();
  private volatile long reconnects = -1;

  // Of the Forwarder's thread alone.
  private @Nullable String toldFailure;
  private boolean isConnectedTold;
  private long openedNanos;
  private boolean isOpen;
  private int shortLived;

  LineStatus(String upstream, Refusals refusals) {
    this.upstream = upstream;
    this.refusals = refusals;
  }

  UpstreamState state() {
    return state;
  }

  /** What is wrong, gravest first; null where all is well. */
  @Nullable String detail() {
    String wrong = detail != null ? detail : held;
    return wrong != null ? wrong : refusals.detail();
  }

  /** Names of destinations that are not there. */
  List<String> absent() {
    return absent;
  }

  /** How often a connection was made anew since start. */
  long reconnects() {
    return Math.max(0, reconnects);
  }

  void opening() {
    state = state == UpstreamState.STALLED ? state : UpstreamState.CONNECTING;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // the forwarder's thread alone writes
  void opened(long nowNanos) {
    state = UpstreamState.CONNECTED;
    openedNanos = nowNanos;
    isOpen = true;
    reconnects++;
    if (toldFailure == null) {
      tellConnected();
    }
  }

  private void tellConnected() {
    if (!isConnectedTold) {
      isConnectedTold = true;
      LOG.info("upstream {}: connected", upstream);
    }
  }

  /** An operator has stopped it for a while. */
  void paused() {
    if (state != UpstreamState.PAUSED) {
      state = UpstreamState.PAUSED;
      detail = "paused by an operator; sluice upstream resume " + upstream;
      LOG.warn("upstream {}: {}", upstream, detail);
      isConnectedTold = false;
      isOpen = false;
    }
  }

  void resumed() {
    if (state == UpstreamState.PAUSED) {
      state = UpstreamState.CONNECTING;
      detail = null;
      toldFailure = null;
    }
  }

  /** Something was confirmed on this connection. */
  void confirmed() {
    if (shortLived < SHORT_LIVED_TOLD) {
      well();
    }
  }

  /** Called now and then while the connection holds. */
  void holds(boolean isIdle, long nowNanos) {
    if (nowNanos - openedNanos >= STEADY_NANOS) {
      shortLived = 0;
      if (isIdle) {
        well();
      }
    }
  }

  private void well() {
    if (detail != null || toldFailure != null || !isConnectedTold) {
      detail = null;
      toldFailure = null;
      tellConnected();
    }
  }

  /** What is held back of the records, while others go on. */
  void held(Suspects suspects) {
    if (suspects.isIdle() && held == null) {
      return;
    }
    held = suspects.detail();
    List<String> now = suspects.absent();
    if (!now.equals(absent)) {
      if (now.isEmpty()) {
        LOG.info("upstream {}: all destinations are there again", upstream);
      } else {
        LOG.warn("upstream {}: {}", upstream, held);
      }
      absent = now;
    }
  }

  /**
   * The connection is over, or could not be made.
   *
   * @param isExplained whether a record explains it
   * @return whether the next attempt may be made soon: this one was good, or is explained
   */
  boolean isWorthASoonAttempt(boolean isExplained, long nowNanos) {
    boolean isSteady = isOpen && nowNanos - openedNanos >= STEADY_NANOS;
    if (isSteady || isExplained) {
      shortLived = 0;
    } else if (isOpen) {
      shortLived++;
    }
    isOpen = false;
    return isSteady || isExplained;
  }

  void failed(SessionEnd end, @Nullable String hint, long delayMillis) {
    String cause = String.valueOf(end.getMessage());
    if (shortLived >= SHORT_LIVED_TOLD) {
      cause = cause + "; connections do not last" + (hint == null ? "" : ": " + hint);
    }
    state = end.state();
    if (!cause.equals(toldFailure)) {
      LOG.warn("upstream {}: {}; next attempt in {} ms", upstream, cause, delayMillis);
    }
    toldFailure = cause;
    isConnectedTold = false;
    detail = cause;
  }
}
