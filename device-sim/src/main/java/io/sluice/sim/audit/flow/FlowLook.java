package io.sluice.sim.audit.flow;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a gateway said of its flow at some moment between two, and what fleet and far end counted
 * just before and just after.
 *
 * @param fromMillis by the fleet's clock
 * @param acked messages that were acknowledged before
 * @param messages that had gone out after, each sending counted
 * @param arrived records that the far end had after
 */
record FlowLook(
    long fromMillis, long toMillis, long acked, long messages, long arrived, Said said) {
  private static final String TELEMETRY = "telemetry";

  /**
   * The gateway's figures of one upstream, and of the lane of telemetry.
   *
   * @param backlog by {@code /api/v1/flow}
   * @param queued by its ledger
   * @param hoursLeft of the lane; null where it does not grow
   * @param telemetry of {@code queued}, what is of that lane
   */
  record Said(
      long backlog,
      long accepted,
      long delivered,
      long queued,
      long dropped,
      long telemetry,
      long capacityBytes,
      long laneBytes,
      long laneRecords,
      @Nullable Double hoursLeft) {
    /**
     * Reads {@code /api/v1/flow}; null where there is no such upstream.
     *
     * @param upstream empty: the only one
     */
    static @Nullable Said of(JsonNode flow, String upstream) {
      JsonNode of = find(flow.path("upstreams"), upstream);
      if (of == null) {
        return null;
      }
      String name = of.path("name").asString("");
      long[] sums = new long[5];
      for (JsonNode line : flow.path("ledger").path("ledger")) {
        if (line.path("upstream").asString("").equals(name)) {
          sums[0] += line.path("accepted").asLong(0);
          sums[1] += line.path("delivered").asLong(0);
          sums[2] += line.path("queued").asLong(0);
          sums[3] += line.path("dropped").valueStream().mapToLong(JsonNode::asLong).sum();
          sums[4] += isTelemetry(line, "lane") ? line.path("queued").asLong(0) : 0;
        }
      }
      JsonNode lane = null;
      for (JsonNode each : flow.path("lanes")) {
        lane = isTelemetry(each, "name") ? each : lane;
      }
      JsonNode there = lane == null ? flow : lane;
      return new Said(
          of.path("backlogRecords").asLong(-1),
          sums[0],
          sums[1],
          sums[2],
          sums[3],
          sums[4],
          there.path("capacityBytes").asLong(0),
          there.path("bytes").asLong(0),
          there.path("records").asLong(0),
          there.path("hoursLeft").isNumber() ? (Double) there.path("hoursLeft").asDouble() : null);
    }

    private static boolean isTelemetry(JsonNode node, String key) {
      return node.path(key).asString("").equals(TELEMETRY);
    }

    private static @Nullable JsonNode find(JsonNode upstreams, String name) {
      if (name.isEmpty()) {
        return upstreams.size() == 1 ? upstreams.get(0) : null;
      }
      for (JsonNode each : upstreams) {
        if (each.path("name").asString("").equals(name)) {
          return each;
        }
      }
      return null;
    }

    /** Of the lane; 0 where it has no records. */
    double bytesARecord() {
      return laneRecords == 0 ? 0 : (double) laneBytes / laneRecords;
    }
  }
}
