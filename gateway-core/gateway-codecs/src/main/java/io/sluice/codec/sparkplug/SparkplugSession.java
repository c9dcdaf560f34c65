package io.sluice.codec.sparkplug;

import io.sluice.api.Command;
import io.sluice.api.Downlink;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.VendorSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one session's edge nodes have said: their births, and how far their messages have come. A
 * node's own connection has one node, that of a broker many.
 */
final class SparkplugSession implements VendorSession {
  /** Nodes of one session, at most. */
  static final int MAX_NODES = 5_000;

  private static final int MAX_TOPICS = 4_096;
  private static final int AHEAD = 128;

  /** The reorder time-out: section 5.9 of the specification names none. */
  private static final long PATIENCE_MICROS = 2_000_000;

  /** A message is read by one call: one for each thread. */
  private static final ThreadLocal<Metrics> METRICS = ThreadLocal.withInitial(Metrics::new);

  private final MemoryBudget budget;
  private final Births births;
  private final PartMaker parts = new PartMaker();
  private final Map<String, Node> nodes = new HashMap<>();

  /** Topics that came, so that none is taken apart anew. */
  private final Map<String, SparkplugTopic> topics = new HashMap<>();

  /** Nodes that are to be asked for their births. */
  private final List<Node> wanted = new ArrayList<>(1);

  // Of the message that is taken apart now.
  private long digest;
  private long micros;

  /** What the last message was told of a gap before it, or null. */
  private @Nullable String gap;

  SparkplugSession(MemoryBudget budget) {
    this.budget = budget;
    this.births = new Births(budget);
  }

  @Override
  public long patienceMicros() {
    return PATIENCE_MICROS;
  }

  @Override
  public @Nullable List<Part> unpack(
      String topic, byte[] payload, long receivedMicros, boolean mayWait) throws PayloadException {
    gap = null;
    SparkplugTopic parsed = topic(topic);
    if (parsed == null) {
      if (topic.startsWith(SparkplugTopic.NAMESPACE + "/" + SparkplugTopic.STATE + "/")) {
        return List.of(); // what another host says of itself
      }
      throw new PayloadException(
          "the topic is none of Sparkplug B; publish to spBv1.0/group/type/node[/device]");
    }
    if (parsed.kind().isCommand()) {
      return List.of(); // what another host asks of a node
    }
    Metrics metrics = METRICS.get().read(payload);
    digest = digest(payload);
    micros = receivedMicros;
    if (isRepeated(parsed, metrics)) {
      return List.of();
    }
    return switch (parsed.kind()) {
      case NBIRTH -> nodeBirth(parsed, metrics);
      case DBIRTH -> deviceBirth(parsed, metrics, mayWait);
      case NDEATH -> nodeDeath(parsed, metrics, receivedMicros);
      case DDEATH -> deviceDeath(parsed, metrics, receivedMicros, mayWait);
      default -> data(parsed, metrics, mayWait);
    };
  }

  /** What births and seq have said stays: values that came since are not those of the birth. */
  @Override
  public List<Part> again(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    SparkplugTopic parsed = topic(topic);
    if (parsed == null || parsed.kind().isCommand()) {
      return List.of();
    }
    Metrics metrics = METRICS.get().read(payload);
    Node node = node(parsed);
    if (parsed.kind() == SparkplugTopic.Kind.NDEATH) {
      return nodeDeath(parsed, metrics, receivedMicros);
    }
    Members known = node.members(parsed.device());
    Members members =
        known == null ? new Members(parsed.group(), parsed.node(), parsed.device()) : known;
    if (parsed.kind() == SparkplugTopic.Kind.DDEATH) {
      return death(members, metrics, receivedMicros);
    }
    parts.resolve(node, members, metrics);
    return switch (parsed.kind()) {
      case NBIRTH, DBIRTH -> parts.birth(members, metrics, gap);
      default -> parts.data(members, metrics, gap);
    };
  }

  private @Nullable SparkplugTopic topic(String topic) {
    SparkplugTopic known = topics.get(topic);
    if (known != null) {
      return known;
    }
    SparkplugTopic parsed = SparkplugTopic.parse(topic);
    if (parsed != null) {
      if (topics.size() == MAX_TOPICS) {
        topics.clear();
      }
      topics.put(topic, parsed);
    }
    return parsed;
  }

  /** The node, known from now on. */
  private Node node(SparkplugTopic topic) throws PayloadException {
    Node known = nodes.get(topic.nodeKey());
    if (known != null) {
      return known;
    }
    if (nodes.size() == MAX_NODES) {
      throw new PayloadException(
          "one session has more than " + MAX_NODES + " Sparkplug nodes; split them");
    }
    Node made = new Node(topic.group(), topic.node());
    nodes.put(topic.nodeKey(), made);
    return made;
  }

  /**
   * Whether a message came before in this session, as by two bridges: with that seq, that time and
   * all else.
   */
  private boolean isRepeated(SparkplugTopic topic, Metrics metrics) {
    Node node = nodes.get(topic.nodeKey());
    if (node == null || metrics.time == Metrics.NO_TIME) {
      return false; // without a time two messages may say the same
    }
    return switch (topic.kind()) {
      case NBIRTH -> node.isRepeatedBirth(micros, digest);
      case NDEATH -> false; // by its bdSeq
      default ->
          metrics.seq != Metrics.NO_SEQ
              && metrics.seq != node.nextSeq
              && node.isRepeated(metrics.seq, digest, micros);
    };
  }

  private List<Part> nodeBirth(SparkplugTopic topic, Metrics metrics) throws PayloadException {
    Node node = node(topic);
    if (node.isSameBirth(micros, digest)) {
      parts.resolve(node, node.own, metrics); // it is offered again: its devices stay
    } else {
      births.ofNode(node, metrics, micros, digest);
    }
    return parts.birth(node.own, metrics);
  }

  private static long digest(byte[] payload) {
    long hash = payload.length;
    for (byte each : payload) {
      hash = hash * 0x100000001B3L ^ each;
    }
    return hash;
  }

  private @Nullable List<Part> deviceBirth(SparkplugTopic topic, Metrics metrics, boolean mayWait)
      throws PayloadException {
    Node node = node(topic);
    if (!node.own.isBorn) {
      want(node);
      Members unborn = new Members(topic.group(), topic.node(), topic.device());
      parts.resolve(node, unborn, metrics);
      return parts.birth(unborn, metrics);
    }
    int missing = missing(node, metrics);
    if (missing > 0 && mayWait) {
      return null;
    }
    Members members = births.ofDevice(node, String.valueOf(topic.device()), metrics);
    gap = advance(node, metrics, missing);
    return parts.birth(members, metrics, gap);
  }

  private List<Part> nodeDeath(SparkplugTopic topic, Metrics metrics, long receivedMicros)
      throws PayloadException {
    Node node = node(topic);
    long bdSeq = Births.bdSeq(metrics);
    boolean isOfAnotherSession =
        bdSeq != Node.NO_BD_SEQ && node.bdSeq != Node.NO_BD_SEQ && bdSeq != node.bdSeq;
    if (isOfAnotherSession) {
      return List.of(); // the will of a connection before this birth: section 6.4.23
    }
    List<Part> dead = new ArrayList<>();
    node.rebirth.born(); // who is gone is not asked
    if (node.own.dies(receivedMicros)) {
      parts.addDeath(node.own, Metrics.NO_TIME, dead);
    }
    for (Members device : node.devices.values()) {
      if (device.dies(receivedMicros)) {
        parts.addDeath(device, Metrics.NO_TIME, dead);
      }
    }
    return dead;
  }

  private @Nullable List<Part> deviceDeath(
      SparkplugTopic topic, Metrics metrics, long receivedMicros, boolean mayWait)
      throws PayloadException {
    Node node = node(topic);
    Members known = node.members(topic.device());
    int missing = node.own.isBorn ? missing(node, metrics) : 0;
    if (missing > 0 && mayWait) {
      return null;
    }
    if (node.own.isBorn) {
      advance(node, metrics, missing);
    }
    if (!node.own.isBorn || known == null) {
      want(node);
    }
    Members members =
        known == null ? new Members(topic.group(), topic.node(), topic.device()) : known;
    return death(members, metrics, receivedMicros);
  }

  private List<Part> death(Members members, Metrics metrics, long receivedMicros) {
    if (!members.dies(receivedMicros)) {
      return List.of();
    }
    List<Part> dead = new ArrayList<>(1);
    parts.addDeath(members, metrics.time, dead);
    return dead;
  }

  private @Nullable List<Part> data(SparkplugTopic topic, Metrics metrics, boolean mayWait)
      throws PayloadException {
    Node node = node(topic);
    Members known = node.members(topic.device());
    int missing = node.own.isBorn ? missing(node, metrics) : 0;
    if (missing > 0 && mayWait) {
      return null;
    }
    gap = node.own.isBorn ? advance(node, metrics, missing) : null;
    boolean isBorn = node.own.isBorn && known != null && known.isBorn;
    if (!isBorn) {
      want(node);
    }
    Members members =
        known == null ? new Members(topic.group(), topic.node(), topic.device()) : known;
    try {
      parts.resolve(node, members, metrics);
    } catch (PayloadException unknown) {
      want(node);
      throw isBorn
          ? unknown
          : new PayloadException(
              "%s: no birth of it came in this session; %s"
                  .formatted(members.name(node), unknown.getMessage()));
    }
    return parts.data(members, metrics, gap);
  }

  /** How many messages should have come before this one; 0 where it comes late, or again. */
  private static int missing(Node node, Metrics metrics) {
    if (metrics.seq == Metrics.NO_SEQ) {
      return 0;
    }
    int ahead = (metrics.seq - node.nextSeq) & 0xFF;
    return ahead < AHEAD ? ahead : 0;
  }

  /** Goes on behind that message; what to tell where others are missing, or null. */
  private @Nullable String advance(Node node, Metrics metrics, int missing) {
    if (metrics.seq != Metrics.NO_SEQ) {
      node.heard(metrics.seq, digest, micros);
    }
    if (missing == 0 && metrics.seq != node.nextSeq) {
      return null; // without seq, late, or once more
    }
    int expected = node.nextSeq;
    node.nextSeq = Node.after(metrics.seq);
    if (missing == 0) {
      return null;
    }
    want(node);
    return "seq of %s jumps from %d to %d: %d of its messages did not come; its births are asked for"
        .formatted(node.name(), (expected - 1) & 0xFF, metrics.seq, missing);
  }

  private void want(Node node) {
    if (!node.rebirth.isWanted()) {
      node.rebirth.want();
      wanted.add(node);
    }
  }

  @Override
  public List<Downlink> requests(long nowMicros) {
    if (wanted.isEmpty()) {
      return List.of();
    }
    List<Downlink> due = new ArrayList<>(1);
    wanted.removeIf(node -> {
      if (node.rebirth.isDue(nowMicros)) {
        due.add(Commands.rebirth(node, nowMicros));
      }
      return !node.rebirth.isWanted();
    });
    return due;
  }

  @Override
  public List<Downlink> retained(String filter) {
    return HostState.matching(filter);
  }

  @Override
  public @Nullable Downlink write(Command command, long nowMicros) {
    return Commands.write(command, nodes.values(), nowMicros);
  }

  /** Who went without a death is as dead: DISCONNECT takes its will away, and no NDEATH comes. */
  @Override
  public List<Part> ended() {
    List<Part> dead = new ArrayList<>();
    for (Node node : nodes.values()) {
      addIfBorn(node.own, dead);
      node.devices.values().forEach(device -> addIfBorn(device, dead));
    }
    return dead;
  }

  private void addIfBorn(Members members, List<Part> dead) {
    if (members.isBorn) {
      members.isBorn = false;
      parts.addDeath(members, Metrics.NO_TIME, dead);
    }
  }

  @Override
  public void close() {
    for (Node node : nodes.values()) {
      budget.giveBack(node.own.chargedBytes);
      node.devices.values().forEach(device -> budget.giveBack(device.chargedBytes));
    }
    nodes.clear();
  }
}
