package io.sluice.sim.link;

import io.netty.channel.EventLoop;
import io.sluice.sim.device.Kind;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.link.Link.Message;
import io.sluice.sim.link.Link.Owner;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Publication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a concentrator, over which the devices behind it speak. All of them are of one
 * event loop, to which it is confined.
 */
class SharedConnection implements Owner {
  private final Owner concentrator;
  final MqttLink connection;
  final List<Way> ways = new ArrayList<>();

  /** Whose each message is that has no outcome; bounded by the connection's window. */
  final Map<Long, UnderWay> underWay = new HashMap<>();

  private long nextN;

  /**
   * @param ns what stands in it, by the counters of its device
   * @param message as the device gave it; null where its session made it
   */
  record UnderWay(Way way, long[] ns, @Nullable Message message) {}

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
    ended(n, Owner::acked);
  }

  @Override
  public void refused(long n, String why) {
    ended(n, (owner, each) -> owner.refused(each, why));
  }

  @Override
  public void unanswered(long n) {
    ended(n, Owner::unanswered);
  }

  @Override
  public void resent(long n) {
    UnderWay of = underWay.get(n);
    if (of != null) {
      for (long each : of.ns) {
        of.way.owner.resent(each);
      }
    }
  }

  private void ended(long n, ObjLongConsumer<Owner> tell) {
    UnderWay of = underWay.remove(n);
    if (of != null) {
      of.way.pending--;
      for (long each : of.ns) {
        tell.accept(of.way.owner, each);
      }
    }
  }

  /**
   * Sends what a device says.
   *
   * @param ns what stands in it, by the device's counters
   * @param message as the device gave it, null where it is the session's
   * @param publication as it goes out; null: as the message has it
   */
  final void send(
      Way way, long[] ns, @Nullable Message message, @Nullable Publication publication) {
    long n = nextN++;
    if (way.owner.device().spec().group().isAnswered()) {
      underWay.put(n, new UnderWay(way, ns, message));
      way.pending++;
    }
    way.owner.mayBeHeard();
    if (publication != null) {
      transmit(new Message(n, Kind.TELEMETRY, false, publication));
    } else if (message != null) {
      transmit(
          new Message(
              n,
              message.kind(),
              message.payload(),
              message.isBad(),
              message.publication(),
              message.sample()));
    }
  }

  void transmit(Message message) {
    connection.send(message);
  }

  /** See {@link Link#swapsNext}. */
  boolean swapsNext() {
    return false;
  }

  /** As it goes out; null: as the message has it. */
  @Nullable Publication outgoing(Way way, Message message) {
    return null;
  }

  boolean isReady(Way way) {
    return !way.isAway && connection.ready();
  }

  /** A device behind the connection is gone, or is back. */
  void isAway(Way way, boolean is) {
    way.isAway = is;
  }

  void close(Way way) {
    if (way.isOfConcentrator) {
      connection.close();
    }
  }

  /** One device's share; what befalls the connection itself comes by the concentrator's. */
  final class Way implements Link {
    final Owner owner;
    final boolean isOfConcentrator;
    boolean isAway;
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
      return isReady(this);
    }

    @Override
    public void send(Message message) {
      SharedConnection.this.send(this, new long[] {message.n()}, message, outgoing(this, message));
    }

    @Override
    public boolean swapsNext() {
      return SharedConnection.this.swapsNext();
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
        SharedConnection.this.isAway(this, is);
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

    /** One that is sent again counts anew. */
    void isSettled() {
      pending--;
    }

    @Override
    public int pending() {
      return pending;
    }

    @Override
    public void close() {
      SharedConnection.this.close(this);
    }
  }
}
