package io.sluice.codec.sparkplug;

import io.sluice.api.codec.PayloadException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds rules of the specification that a payload breaks, for people. Stateless. */
final class SparkplugRules {
  private static final int MAX_TOLD = 20;

  private SparkplugRules() {}

  /** One sentence each; of a payload that came by no known topic only what holds for all. */
  static List<String> broken(byte[] payload, String topic) {
    List<String> broken = new ArrayList<>();
    SparkplugTopic parsed = SparkplugTopic.parse(topic);
    if (parsed == null && topic.startsWith(SparkplugTopic.NAMESPACE)) {
      broken.add("odd: the topic is none of spBv1.0/group/type/node[/device]");
    }
    try {
      Metrics metrics = new Metrics().read(payload);
      ofPayload(parsed == null ? null : parsed.kind(), metrics, broken);
      for (int i = 0; i < metrics.count && broken.size() < MAX_TOLD; i++) {
        ofMetric(parsed == null ? null : parsed.kind(), metrics, i, broken);
      }
      aliasesTwice(metrics, broken);
    } catch (PayloadException e) {
      broken.add("odd: " + e.getMessage());
    }
    return broken;
  }

  private static void ofPayload(
      SparkplugTopic.@Nullable Kind kind, Metrics metrics, List<String> broken) {
    if (metrics.time == Metrics.NO_TIME && kind != SparkplugTopic.Kind.NDEATH) {
      broken.add("odd: no timestamp");
    }
    if (kind == null) {
      return;
    }
    boolean hasSeq = metrics.seq != Metrics.NO_SEQ;
    boolean wantsSeq = kind != SparkplugTopic.Kind.NDEATH && !kind.isCommand();
    if (hasSeq != wantsSeq) {
      broken.add("odd: %s %s".formatted(kind, wantsSeq ? "without seq" : "with a seq"));
    }
    boolean wantsBdSeq = kind == SparkplugTopic.Kind.NBIRTH || kind == SparkplugTopic.Kind.NDEATH;
    if (wantsBdSeq && Births.bdSeq(metrics) == Node.NO_BD_SEQ) {
      broken.add("odd: %s without the metric bdSeq".formatted(kind));
    }
  }

  private static void ofMetric(
      SparkplugTopic.@Nullable Kind kind, Metrics metrics, int i, List<String> broken) {
    String at = "odd: byte " + metrics.place[i] + ": ";
    if (!metrics.hasName(i) && !metrics.has(i, Metrics.ALIAS)) {
      broken.add(at + "a metric with neither name nor alias");
    }
    if (kind != null && kind.isBirth()) {
      if (!metrics.hasName(i)) {
        broken.add(at + "a metric of a birth without a name");
      }
      if (metrics.types[i] == DataType.UNKNOWN) {
        broken.add(at + "a metric of a birth without a datatype");
      }
    }
    if (metrics.has(i, Metrics.NULL) && metrics.valueField[i] != Metrics.NO_VALUE) {
      broken.add(at + "a metric that is null and has a value");
    }
  }

  private static void aliasesTwice(Metrics metrics, List<String> broken) {
    Set<Long> aliases = new HashSet<>();
    for (int i = 0; i < metrics.count && broken.size() < MAX_TOLD; i++) {
      if (metrics.has(i, Metrics.ALIAS) && metrics.hasName(i) && !aliases.add(metrics.alias[i])) {
        broken.add(
            "odd: byte %d: alias %s twice"
                .formatted(metrics.place[i], Long.toUnsignedString(metrics.alias[i])));
      }
    }
  }
}
