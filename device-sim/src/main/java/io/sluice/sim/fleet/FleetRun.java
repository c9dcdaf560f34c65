package io.sluice.sim.fleet;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.sluice.sim.device.Hash;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Group;
import io.sluice.sim.scenario.Group.Transport;
import io.sluice.sim.scenario.Scenario;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A fleet at play. Start it, look at it from any thread, stop it, then audit it.
 *
 * <p>Each device keeps 8 bytes for every message it sent.
 */
public final class FleetRun implements AutoCloseable {
  private static final int CONNECTS_A_SECOND = 2_000;

  /** Devices with a client of Eclipse Paho, each with threads of its own; beyond, ours plays. */
  private static final int MOST_PAHOS = 200;

  private static final long DRAIN_SECONDS = 10;

  /** Descriptors that the simulator itself needs, libraries and sockets of CoAP included. */
  private static final long OWN_DESCRIPTORS = 200;

  private final Scenario scenario;
  private final FleetTime time;
  private final long startMillis;
  private final FleetCounters counters = new FleetCounters();
  private final List<DevicePlay> plays = new ArrayList<>();
  private final EventLoopGroup loops;
  private final @Nullable CoapSockets sockets;
  private boolean stopped;
  private int pahos;

  private FleetRun(Scenario scenario, Endpoints endpoints, FleetTime time) throws IOException {
    this.scenario = scenario;
    this.time = time;
    this.startMillis = time.millis();
    List<DeviceSpec> specs = scenario.devices();
    long coap = specs.stream().filter(spec -> !spec.group().transport().mqtt()).count();
    InetSocketAddress mqttServer =
        coap == specs.size() ? null : need(endpoints.mqtt(), 1883, "MQTT", "--mqtt");
    InetSocketAddress coapServer =
        coap == 0 ? null : need(endpoints.coap(), 5683, "CoAP", "--coap");
    this.sockets = coap == 0 ? null : new CoapSockets((int) coap);
    this.loops = Transports.group(1, "sim-fleet");
    Bootstrap bootstrap = new Bootstrap().channel(Transports.socket()).remoteAddress(mqttServer);
    for (DeviceSpec spec : specs) {
      SimDevice device = new SimDevice(spec, startMillis * 1000);
      plays.add(
          new DevicePlay(
              device,
              loops.next(),
              counters,
              new DeviceFaults(scenario, spec),
              time,
              startMillis,
              play -> link(play, bootstrap, mqttServer, coapServer)));
    }
  }

  private Link link(
      DevicePlay play,
      Bootstrap bootstrap,
      @Nullable InetSocketAddress mqttServer,
      @Nullable InetSocketAddress coapServer) {
    if (coapServer != null && sockets != null && !play.device().spec().group().transport().mqtt()) {
      return new CoapLink(sockets.of(plays.size()), coapServer, play, counters);
    }
    if (mqttServer != null && isPaho(play.device().spec())) {
      pahos++;
      return new PahoLink(mqttServer, play, counters);
    }
    return new MqttLink(bootstrap, play, counters);
  }

  private boolean isPaho(DeviceSpec spec) {
    Group group = spec.group();
    return group.transport() == Transport.MQTT_5
        && group.form().hasPlainTopics()
        && pahos < MOST_PAHOS
        && Hash.unit(spec.seed(), -7) < scenario.fidelity();
  }

  private static InetSocketAddress need(
      java.net.@Nullable URI uri, int port, String protocol, String option) {
    if (uri == null) {
      throw new IllegalArgumentException(
          "the scenario has devices that speak " + protocol + "; say where with " + option);
    }
    return Endpoints.address(uri, port);
  }

  /**
   * Starts every device; they connect at 2,000 a second.
   *
   * @throws IllegalArgumentException if the endpoints do not serve the scenario
   * @throws IOException if a socket cannot be opened
   */
  public static FleetRun start(Scenario scenario, Endpoints endpoints) throws IOException {
    return start(scenario, endpoints, FleetTime.real());
  }

  /** The same in a time of its own, which the gateway must live in as well. */
  public static FleetRun start(Scenario scenario, Endpoints endpoints, FleetTime time)
      throws IOException {
    FleetRun run = new FleetRun(scenario, endpoints, time);
    for (int i = 0; i < run.plays.size(); i++) {
      DevicePlay play = run.plays.get(i);
      long delayMillis = i * 1000L / CONNECTS_A_SECOND;
      play.loop().execute(() -> play.begin(delayMillis));
    }
    return run;
  }

  /**
   * Why not all devices will be able to connect, in one line with the remedy; null where they can.
   */
  public static @Nullable String shortage(Scenario scenario) {
    long mqtt =
        scenario.groups().stream()
            .filter(group -> group.transport().mqtt())
            .mapToLong(Group::count)
            .sum();
    long limit =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : Long.MAX_VALUE;
    long room = limit - OWN_DESCRIPTORS;
    return mqtt <= room
        ? null
        : "the limit of open files is %d: about %d of the %d MQTT devices can connect; raise it with ulimit -n %d"
            .formatted(limit, Math.max(0, room), mqtt, mqtt + OWN_DESCRIPTORS);
  }

  public Scenario scenario() {
    return scenario;
  }

  /** The time that it goes by. */
  public FleetTime time() {
    return time;
  }

  /** How long it has been going, by its own time. */
  public long elapsedMillis() {
    return time.millis() - startMillis;
  }

  /** When it began, milliseconds since the epoch. */
  public long startMillis() {
    return startMillis;
  }

  /** Figures now. */
  public FleetSnapshot snapshot() {
    return counters.snapshot(plays.size());
  }

  /**
   * Takes no more samples, waits at most 10 s for what is unanswered, disconnects. Afterwards
   * {@link #ledger} is final. A second call does nothing.
   */
  public synchronized void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    CountDownLatch drained = new CountDownLatch(plays.size());
    plays.forEach(play -> play.loop().execute(() -> play.stop(drained::countDown)));
    try {
      if (!drained.await(DRAIN_SECONDS, TimeUnit.SECONDS)) {
        counters.trouble(drained.getCount() + " devices still had unanswered messages at the end");
      }
      CountDownLatch closed = new CountDownLatch(plays.size());
      plays.forEach(play ->
          play.loop()
              .execute(() -> {
                play.close();
                closed.countDown();
              }));
      closed.await(DRAIN_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loops.shutdownGracefully(50, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    if (sockets != null) {
      sockets.close();
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** What each device sent and had acknowledged; only after {@link #stop}. */
  public synchronized List<Played> ledger() {
    if (!stopped) {
      throw new IllegalStateException("stop the run first");
    }
    return plays.stream().map(play -> new Played(play.device(), play.log())).toList();
  }

  /** How long acknowledgements took since the last call, microseconds. */
  public Histogram latencies() {
    return counters.latency.getIntervalHistogram();
  }

  /** What was refused though nothing was wrong with it, and why; the first twenty. */
  public List<String> refusals() {
    return counters.refusals();
  }

  /** What went wrong on purpose until now, in the order of its beginning. */
  public List<FaultSpan> faults() {
    List<DeviceSpec> specs = plays.stream().map(play -> play.device().spec()).toList();
    return FaultSpan.of(scenario, specs, elapsedMillis());
  }

  /** A device and what it sent. */
  public record Played(SimDevice device, SentLog log) {}
}
