package io.sluice.sim.figures;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a device said nothing, as far as the fleet knows: what goes out may be heard, what is
 * answered was. Written by the device's event loop only; others read after the run has stopped.
 */
public final class SignsOfLife {
  /** Further ones are not kept, and the device cannot be judged. */
  private static final int MOST_SILENCES = 10_000;

  private final long leastMillis;
  private final List<Quiet> quiets = new ArrayList<>(0);
  private final List<Unheard> unheards = new ArrayList<>(0);
  private boolean isUnseen;
  private long mayMillis;
  private long sureMillis;

  /**
   * Nothing at all went out or came back: certainly silent.
   *
   * @param fromMillis since the epoch, by the fleet's clock
   */
  public record Quiet(long fromMillis, long toMillis) {}

  /**
   * Between two signs of life that the server certainly had: it may have been silent.
   *
   * @param fromMillis before the first of the two was heard
   * @param toMillis after the second was
   */
  public record Unheard(long fromMillis, long toMillis) {}

  /**
   * @param supervision shorter silences are not kept; null: none is
   * @param nowMillis the run's start
   */
  public SignsOfLife(@Nullable Duration supervision, long nowMillis) {
    this.leastMillis =
        supervision == null ? Long.MAX_VALUE : Math.max(1, supervision.toMillis() * 9 / 10);
    this.mayMillis = nowMillis;
    this.sureMillis = 0; // what was before the run nobody here knows
  }

  /** Something goes out, or came back. */
  public void mayBeHeard(long nowMillis) {
    if (nowMillis - mayMillis >= leastMillis) {
      if (quiets.size() < MOST_SILENCES) {
        quiets.add(new Quiet(mayMillis, nowMillis));
      } else {
        isUnseen = true;
      }
    }
    mayMillis = Math.max(mayMillis, nowMillis);
  }

  /**
   * The server answered what went out then.
   *
   * @param sentMillis when that was
   */
  public void wasHeard(long sentMillis, long nowMillis) {
    mayBeHeard(nowMillis);
    if (nowMillis - sureMillis >= leastMillis) {
      if (unheards.size() < MOST_SILENCES) {
        unheards.add(new Unheard(sureMillis, nowMillis));
      } else {
        isUnseen = true;
      }
    }
    sureMillis = Math.max(sureMillis, sentMillis);
  }

  /** It says things that nobody here sees. */
  public void speaksUnseen() {
    isUnseen = true;
  }

  /** Whether nothing can be told of its silences. */
  public boolean isUnseen() {
    return isUnseen;
  }

  /** In their order; the last one lasts until now. */
  public List<Quiet> quiets(long nowMillis) {
    List<Quiet> all = new ArrayList<>(quiets);
    if (nowMillis - mayMillis >= leastMillis) {
      all.add(new Quiet(mayMillis, nowMillis));
    }
    return all;
  }

  /** In their order; the first begins at 0, before the run, and the last one has no end. */
  public List<Unheard> unheards() {
    List<Unheard> all = new ArrayList<>(unheards);
    all.add(new Unheard(sureMillis, Long.MAX_VALUE));
    return all;
  }
}
