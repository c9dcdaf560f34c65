package io.sluice.sim.load;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a load run measured. A message belongs to it if it was due, or closed-loop sent, within the
 * measured time, and counts to its end: {@code sent = acked + errors + unanswered}.
 *
 * @param confirmation what {@code acked} counts: {@code PUBACK}, {@code PUBCOMP}, {@code 2.xx}, or
 *     for QoS 0 {@code PINGRESP}: the server had read the message, and says no more of it
 * @param due open-loop: messages that were due in the measured time; null otherwise
 * @param unsent of those, how many could not be sent before its end
 * @param unanswered had no answer until the end of the drain
 * @param ackedPerSecond answers within the measured time
 * @param latencyIsAtLeast whether messages without an answer are among the latencies, by their age
 * @param p50Micros latencies count from when a message was due (open-loop) or sent (closed-loop) to
 *     its acknowledgement; null where there is none, as for QoS 0
 * @param stalledWrites how often TCP's back-pressure held a write back
 * @param lostConnections peers that were refused or cut off
 * @param serverCpuMicrosPerMessage null without a process to look at
 * @param loadCpuMicrosPerMessage the generator's own
 */
record LoadResult(
    String target,
    String confirmation,
    double seconds,
    @Nullable Long due,
    long sent,
    long unsent,
    long acked,
    long unanswered,
    double ackedPerSecond,
    long errors,
    String firstError,
    long retransmitted,
    long stalledWrites,
    long lostConnections,
    @Nullable Double p50Micros,
    @Nullable Double p90Micros,
    @Nullable Double p99Micros,
    @Nullable Double p999Micros,
    @Nullable Double maxMicros,
    boolean latencyIsAtLeast,
    @Nullable Double serverCpuMicrosPerMessage,
    @Nullable Long serverResidentBytes,
    double loadCpuMicrosPerMessage) {
  static final String PINGRESP = "PINGRESP";

  /** Whether every message that was sent has its answer, and no connection was lost. */
  boolean isWhole() {
    return acked > 0 && unanswered == 0 && lostConnections == 0;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    line(text, "target", target);
    if (due != null) {
      line(text, "due", "%,d in %.1f s".formatted(due, seconds));
    }
    line(text, "sent", "%,d%s".formatted(sent, due == null ? " in %.1f s".formatted(seconds) : ""));
    if (due != null) {
      line(text, "due, not sent", "%,d".formatted(unsent));
    }
    String what = confirmation.equals(PINGRESP) ? "read by server" : "acknowledged";
    line(text, what, "%,d (%s)".formatted(acked, confirmation));
    line(text, what + "/s", "%,.0f".formatted(ackedPerSecond));
    line(text, "unanswered", "%,d".formatted(unanswered));
    line(text, "latency us", latency());
    line(text, "errors", errors + (firstError.isEmpty() ? "" : ", first: " + firstError));
    line(text, "lost connections", Long.toString(lostConnections));
    line(text, "retransmitted", Long.toString(retransmitted));
    line(text, "stalled writes", Long.toString(stalledWrites));
    if (serverCpuMicrosPerMessage != null && serverResidentBytes != null) {
      line(text, "server CPU", "%.2f us/message".formatted(serverCpuMicrosPerMessage));
      line(text, "server resident", "%.1f MB".formatted(serverResidentBytes / 1e6));
    }
    line(
        text,
        "generator CPU",
        String.format(Locale.ROOT, "%.2f us/message", loadCpuMicrosPerMessage));
    return text.toString();
  }

  private String latency() {
    if (p50Micros == null) {
      return confirmation.equals(PINGRESP) ? "none: QoS 0 is not acknowledged" : "none";
    }
    return "p50 %,.0f  p90 %,.0f  p99 %,.0f  p99.9 %,.0f  max %,.0f%s"
        .formatted(
            p50Micros,
            p90Micros,
            p99Micros,
            p999Micros,
            maxMicros,
            latencyIsAtLeast ? "  (at the least: some have no answer)" : "");
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-18s %s%n".formatted(name, value));
  }
}
