package io.sluice.api.operator;

import io.sluice.api.Lane;
import io.sluice.api.RejectReason;
import io.sluice.api.operator.Operations.EndpointView;
import io.sluice.api.operator.Operations.LedgerLine;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What flows through the gateway at one moment.
 *
 * @param atMicros the moment, microseconds since the epoch
 * @param connections protocol → connections open
 * @param acceptedPerSecond over the last 10 s
 * @param accepted messages since the start
 * @param refused since the start, most frequent first, without those that never occurred
 * @param endpoints listening sockets and far ends
 */
public record Flow(
    long atMicros,
    Map<String, Integer> connections,
    double acceptedPerSecond,
    long accepted,
    List<RefusedCount> refused,
    List<LaneFlow> lanes,
    List<UpstreamFlow> upstreams,
    LedgerView ledger,
    List<EndpointView> endpoints) {

  public record RefusedCount(RejectReason reason, long count) {}

  /**
   * @param name of the lane
   * @param fill bytes ÷ capacity, 0 to 1
   * @param bytesPerSecond growth, over the last five minutes, of what upstreams lack; negative
   *     while it shrinks
   * @param hoursLeft until it is full of that at that rate; 0 while it is at its bound, null where
   *     it does not grow
   */
  public record LaneFlow(
      Lane name,
      long bytes,
      long capacityBytes,
      long records,
      double fill,
      double bytesPerSecond,
      @Nullable Double hoursLeft) {}

  /**
   * @param forwarded records delivered, across restarts, as the ledger has them
   * @param backlogBytes an estimate: the backlog's records at the mean size of their lane
   * @param recordsPerSecond delivered, over the last 10 s
   * @param drainSeconds until the backlog is gone at the present rate; null where there is none or
   *     nothing of it was delivered of late
   */
  public record UpstreamFlow(
      String name,
      String state,
      long forwarded,
      long backlogRecords,
      long backlogBytes,
      double recordsPerSecond,
      @Nullable Double drainSeconds,
      @Nullable String lastError) {}

  /**
   * @param ledger per upstream and lane
   * @param balances whether every line does
   */
  public record LedgerView(List<LedgerLine> ledger, boolean balances) {
    public static LedgerView of(List<LedgerLine> lines) {
      return new LedgerView(lines, lines.stream().allMatch(LedgerLine::balances));
    }
  }
}
