package io.sluice.sim.link;

import io.sluice.sim.device.Sample;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.link.Link.Birth;
import io.sluice.sim.link.Link.Message;
import io.sluice.sim.link.Link.Owner;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.time.Timers;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.sparkplug.EdgeNode;
import io.sluice.sim.vendor.sparkplug.Order;
import io.sluice.sim.vendor.sparkplug.Sparkplug;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection of an edge node of Sparkplug B. Node and devices are born when it is subscribed
 * and, where it has a primary host, that is there. All goes out at QoS 0: what no ping confirmed
 * before the connection broke goes out again as history, once its device is born anew.
 */
final class SparkplugConnection extends SharedConnection {
  /** Within what hosts wait: the specification names no time, and they take two seconds or more. */
  private static final long LATE_MILLIS = 1_500;

  private static final String ONLINE = "\"online\":true";

  private final EdgeNode node;
  private final DeviceSpec spec;
  private final FleetCounters counters;

  /** By its own clock, when each device that is born was. */
  private final Map<Way, Long> born = new HashMap<>();

  /** What broke off; bounded by the connection's window. */
  private final ArrayDeque<UnderWay> again = new ArrayDeque<>();

  /** The next message is held back. */
  private boolean isSwapping;

  /** One that has its {@code seq} and goes out behind the next one, or null. */
  private @Nullable Message late;

  private boolean isSubscribed;
  private boolean isHostThere;

  SparkplugConnection(TcpConnector door, Owner node, FleetCounters counters) {
    super(door, node, counters);
    this.spec = node.device().spec();
    this.node = new EdgeNode(spec);
    this.counters = counters;
  }

  @Override
  public boolean isConfirmedByPing() {
    return true;
  }

  @Override
  public Publication will() {
    return node.will(nowMillis());
  }

  @Override
  public long nowMillis() {
    return ways.getFirst().owner.nowMillis();
  }

  @Override
  public void connected() {
    // it has to be subscribed first
  }

  @Override
  public void subscribed() {
    isSubscribed = true;
    mayBeBorn();
  }

  /** As by way of a clustered server: section 5.9 of the specification has hosts wait for it. */
  @Override
  boolean swapsNext() {
    isSwapping = true;
    return true;
  }

  @Override
  void transmit(Message message) {
    UnderWay of = underWay.get(message.n());
    if (isSwapping && late == null && of != null && of.message() != null) {
      isSwapping = false;
      late = message;
      Timers.after(loop(), () -> sendLate(message), LATE_MILLIS);
    } else {
      connection.send(message);
      sendLate(late);
    }
  }

  /** Before a birth or death at the latest, behind which its aliases say nothing. */
  private void sendLate(@Nullable Message message) {
    if (message == null || !message.equals(late)) {
      return;
    }
    late = null;
    if (connection.isTalking()) {
      connection.send(message);
    } else {
      returned(message);
    }
  }

  private void mayBeBorn() {
    boolean isAwaited = Sparkplug.stateTopic(spec) != null && !isHostThere;
    if (isSubscribed && !isAwaited && connection.isTalking()) {
      ways.forEach(this::bear);
    }
  }

  private void bear(Way way) {
    boolean isNode = way.isOfConcentrator;
    if (way.isAway || !(isNode || born.containsKey(ways.getFirst()))) {
      return;
    }
    Birth birth = way.owner.born();
    if (birth == null) {
      return;
    }
    sendLate(late);
    DeviceSpec device = way.owner.device().spec();
    born.put(way, birth.millis());
    send(
        way,
        birth.ns(),
        null,
        isNode
            ? node.birth(birth.fields(), birth.millis())
            : node.birth(device, birth.fields(), birth.millis()));
    sendAgain(way);
  }

  private void sendAgain(Way way) {
    for (int left = again.size(); left > 0; left--) {
      UnderWay of = again.remove();
      Message message = of.message();
      if (of.way() != way || message == null) {
        again.add(of);
        continue;
      }
      way.owner.resent(message.n());
      way.isSettled();
      send(way, of.ns(), message, data(way, message, true));
    }
  }

  @Override
  public void returned(Message message) {
    UnderWay of = underWay.get(message.n());
    if (of == null) {
      return;
    }
    if (of.message() == null) {
      unanswered(message.n());
    } else {
      underWay.remove(message.n());
      again.add(of);
    }
  }

  @Override
  public void disconnected() {
    sendLate(late);
    isSubscribed = false;
    isHostThere = false;
    die();
  }

  private void die() {
    born.keySet().forEach(way -> way.owner.died());
    born.clear();
  }

  @Override
  boolean isReady(Way way) {
    return born.containsKey(way) && super.isReady(way);
  }

  @Override
  void isAway(Way way, boolean is) {
    super.isAway(way, is);
    if (is && born.remove(way) != null) {
      sendLate(late);
      connection.say(node.death(way.owner.device().spec(), nowMillis()));
      way.owner.died();
    } else if (!is && !born.containsKey(way) && connection.isTalking()) {
      bear(way);
    }
  }

  @Override
  void close(Way way) {
    if (way.isOfConcentrator) {
      leave();
    }
    super.close(way);
  }

  private void leave() {
    if (!born.isEmpty()) {
      sendLate(late);
      connection.say(node.death(nowMillis()));
      die();
    }
  }

  @Override
  Publication outgoing(Way way, Message message) {
    Sample sample = message.sample();
    boolean isHistory =
        sample != null && sample.micros() / 1000 < born.getOrDefault(way, Long.MAX_VALUE);
    if (isHistory) {
      way.owner.forwarded(message.n());
    }
    return data(way, message, isHistory);
  }

  private Publication data(Way way, Message message, boolean isHistory) {
    Sample sample = message.sample();
    if (sample == null) {
      throw new IllegalStateException("#" + message.n() + " has no sample");
    }
    return node.data(way.owner.device().spec(), sample, isHistory, nowMillis());
  }

  @Override
  public void told(String topic, byte[] payload) {
    if (topic.equals(Sparkplug.stateTopic(spec))) {
      state(new String(payload, StandardCharsets.UTF_8));
      return;
    }
    try {
      List<Order> orders = Order.of(payload);
      if (node.wantsRebirth(topic, orders)) {
        mayBeBorn();
      } else {
        ways.stream()
            .filter(way -> node.isFor(way.owner.device().spec(), topic))
            .forEach(way -> write(way, orders));
      }
    } catch (IllegalArgumentException e) {
      counters.trouble(spec.id() + ": " + e.getMessage());
    }
  }

  private void state(String text) {
    boolean wasThere = isHostThere;
    isHostThere = text.replace(" ", "").contains(ONLINE);
    if (isHostThere && !wasThere) {
      mayBeBorn();
    } else if (!isHostThere && wasThere) {
      leave();
      connection.reconnect();
    }
  }

  private void write(Way way, List<Order> orders) {
    if (!born.containsKey(way) || !connection.isTalking()) {
      return;
    }
    DeviceSpec device = way.owner.device().spec();
    if (node.write(device, orders)) {
      Birth written = way.owner.written();
      if (written != null) {
        send(way, written.ns(), null, node.written(device, written.millis()));
      }
    }
  }
}
