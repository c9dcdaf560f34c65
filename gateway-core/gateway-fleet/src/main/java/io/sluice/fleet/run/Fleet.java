package io.sluice.fleet.run;

import io.sluice.admin.AdminServer;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.health.Guarded;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.fleet.alarm.Acknowledgements;
import io.sluice.fleet.command.FleetCommandService;
import io.sluice.fleet.config.Advertised;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.config.ViewSettings;
import io.sluice.fleet.device.DeviceWriter;
import io.sluice.fleet.gateway.GatewayBook;
import io.sluice.fleet.partition.FleetTopology;
import io.sluice.fleet.partition.LivePartitions;
import io.sluice.fleet.partition.Topics;
import io.sluice.fleet.topic.Refusals;
import io.sluice.fleet.view.FleetSurface;
import io.sluice.fleet.view.Peers;
import io.sluice.fleet.view.StoreSide;
import io.sluice.store.postgres.PostgresLink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance of the fleet's view. Its admin listener is there at once; Kafka is joined when it
 * answers and has the fleet's topics, and until then the instance says why it is not ready.
 */
public final class Fleet implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);
  private static final long AGAIN_SECONDS = 5;

  private final ViewSettings view;
  private final BusClients clients;
  private final Topics topics;
  private final Calendar calendar;
  private final Clock clock = Clock.systemUTC();
  private final GatewayBook gateways = new GatewayBook(clock);
  private final Acknowledgements acts = new Acknowledgements();
  private final LivePartitions live = new LivePartitions();
  private final Refusals refusals = new Refusals(System::currentTimeMillis);
  private final List<AutoCloseable> started = new ArrayList<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final TopicFollower follower;
  private volatile String waiting = "Kafka has not been asked yet";
  private volatile @Nullable StreamsRun streams;
  private @Nullable AdminServer admin;
  private @Nullable LateInstances instances;
  private @Nullable DeviceWriter devices;
  private final Thread joiner =
      Thread.ofPlatform()
          .name("fleet-join")
          .daemon()
          .unstarted(Guarded.loop("fleet-join", this::join, this::isDone));

  private Fleet(FleetFile file, FleetBusSettings bus) {
    this.view = file.view();
    this.clients = new BusClients(bus);
    this.topics = new Topics(bus.topicPrefix());
    this.calendar = file.coverage().calendar();
    this.follower =
        new TopicFollower(
            clients.common(),
            Map.of(
                topics.gateways(),
                record -> gateways.take(record.key(), record.value(), record.timestamp()),
                topics.acknowledgements(),
                record -> acts.take(record.key(), record.value(), clock.millis() * 1_000)),
            refusals);
  }

  /**
   * Starts an instance.
   *
   * @throws IOException where its address cannot be bound; the message names it and the remedy
   */
  public static Fleet start(FleetFile file, FleetBusSettings bus, String version, AuditTrail audit)
      throws IOException, InterruptedException {
    Fleet fleet = new Fleet(file, bus);
    try {
      fleet.startAll(file, version, audit);
      return fleet;
    } catch (IOException | InterruptedException | RuntimeException e) {
      fleet.close();
      throw e;
    }
  }

  private void startAll(FleetFile file, String version, AuditTrail audit)
      throws IOException, InterruptedException {
    Secret own = view.peerToken() == null ? file.admin().token() : view.peerToken();
    Peers peers = closing(new Peers(null, own == null ? null : own.value(), view.peerTimeout()));
    LateInstances late = new LateInstances();
    instances = late;
    ActWriter writer = closing(new ActWriter(clients.common(), topics.acknowledgements()));
    FleetSurface surface =
        new FleetSurface(
            version,
            live,
            gateways,
            acts,
            writer,
            late,
            peers,
            refusals,
            calendar,
            openStore(file),
            clock,
            this::problem);
    AdminServer server = closing(AdminServer.start(file.admin(), surface, audit));
    admin = server;
    late.self(Advertised.of(view.advertise(), server.address()));
    joiner.start();
  }

  /** What the fleet's store is for; null where the file names none. */
  private @Nullable StoreSide openStore(FleetFile file) throws IOException {
    FleetStoreSettings store = file.store();
    if (store == null) {
      return null;
    }
    Profiles profiles = profiles(file);
    PostgresLink link = closing(PostgresLink.open(store, "sluice fleet", clock));
    DeviceWriter writer =
        closing(new DeviceWriter(link, store, clients.common(), topics.devices(), profiles, clock));
    devices = writer;
    return new StoreSide(new FleetCommandService(link, profiles), writer::standing);
  }

  private static Profiles profiles(FleetFile file) throws IOException {
    Profiles.Loaded loaded = FleetFile.profiles(file.profiles());
    if (!loaded.faults().isEmpty()) {
      throw new IOException(loaded.faults().getFirst());
    }
    return loaded.profiles();
  }

  private <T extends AutoCloseable> T closing(T part) {
    started.add(part);
    return part;
  }

  private boolean isDone() {
    return stop.getCount() == 0 || streams != null;
  }

  /** Waits for Kafka and the fleet's topics, and takes part then. */
  private void join() {
    String told = "";
    while (!isDone()) {
      try {
        TopicCheck.Found found = TopicCheck.of(clients.common(), topics);
        if (found.problem().isEmpty()) {
          join(found.partitions());
          return;
        }
        waiting = found.problem();
      } catch (KafkaException e) {
        waiting = "Kafka cannot be reached: " + e.getMessage();
      } catch (InterruptedException e) {
        return;
      }
      if (!told.equals(waiting)) {
        LOG.warn("fleet: {}; trying again each {} s", waiting, AGAIN_SECONDS);
        told = waiting;
      }
      pause();
    }
  }

  private void pause() {
    try {
      if (stop.await(AGAIN_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      stop.countDown();
    }
  }

  private void join(int partitions) throws InterruptedException {
    DeviceWriter writer = devices;
    if (writer != null) {
      writer.start();
    }
    waiting = "what gateways say of themselves is being read";
    follower.start();
    while (!follower.isCaughtUp()) {
      if (stop.await(100, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
    LateInstances late = instances;
    if (late == null) {
      return;
    }
    StreamsRun run =
        new StreamsRun(
            late.self(),
            topics,
            partitions,
            FleetTopology.of(topics, gateways, live, calendar, refusals),
            clients.properties(),
            view);
    synchronized (this) {
      if (stop.getCount() == 0) {
        return;
      }
      streams = run;
      run.start();
    }
    late.joined(run);
  }

  private @Nullable String problem() {
    StreamsRun run = streams;
    return run == null ? waiting : run.problem();
  }

  /** Where its admin listener is. */
  public InetSocketAddress address() {
    AdminServer server = admin;
    if (server == null) {
      throw new IllegalStateException("the admin listener is not there");
    }
    return server.address();
  }

  @Override
  public void close() {
    StreamsRun run;
    synchronized (this) {
      stop.countDown();
      run = streams;
    }
    joiner.interrupt();
    if (run != null) {
      run.close();
    }
    follower.close();
    for (AutoCloseable part : started.reversed()) {
      try {
        part.close();
      } catch (Exception e) { // what an AutoCloseable may throw
        LOG.warn("fleet: closing: {}", e.toString());
      }
    }
  }
}
