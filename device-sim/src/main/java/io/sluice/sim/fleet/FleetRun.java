package io.sluice.sim.fleet;

import io.netty.channel.EventLoopGroup;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.figures.FleetSnapshot;
import io.sluice.sim.figures.SignsOfLife;
import io.sluice.sim.figures.Silences;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.link.Links;
import io.sluice.sim.net.FileLimit;
import io.sluice.sim.net.Transports;
import io.sluice.sim.scenario.DeviceGroup;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.time.FleetTime;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A fleet at play. Start it, look at it from any thread, stop it, then audit it.
 *
 * <p>Each device keeps 8 bytes for every message it sent.
 */
public final class FleetRun implements AutoCloseable {
  private static final int CONNECTS_A_SECOND = 2_000;
  private static final long DRAIN_SECONDS = 10;

  private final Scenario scenario;
  private final FleetTime time;
  private final long startMillis;
  private final FleetCounters counters;
  private final List<DevicePlay> plays = new ArrayList<>();
  private final EventLoopGroup loops;
  private final Links links;
  private boolean stopped;

  private FleetRun(Scenario scenario, Endpoints endpoints, FleetTime time) throws IOException {
    this.scenario = scenario;
    this.time = time;
    this.startMillis = time.millis();
    this.counters = new FleetCounters(time);
    List<DeviceSpec> specs = scenario.devices();
    this.loops = Transports.group(1, "sim-fleet");
    this.links = links(specs, endpoints);
    for (DeviceSpec spec : specs) {
      SimDevice device = new SimDevice(spec, startMillis * 1000, originMillis() * 1000);
      plays.add(
          new DevicePlay(
              device,
              loops.next(),
              counters,
              new DeviceFaults(scenario, spec),
              time,
              startMillis,
              links::of));
    }
  }

  /** What time it is in the fleet's world when the run begins. */
  private long originMillis() {
    Instant start = scenario.start();
    return start == null ? startMillis : start.toEpochMilli();
  }

  private Links links(List<DeviceSpec> specs, Endpoints endpoints) throws IOException {
    try {
      return new Links(scenario, specs, endpoints, counters, loops.next());
    } catch (IOException | IllegalArgumentException e) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
      throw e;
    }
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
    long mqtt = connections(scenario, group -> group.transport().mqtt());
    long http = connections(scenario, group -> group.transport() == DeviceGroup.Transport.HTTP);
    long own = FileLimit.OWN + Links.descriptors(scenario);
    long room = FileLimit.limit() - own;
    long all = mqtt + http;
    return all <= room
        ? null
        : "the limit of open files is %d: about %d of the %d %s devices can connect; raise it with ulimit -n %d"
            .formatted(
                FileLimit.limit(),
                Math.max(0, room),
                all,
                http == 0 ? "MQTT" : "MQTT and HTTP",
                all + own);
  }

  private static long connections(Scenario scenario, Predicate<DeviceGroup> which) {
    return scenario.groups().stream().filter(which).mapToLong(DeviceGroup::connections).sum();
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

  /**
   * The broker between was killed: what it had acknowledged in the last milliseconds may be gone
   * with it, or come twice.
   */
  public void brokerForgot(long millis) {
    plays.forEach(play -> play.loop().execute(() -> play.brokerForgot(millis)));
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
    links.close();
    loops.shutdownGracefully(50, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
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
    return plays.stream().map(play -> new Played(play.device(), play.log(), play.signs())).toList();
  }

  /** How long acknowledgements took since the last call, microseconds. */
  public Histogram latencies() {
    return counters.latency.getIntervalHistogram();
  }

  /** When the server answered nobody. */
  public Silences silences() {
    return counters.silences;
  }

  /** What was refused though nothing was wrong with it, and why; the first twenty. */
  public List<String> refusals() {
    return counters.refusals();
  }

  /** What devices of MQTT were told until now, in the order of arrival; the first 100,000. */
  public List<FleetCounters.Told> told() {
    return counters.told();
  }

  /** What went wrong on purpose until now, in the order of its beginning. */
  public List<FaultSpan> faults() {
    List<DeviceSpec> specs = plays.stream().map(play -> play.device().spec()).toList();
    return FaultSpan.of(scenario, specs, elapsedMillis());
  }

  /** How many messages went out until now, none of them spoilt; each sending counts. */
  public long messages() {
    return counters.messages.sum();
  }

  /** How many of them were acknowledged until now. */
  public long messagesAcked() {
    return counters.messagesAcked.sum();
  }

  /** A device, what it sent, and when it said nothing. */
  public record Played(SimDevice device, SentLog log, SignsOfLife signs) {
    /** The same where nobody asks about its silences. */
    public Played(SimDevice device, SentLog log) {
      this(device, log, new SignsOfLife(null, 0));
    }
  }
}
