package io.sluice.fleet.run;

import io.sluice.admin.AdminServer;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.cli.Closing;
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
import io.sluice.fleet.view.PeerAccess;
import io.sluice.fleet.view.Peers;
import io.sluice.fleet.view.StoreSide;
import io.sluice.store.postgres.PostgresLink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One instance of the fleet's view. Its admin listener is there at once; Kafka is joined when it
 * answers and has the fleet's topics, and until then the instance says why it is not ready.
 */
public final class Fleet implements AutoCloseable {
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
  private final TopicFollower follower;
  private @Nullable AdminServer admin;
  private final LateInstances instances = new LateInstances();
  private @Nullable DeviceWriter devices;
  private boolean isPrepared;
  private final FleetJoin join;

  private Fleet(FleetFile file, FleetBusSettings bus) {
    this.view = file.view();
    this.clients = new BusClients(bus);
    this.topics = new Topics(bus.topicPrefix());
    this.calendar = file.coverage().calendar();
    this.follower =
        new TopicFollower(
            clients::common,
            Map.of(
                topics.gateways(),
                record -> gateways.take(record.key(), record.value(), record.timestamp()),
                topics.acknowledgements(),
                record -> acts.take(record.key(), record.value(), clock.millis() * 1_000)),
            refusals);
    this.join =
        new FleetJoin(
            () -> TopicCheck.of(clients.common(), topics, view.applicationId()),
            this::prepare,
            this::begin,
            instances,
            view.state());
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
    clients.common(); // files that cannot be used are told of at once
    PeerAccess access = PeerAccess.of(view, file.admin());
    Peers peers = closing(new Peers(access, view.peerTimeout()));
    ActWriter writer = closing(new ActWriter(clients::common, topics.acknowledgements()));
    FleetSurface surface =
        new FleetSurface(
            version,
            live,
            gateways,
            acts,
            writer,
            instances,
            peers,
            refusals,
            calendar,
            openStore(file),
            clock,
            join::problem);
    AdminServer server = closing(AdminServer.start(file.admin(), surface, audit));
    admin = server;
    String self = Advertised.of(view.advertise(), server.address());
    access.requireReachable(self);
    instances.self(self);
    started.add(follower);
    started.add(join);
    join.start();
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
        closing(new DeviceWriter(link, store, clients::common, topics.devices(), profiles, clock));
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

  /** What goes before the work, of the thread that joins: why it is not done yet. */
  private @Nullable String prepare() {
    if (!isPrepared) {
      isPrepared = true;
      DeviceWriter writer = devices;
      if (writer != null) {
        writer.start();
      }
      follower.start();
    }
    if (follower.isCaughtUp()) {
      return null;
    }
    String problem = follower.problem();
    return problem == null ? "what gateways say of themselves is being read" : problem;
  }

  private StreamsRun begin(int partitions) {
    return new StreamsRun(
        instances.self(),
        topics,
        partitions,
        live,
        FleetTopology.of(topics, gateways, live, calendar, refusals, partitions),
        clients.common(),
        view);
  }

  /** Where its admin listener is. */
  public InetSocketAddress address() {
    AdminServer server = admin;
    if (server == null) {
      throw new IllegalStateException("the admin listener is not there");
    }
    return server.address();
  }

  /** How it fares, for a service manager: why it is not ready, or how much is here. Never waits. */
  public String status() {
    String why = join.problem();
    return why == null ? live.all().size() + " of " + instances.partitions() + " parts" : why;
  }

  @Override
  public void close() {
    Closing.inReverse(started);
  }
}
