package io.sluice.engine.audit;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Folds refusals that repeat, so that whoever hammers at the door neither fills the disk nor drives
 * earlier events out of the log. The first of its kind (action, who, address, detail) is let
 * through; those that follow within a second are counted and become one line. While they go on the
 * span doubles, up to five minutes.
 *
 * <p>Different refusals are let through as long as a bucket of {@link #BURST} that refills by
 * {@link #PER_SECOND} a second has room, and at most {@link #MAX_SPANS} kinds are counted; beyond
 * it they are folded by their action alone. Used by one thread.
 */
final class AuditFold {
  static final int BURST = 500;
  static final int PER_SECOND = 2;
  static final int MAX_SPANS = 500;
  static final long FIRST_SPAN_NANOS = TimeUnit.SECONDS.toNanos(1);
  static final long LONGEST_SPAN_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final double TOKENS_PER_NANO = PER_SECOND / 1e9;

  /**
   * What makes two refusals alike.
   *
   * @param from without the port, which differs with each connection
   */
  private record Kind(
      String action, @Nullable String who, @Nullable String from, @Nullable String detail) {
    static Kind of(AuditEvent event) {
      return new Kind(event.action(), event.who(), host(event.from()), event.detail());
    }

    private static @Nullable String host(@Nullable String from) {
      int colon = from == null ? -1 : from.lastIndexOf(':');
      return colon < 0 ? from : from.substring(0, colon);
    }
  }

  private static final class Span {
    private final AuditEvent like;
    private long nanos = FIRST_SPAN_NANOS;
    private long endNanos;
    private long count;
    private Instant last = Instant.EPOCH;

    Span(AuditEvent like, long nowNanos) {
      this.like = like;
      this.endNanos = nowNanos + nanos;
    }
  }

  private final Map<Kind, Span> spans = new HashMap<>();
  private double tokens = BURST;
  private long refilledNanos;

  AuditFold(long nowNanos) {
    this.refilledNanos = nowNanos;
  }

  /** Whether nothing is being counted. */
  boolean isEmpty() {
    return spans.isEmpty();
  }

  /** Takes an event: hands it on, or counts it. */
  void take(AuditEntry entry, long nowNanos, Consumer<AuditEntry> out) {
    if (entry.event().result() != Result.REFUSED) {
      out.accept(entry);
      return;
    }
    Span span = spans.get(Kind.of(entry.event()));
    if (span == null && spans.size() < MAX_SPANS && takeToken(nowNanos)) {
      spans.put(Kind.of(entry.event()), new Span(entry.event(), nowNanos));
      out.accept(entry);
      return;
    }
    count(span == null ? several(entry.event().action(), nowNanos) : span, entry);
  }

  private static void count(Span span, AuditEntry entry) {
    span.count += entry.times();
    span.last = entry.time();
  }

  /** The span of all that is too various; as many as there are actions. */
  private Span several(String action, long nowNanos) {
    return spans.computeIfAbsent(
        new Kind(action, null, null, null),
        kind ->
            new Span(
                new AuditEvent(
                    action,
                    "several",
                    null,
                    null,
                    Result.REFUSED,
                    "more different ones than are written out each"),
                nowNanos));
  }

  private boolean takeToken(long nowNanos) {
    tokens = Math.min(BURST, tokens + (nowNanos - refilledNanos) * TOKENS_PER_NANO);
    refilledNanos = nowNanos;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  /**
   * Hands on what was counted in spans that are over.
   *
   * @param all end every span now
   */
  void flush(long nowNanos, boolean all, Consumer<AuditEntry> out) {
    Iterator<Span> each = spans.values().iterator();
    while (each.hasNext()) {
      Span span = each.next();
      if (!all && nowNanos - span.endNanos < 0) {
        continue;
      }
      if (span.count > 0) {
        out.accept(new AuditEntry(span.last, span.like, span.count));
      }
      if (span.count == 0 || all) {
        each.remove();
      } else {
        span.count = 0;
        span.nanos = Math.min(LONGEST_SPAN_NANOS, span.nanos * 2);
        span.endNanos = nowNanos + span.nanos;
      }
    }
  }

  /** Kinds being counted: at most {@link #MAX_SPANS}, and one an action. */
  int size() {
    return spans.size();
  }
}
