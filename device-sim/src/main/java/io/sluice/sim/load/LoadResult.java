package io.sluice.sim.load;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a load run measured, the warm-up left out.
 *
 * @param latencies from when a message was due (open-loop) or sent (closed-loop) to its
 *     acknowledgement, microseconds
 * @param stalledWrites how often TCP's back-pressure held a write back
 * @param lostConnections peers that were refused or cut off
 * @param serverCpuMicrosPerMessage null without a process to look at
 * @param loadCpuMicrosPerMessage the generator's own
 */
record LoadResult(
    String target,
    double seconds,
    long sent,
    long acked,
    double ackedPerSecond,
    long errors,
    String firstError,
    long retransmitted,
    long stalledWrites,
    long lostConnections,
    double p50Micros,
    double p90Micros,
    double p99Micros,
    double p999Micros,
    double maxMicros,
    @Nullable Double serverCpuMicrosPerMessage,
    @Nullable Long serverResidentBytes,
    double loadCpuMicrosPerMessage) {

  String text() {
    StringBuilder text = new StringBuilder();
    line(text, "target", target);
    line(text, "acknowledged", "%,d in %.1f s".formatted(acked, seconds));
    line(text, "acknowledged/s", "%,.0f".formatted(ackedPerSecond));
    line(
        text,
        "latency us",
        "p50 %,.0f  p90 %,.0f  p99 %,.0f  p99.9 %,.0f  max %,.0f"
            .formatted(p50Micros, p90Micros, p99Micros, p999Micros, maxMicros));
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

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-18s %s%n".formatted(name, value));
  }
}
