package io.sluice.engine.audit;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
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
 * <p>A line of a refusal takes a token of a bucket of at most {@link #BURST}, which refills so
 * slowly that over the age for which the log is kept refusals fill {@link #SHARE} of its room:
 * whoever is refused, however variously, does not drive out what was done. At most {@link
 * #MAX_SPANS} kinds are counted. Beyond either bound refusals are folded by their action alone,
 * into a line each {@link #SEVERAL_SPAN_NANOS}. Of what a stranger says he is the first {@link
 * #NAME_MAX} characters are kept. Used by one thread.
 */
final class AuditFold {
  static final int BURST = 500;
  static final double SHARE = 0.2;
  static final int NAME_MAX = 64;

  /** The gateway's last event: nothing of before comes behind it. */
  static final String LAST = "gateway.stopped";

  /** More than a line of a refusal takes, names of control characters among them. */
  static final int LINE_BYTES = 1_000;

  private static final double PER_SECOND_MAX = 2 / 60.0;
  private static final int DETAIL_MAX = 200;
  static final int MAX_SPANS = 500;
  static final long FIRST_SPAN_NANOS = TimeUnit.SECONDS.toNanos(1);
  static final long LONGEST_SPAN_NANOS = TimeUnit.MINUTES.toNanos(5);
  static final long SEVERAL_SPAN_NANOS = TimeUnit.MINUTES.toNanos(30);

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
      if (from == null) {
        return null;
      }
      int colon = from.lastIndexOf(':');
      return colon < 0 ? from : from.substring(0, colon);
    }
  }

  private static final class Span {
    private AuditEvent like;
    private long nanos = FIRST_SPAN_NANOS;
    private long endNanos;
    private long count;
    private Instant last = Instant.EPOCH;
    private final boolean isOfOneKind;

    Span(AuditEvent like, boolean isOfOneKind, long nowNanos) {
      this.like = like;
      this.isOfOneKind = isOfOneKind;
      this.endNanos = nowNanos + nanos;
    }
  }

  private final Map<Kind, Span> spans = new HashMap<>();

  /** By action, of which there are as many as the program has. */
  private final Map<String, Span> several = new HashMap<>();

  private final double burst;
  private final double tokensPerNano;
  private double tokens;
  private long refilledNanos;

  /**
   * @param settings the room and the age that the log is kept in
   */
  AuditFold(AuditSettings settings, long nowNanos) {
    double lines = SHARE * settings.maxFileSize().value() * (settings.keepFiles() - 1) / LINE_BYTES;
    this.burst = Math.min(BURST, lines / 2);
    this.tokensPerNano = Math.min(PER_SECOND_MAX, lines / 2 / settings.keepAge().toSeconds()) / 1e9;
    this.tokens = burst;
    this.refilledNanos = nowNanos;
  }

  /** Whether nothing is being counted. */
  boolean isEmpty() {
    return spans.isEmpty() && several.isEmpty();
  }

  /** Takes an event: hands it on, or counts it. */
  void take(AuditEntry entry, long nowNanos, Consumer<AuditEntry> out) {
    if (entry.event().result() != Result.REFUSED) {
      if (entry.event().action().equals(LAST)) {
        end(nowNanos, out); // what was counted has come before it
      }
      out.accept(entry);
      return;
    }
    AuditEvent event = bounded(entry.event());
    Span span = spans.get(Kind.of(event));
    if (span == null && spans.size() < MAX_SPANS && takeToken(nowNanos)) {
      spans.put(Kind.of(event), new Span(event, true, nowNanos));
      out.accept(new AuditEntry(entry.time(), event, entry.times()));
      return;
    }
    if (span != null && span.isOfOneKind) {
      span.like = event; // the latest: of several the port differs
    }
    count(span == null ? several(event.action(), nowNanos) : span, entry.times(), entry.time());
  }

  /** Hands on all that was counted, in order of time. */
  private void end(long nowNanos, Consumer<AuditEntry> out) {
    List<AuditEntry> counted = new ArrayList<>();
    flush(nowNanos, true, counted::add);
    counted.stream().sorted(Comparator.comparing(AuditEntry::time)).forEach(out);
  }

  /** Nobody has vouched for what somebody says who was refused. */
  private static AuditEvent bounded(AuditEvent event) {
    String detail = event.detail();
    String target = event.target();
    return new AuditEvent(
        event.action(),
        cut(event.who(), NAME_MAX),
        event.from(),
        target == null ? null : cut(target, NAME_MAX),
        event.result(),
        detail == null ? null : cut(detail, DETAIL_MAX));
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "...";
  }

  private static void count(Span span, long times, Instant last) {
    span.count += times;
    span.last = last;
  }

  /** The span of all that is too various, of one action. */
  private Span several(String action, long nowNanos) {
    return several.computeIfAbsent(
        action,
        any ->
            new Span(
                new AuditEvent(
                    action,
                    "several",
                    null,
                    null,
                    Result.REFUSED,
                    "more different ones than are written out each"),
                false,
                nowNanos));
  }

  private boolean takeToken(long nowNanos) {
    tokens = Math.min(burst, tokens + (nowNanos - refilledNanos) * tokensPerNano);
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
        if (all || takeToken(nowNanos)) {
          out.accept(new AuditEntry(span.last, span.like, span.count));
        } else {
          count(several(span.like.action(), nowNanos), span.count, span.last);
        }
      }
      if (span.count == 0 || all) {
        each.remove();
      } else {
        span.count = 0;
        span.nanos = Math.min(LONGEST_SPAN_NANOS, span.nanos * 2);
        span.endNanos = nowNanos + span.nanos;
      }
    }
    flushSeveral(nowNanos, all, out);
  }

  /** One line each half hour while there is any; the first after a second. */
  private void flushSeveral(long nowNanos, boolean all, Consumer<AuditEntry> out) {
    Iterator<Span> each = several.values().iterator();
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
        span.endNanos = nowNanos + SEVERAL_SPAN_NANOS;
      }
    }
  }

  /** Kinds being counted: at most {@link #MAX_SPANS}, and one an action. */
  int size() {
    return spans.size() + several.size();
  }
}
