package io.sluice.sim.load;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop has seen of the messages that are measured: those that were due, or closed
 * loop sent, within a span. A message of the span counts to its end, however late its answer comes;
 * {@code sent = acked + errors + unanswered} then. Touched by that loop only.
 */
final class LoadTally {
  private static final long LONGEST_NANOS = 120_000_000_000L;
  private final Histogram latencyNanos = new Histogram(1_000, LONGEST_NANOS, 3);
  private long fromNanos;
  private long untilNanos;
  long sent;
  long unsent;
  long acked;
  long unanswered;
  long errors;
  long retransmitted;
  long stalledWrites;

  /** Answers that came within the span, whenever their message was sent. */
  long answersInSpan;

  String firstError = "";

  /** The span, by {@link System#nanoTime}; its end does not belong to it. */
  void measure(long from, long until) {
    fromNanos = from;
    untilNanos = until;
  }

  /** Whether a message of that time is one of those that are measured. */
  boolean measures(long startedNanos) {
    return startedNanos - fromNanos >= 0 && untilNanos - startedNanos > 0;
  }

  void sent(long startedNanos) {
    if (measures(startedNanos)) {
      sent++;
    }
  }

  void acked(long startedNanos, long nowNanos) {
    if (measures(nowNanos)) {
      answersInSpan++;
    }
    if (measures(startedNanos)) {
      acked++;
      latency(nowNanos - startedNanos);
    }
  }

  /**
   * The server has read messages, and says no more of them than that (QoS 0).
   *
   * @param measured those of the span
   */
  void read(long all, long measured, long nowNanos) {
    if (measures(nowNanos)) {
      answersInSpan += all;
    }
    acked += measured;
  }

  /** The server answered that it does not take a message. */
  void refused(long startedNanos, String what) {
    if (measures(startedNanos)) {
      error(what);
    } else {
      first(what);
    }
  }

  /** The server did what it may not. */
  void error(String what) {
    errors++;
    first(what);
  }

  /** No answer came until now: the message's latency is that at the least. */
  void unanswered(long startedNanos, long nowNanos, String what) {
    if (measures(startedNanos)) {
      unanswered++;
      latency(nowNanos - startedNanos);
      first(what);
    }
  }

  /** The server has not shown that it read so many messages of the span (QoS 0). */
  void unread(long measured) {
    unanswered += measured;
    if (measured > 0) {
      first(LoadRun.NO_ANSWER);
    }
  }

  /**
   * Messages were due from a time on, and could not be sent: their latency is the time that was
   * left at the least.
   */
  void unsent(long dueNanos, long periodNanos) {
    long due = dueNanos;
    if (due - fromNanos < 0) {
      due += ((fromNanos - due - 1) / periodNanos + 1) * periodNanos;
    }
    for (; untilNanos - due > 0; due += periodNanos) {
      unsent++;
      latency(untilNanos - due);
    }
  }

  private void latency(long nanos) {
    latencyNanos.recordValue(Math.clamp(nanos, 1_000, LONGEST_NANOS));
  }

  private void first(String what) {
    if (firstError.isEmpty()) {
      firstError = what;
    }
  }

  /** Microseconds, or null where there is no latency. */
  @Nullable Double micros(double percentile) {
    return latencyNanos.getTotalCount() == 0
        ? null
        : latencyNanos.getValueAtPercentile(percentile) / 1e3;
  }

  void addTo(LoadTally sum) {
    sum.latencyNanos.add(latencyNanos);
    sum.sent += sent;
    sum.unsent += unsent;
    sum.acked += acked;
    sum.unanswered += unanswered;
    sum.answersInSpan += answersInSpan;
    sum.errors += errors;
    sum.retransmitted += retransmitted;
    sum.stalledWrites += stalledWrites;
    if (sum.firstError.isEmpty()) {
      sum.firstError = firstError;
    }
  }
}
