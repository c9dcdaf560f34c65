package io.sluice.codec.sparkplug;

import io.sluice.api.codec.PayloadException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes births in: all of one, or nothing where it cannot be read. Not thread-safe. */
final class Births {
  private static final String BD_SEQ = "bdSeq";

  private final MemoryBudget budget;
  private final MetricProperties properties = new MetricProperties();

  Births(MemoryBudget budget) {
    this.budget = budget;
  }

  /** The value of the metric bdSeq, or {@link Node#NO_BD_SEQ}. */
  static long bdSeq(Metrics metrics) {
    for (int i = 0; i < metrics.count; i++) {
      boolean isOne =
          metrics.hasName(i)
              && metrics.nameEnd[i] - metrics.nameAt[i] == BD_SEQ.length()
              && metrics.name(i).equals(BD_SEQ);
      if (isOne && !metrics.isNull(i)) {
        return metrics.bits[i] & 0xFF;
      }
    }
    return Node.NO_BD_SEQ;
  }

  /** The node's own birth: what its devices said does not hold any more. */
  void ofNode(Node node, Metrics metrics, long receivedMicros, long digest)
      throws PayloadException {
    Map<Long, Node.Aliased> aliases = new HashMap<>();
    take(node, node.own, metrics, aliases);
    node.aliases = aliases;
    node.devices.values().forEach(each -> each.isBorn = false);
    node.bdSeq = bdSeq(metrics);
    node.nextSeq = metrics.seq == Metrics.NO_SEQ ? 1 : Node.after(metrics.seq);
    node.bornBy(receivedMicros, digest);
    node.rebirth.born();
  }

  /** A device's birth. */
  Members ofDevice(Node node, String device, Metrics metrics) throws PayloadException {
    Members before = node.devices.get(device);
    if (before == null && node.devices.size() == Node.MAX_DEVICES) {
      throw new PayloadException(
          "node %s has more than %d devices; give it fewer"
              .formatted(node.name(), Node.MAX_DEVICES));
    }
    Members members = before == null ? new Members(node.group, node.node, device) : before;
    Map<Long, Node.Aliased> aliases = new HashMap<>();
    take(node, members, metrics, aliases);
    node.devices.put(device, members);
    node.forgetAliases(members);
    node.aliases.putAll(aliases);
    return members;
  }

  private void take(Node node, Members members, Metrics metrics, Map<Long, Node.Aliased> aliases)
      throws PayloadException {
    Map<String, Known> named = Members.sized(metrics.count);
    for (int i = 0; i < metrics.count; i++) {
      if (!metrics.hasName(i)) {
        throw Wire.fault(metrics.place[i], "a birth has a metric without a name");
      }
      properties.read(metrics, i);
      Known known = new Known(metrics.name(i), metrics.types[i], properties.unit);
      named.put(known.name, known);
      metrics.known[i] = known;
      if (metrics.has(i, Metrics.ALIAS)) {
        alias(node, members, metrics, i, known, aliases);
      }
    }
    long cost = Members.costBytes(named);
    budget.exchange(members.chargedBytes, cost);
    members.chargedBytes = cost;
    members.byName = named;
    members.born();
  }

  private static void alias(
      Node node,
      Members members,
      Metrics metrics,
      int i,
      Known known,
      Map<Long, Node.Aliased> aliases)
      throws PayloadException {
    long alias = metrics.alias[i];
    Node.Aliased other = aliases.putIfAbsent(alias, new Node.Aliased(known, members));
    if (other == null && members.device != null) {
      Node.Aliased ofAnother = node.aliases.get(alias);
      other = ofAnother != null && ofAnother.of() != members ? ofAnother : null;
    }
    if (other != null) {
      throw Wire.fault(
          metrics.place[i],
          "alias %s is that of the metric \"%s\" of %s already"
              .formatted(
                  Long.toUnsignedString(alias), brief(other.metric().name), other.of().name(node)));
    }
  }

  /** A name as faults have it. */
  static String brief(@Nullable String name) {
    String text = String.valueOf(name);
    return text.length() > 60 ? text.substring(0, 60) + "..." : text;
  }
}
