package io.sluice.sim.link;

import io.netty.channel.EventLoop;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.link.Link.Message;
import io.sluice.sim.link.Link.Owner;
import io.sluice.sim.scenario.DeviceSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The connection of a concentrator, over which the devices behind it speak. All of them are of one
 * event loop, to which it is confined.
 */
final class SharedConnection implements Owner {
  private final Owner concentrator;
  private final MqttLink connection;
  private final List<Way> ways = new ArrayList<>();

  /** Whose each message is that has no outcome; bounded by the connection's window. */
  private final Map<Long, UnderWay> underWay = new HashMap<>();

  private long nextN;

  private record UnderWay(Way way, long n) {}

  SharedConnection(TcpConnector door, Owner concentrator, FleetCounters counters) {
    this.concentrator = concentrator;
    this.connection = new MqttLink(door, this, counters);
  }

  /** The way of a device over this connection; the concentrator's own is the first. */
  Link way(Owner owner) {
    Way way = new Way(owner, ways.isEmpty());
    ways.add(way);
    return way;
  }

  @Override
  public SimDevice device() {
    return concentrator.device();
  }

  @Override
  public List<DeviceSpec> children() {
    return ways.stream().skip(1).map(way -> way.owner.device().spec()).toList();
  }

  @Override
  public EventLoop loop() {
    return concentrator.loop();
  }

  @Override
  public void connected() {
    ways.forEach(way -> way.owner.connected());
  }

  @Override
  public void mayBeHeard() {
    ways.forEach(way -> way.owner.mayBeHeard());
  }

  @Override
  public void wasHeard(long sinceNanos) {
    concentrator.wasHeard(sinceNanos);
  }

  @Override
  public void speaksUnseen() {
    concentrator.speaksUnseen();
  }

  @Override
  public void acked(long n) {
    ended(n, of -> of.way.owner.acked(of.n));
  }

  @Override
  public void refused(long n, String why) {
    ended(n, of -> of.way.owner.refused(of.n, why));
  }

  @Override
  public void unanswered(long n) {
    ended(n, of -> of.way.owner.unanswered(of.n));
  }

  @Override
  public void resent(long n) {
    UnderWay of = underWay.get(n);
    if (of != null) {
      of.way.owner.resent(of.n);
    }
  }

  private void ended(long n, Consumer<UnderWay> tell) {
    UnderWay of = underWay.remove(n);
    if (of != null) {
      of.way.pending--;
      tell.accept(of);
    }
  }

  /** One device's share; what befalls the connection itself comes by the concentrator's. */
  private final class Way implements Link {
    private final Owner owner;
    private final boolean isOfConcentrator;
    private boolean isAway;
    private int pending;

    Way(Owner owner, boolean isOfConcentrator) {
      this.owner = owner;
      this.isOfConcentrator = isOfConcentrator;
    }

    @Override
    public void open() {
      if (isOfConcentrator) {
        connection.open();
      }
    }

    @Override
    public boolean ready() {
      return !isAway && connection.ready();
    }

    @Override
    public void send(Message message) {
      long n = nextN++;
      if (owner.device().spec().group().isAnswered()) {
        underWay.put(n, new UnderWay(this, message.n()));
        pending++;
      }
      owner.mayBeHeard();
      connection.send(
          new Message(
              n, message.kind(), message.payload(), message.isBad(), message.publication()));
    }

    @Override
    public void cut() {
      away(true, connection::cut);
    }

    @Override
    public void restore() {
      away(false, connection::restore);
    }

    @Override
    public void sleep() {
      away(true, connection::sleep);
    }

    @Override
    public void mute() {
      away(true, connection::mute);
    }

    /** A device behind it is away alone. */
    private void away(boolean is, Runnable connections) {
      if (isOfConcentrator) {
        connections.run();
      } else {
        isAway = is;
      }
    }

    @Override
    public void lie(boolean isWrong) {
      if (isOfConcentrator) {
        connection.lie(isWrong);
      }
    }

    @Override
    public void lose(double chance) {
      if (isOfConcentrator) {
        connection.lose(chance);
      }
    }

    @Override
    public void move() {
      if (isOfConcentrator) {
        connection.move();
      }
    }

    @Override
    public int pending() {
      return pending;
    }

    @Override
    public void close() {
      if (isOfConcentrator) {
        connection.close();
      }
    }
  }
}
