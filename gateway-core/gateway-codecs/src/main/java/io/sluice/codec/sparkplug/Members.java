package io.sluice.codec.sparkplug;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The metrics of a node itself or of one of its devices. Guarded by its session. */
final class Members {
  /** Bytes that one keeps, about, beside its metrics. */
  private static final int COST_BYTES = 800;

  /** Null: the node itself. */
  final @Nullable String device;

  /** Ids under which it may be registered. */
  final List<String> ids;

  private static final long NEVER = Long.MIN_VALUE;

  /** Whether its birth holds. */
  boolean isBorn;

  /** When the message came that told of its death, which no birth has followed. */
  private long deadMicros = NEVER;

  /** Bytes that it has of the budget. */
  long chargedBytes;

  /** By their names, in the order of the birth. */
  Map<String, Known> byName = Map.of();

  Members(String group, String node, @Nullable String device) {
    this.device = device;
    this.ids = SparkplugTopic.ids(group, node, device);
  }

  void born() {
    isBorn = true;
    deadMicros = NEVER;
  }

  /**
   * Its birth does not hold any more.
   *
   * @return whether that is to be told: not where a message before has told it, but again where the
   *     same message is offered again
   */
  boolean dies(long receivedMicros) {
    isBorn = false;
    boolean isTold = deadMicros != NEVER && deadMicros != receivedMicros;
    if (!isTold) {
      deadMicros = receivedMicros;
    }
    return !isTold;
  }

  static long costBytes(Map<String, Known> metrics) {
    long cost = COST_BYTES;
    for (Known known : metrics.values()) {
      cost += known.costBytes();
    }
    return cost;
  }

  /** What the births of a message say, by name. */
  static Map<String, Known> sized(int metrics) {
    return LinkedHashMap.newLinkedHashMap(metrics);
  }

  /** For people. */
  String name(Node node) {
    return device == null ? node.name() : node.name() + '/' + device;
  }
}
