package io.sluice.app;

import io.sluice.admin.AdminServer;
import io.sluice.admin.metrics.OtlpExport;
import io.sluice.api.GatewayTime;
import io.sluice.api.adapter.SharedParts;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.files.OwnerOnly;
import io.sluice.api.health.Guarded;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.operator.DrainSettings;
import io.sluice.api.operator.MetricsSettings;
import io.sluice.api.operator.MetricsSettings.Otlp;
import io.sluice.api.operator.Operations.LedgerLine;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.app.GatewayOperations.Insight;
import io.sluice.app.process.HeapTrimmer;
import io.sluice.app.process.SerialHeap;
import io.sluice.cli.Closing;
import io.sluice.cli.Version;
import io.sluice.cli.config.CertificateFiles;
import io.sluice.cli.config.DataDirectory;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.cli.config.ReloadSettings;
import io.sluice.engine.adapters.EngineContext;
import io.sluice.engine.adapters.GatewayAccess;
import io.sluice.engine.adapters.GatewayMeters;
import io.sluice.engine.adapters.GatewaySessions;
import io.sluice.engine.audit.AuditLog;
import io.sluice.engine.audit.AuditSettings;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.config.GatewayConfig.UpstreamConfig;
import io.sluice.engine.coverage.CoverageEngine;
import io.sluice.engine.coverage.CoverageSettings;
import io.sluice.engine.deadletter.DeadLetterRetries;
import io.sluice.engine.fleet.FleetMember;
import io.sluice.engine.flow.FlowMeter;
import io.sluice.engine.flow.SpoolViews;
import io.sluice.engine.ingest.IngestPipeline;
import io.sluice.engine.ingest.TrafficMeter;
import io.sluice.engine.latest.LatestRecords;
import io.sluice.engine.limits.AddressLimits;
import io.sluice.engine.limits.DeviceLimits;
import io.sluice.engine.limits.LaneShares;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.normalize.Downlinks;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.SessionCodecs;
import io.sluice.engine.normalize.TimeSettings;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.auth.ConsumerSettings;
import io.sluice.engine.registry.auth.Consumers;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.engine.registry.credential.Authorities;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.writer.SegmentedSpool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the gateway together, in the order in which it starts: what keeps data before what takes it
 * in. Stops in reverse: the doors first, then the forwarders, the spool and the registry last.
 */
final class Wiring implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

  private final GatewayConfig config;
  private final GatewayTime time;
  private final Clock clock;
  private final @Nullable Runnable exit;
  private volatile DrainSettings drain;
  private final List<AutoCloseable> started = new ArrayList<>();
  private final Adapters adapters = new Adapters();
  private final ScheduledExecutorService housekeeping =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("housekeeping").factory());
  private @Nullable AdminServer admin;
  private @Nullable GatewayOperations operations;
  private @Nullable Reloader reloader;
  private String sweepTrouble = ""; // of the one thread that sweeps
  private @Nullable ScheduledFuture<?> certificateLooks;
  private List<Path> certificateFiles = List.of();

  private Wiring(GatewayConfig config, GatewayTime time, @Nullable Runnable exit) {
    this.config = config;
    this.drain = config.section(DrainSettings.class);
    this.exit = exit;
    this.time = time;
    this.clock = time.clock();
  }

  /**
   * Starts the gateway wholly, or not at all.
   *
   * @throws IOException where a file, database or address cannot be had; the message names it and
   *     the remedy
   */
  static Wiring start(GatewayFiles files, GatewayTime time)
      throws IOException, InterruptedException {
    return start(files, time, null);
  }

  /**
   * The same where the gateway may have itself started again.
   *
   * @param exit ends the process for that; null where nobody would start it
   */
  static Wiring start(GatewayFiles files, GatewayTime time, @Nullable Runnable exit)
      throws IOException, InterruptedException {
    Wiring wiring = new Wiring(files.config(), time, exit);
    try {
      AuditLog audit = wiring.openAudit(files);
      wiring.startAll(files, audit);
      audit.record(GatewayEvents.started(wiring.addresses()));
      return wiring;
    } catch (IOException | InterruptedException | RuntimeException e) {
      wiring.close();
      throw e;
    }
  }

  /** The first to open and the last to close, so that it has what the others say as they go. */
  private AuditLog openAudit(GatewayFiles files) throws IOException {
    AuditSettings settings = config.section(AuditSettings.class);
    Path own = settings.directory();
    Path data = config.gateway().data();
    closing(DataDirectory.open(data));
    AuditLog audit =
        closing(AuditLog.open(settings, own == null ? data.resolve("audit") : own, clock));
    started.add(() -> audit.record(GatewayEvents.stopped()));
    audit.record(GatewayEvents.loaded(files.file(), files.digest()));
    files.exposed().forEach(exposed -> audit.record(exposed.event()));
    return audit;
  }

  /** What keeps data, and the way in that writes to it. */
  private record Core(
      Registry registry,
      SessionCodecs codecs,
      SegmentedSpool spool,
      Forwarders forwarders,
      Normalizer trying,
      IngestPipeline pipeline,
      DeadLetterRetries retries,
      Understanding understanding,
      TrafficMeter traffic,
      AddressLimits addressLimits,
      LatestRecords latest) {}

  private void startAll(GatewayFiles files, AuditTrail audit)
      throws IOException, InterruptedException {
    FleetSide fleet = FleetSide.open(config, clock, started);
    Core core = startCore(files, audit, fleet);
    GatewayOperations views = startViews(core, files.profiles());
    operations = views;
    watchCertificates(config, views);
    Draining draining = new Draining(adapters, () -> drain, clock, () -> queued(core.spool()));
    views.draining(draining);
    FleetMember member = fleet.join(core.registry(), views, time);
    EngineContext context = context(core, audit, member).drainedBy(draining::drain);
    Reloader reload = reloader(files, core, context, audit, views);
    views.configuration(reload);
    startAdmin(views, audit);
    fleet.report(core.registry(), views, this::adminAddress, housekeeping);
    Otlp otlp = config.section(MetricsSettings.class).otlp();
    if (otlp != null) {
      closing(OtlpExport.start(otlp, views, config.gateway().id(), clock));
    }
    fleet.follow(views);
    closing(adapters);
    AtomicBoolean isStopping = new AtomicBoolean();
    started.add(() -> isStopping.set(true)); // before the adapters end their sessions
    core.pipeline().vendorSessions().quietWhile(() -> isStopping.get() || draining.drain() != null);
    adapters.start(config, context, core.understanding()::way);
    views.listening(adapters);
    startReloads(reload);
    Runnable restart = exit == null ? null : new Restart(draining, () -> drain, exit);
    fleet.takeConfigurations(files.file(), views, audit, time, restart);
  }

  private Core startCore(GatewayFiles files, AuditTrail audit, FleetSide fleet)
      throws IOException, InterruptedException {
    Profiles profiles = files.profiles();
    Understanding.State state = Understanding.State.of(files);
    LimitSettings limits = config.section(LimitSettings.class);
    Registry registry = openRegistry(files, limits, audit, fleet);
    SegmentedSpool spool = openSpool();
    ClockWatch watch = closing(ClockWatch.of(spool, Version.built(), clock));
    probing(watch, "clock");
    TrafficMeter traffic = new TrafficMeter();
    DeviceLimits deviceLimits = new DeviceLimits(limits, time.nanoTime());
    AddressLimits addressLimits = new AddressLimits(limits);
    LatestRecords latest = latest();
    SessionCodecs codecs = new SessionCodecs(registry.presence()::session);
    Normalizer normalizer =
        new Normalizer(
            config.gateway().id(),
            profiles,
            id -> registry.find(id) != null,
            watch.floor(),
            config.section(TimeSettings.class),
            codecs,
            spool.dictionary());
    UplinkObserver observer = new UplinkObserver(registry.presence(), audit, latest);
    IngestPipeline pipeline =
        new IngestPipeline(
            registry::find, state.anywhere(), normalizer, spool, traffic, deviceLimits, observer);
    spool.afterBatch(pipeline::flushSinks);
    pipeline.bring(closing(registry.children(normalizer::profile)));
    pipeline.proveBy(registry::secrets);
    bound(pipeline, registry, spool, limits);
    Forwarders forwarders = new Forwarders(config.gateway().id(), spool, clock);
    DeadLetterRetries retries = openRetries(normalizer, profiles, pipeline, spool, forwarders);
    startForwarders(forwarders);
    Understanding understanding = new Understanding(pipeline, registry.presence()::topic, state);
    understanding.onProfiles(normalizer::use);
    understanding.onProfiles(retries::use);
    Downlinks downlinks = new Downlinks(registry::find, profiles);
    registry.encodeBy(downlinks::encode);
    understanding.onProfiles(downlinks::use);
    understanding.onProfiles(others -> registry.profiles(others.ids()));
    startHousekeeping(registry, deviceLimits, addressLimits);
    probing(() -> pipeline.vendorSessions().sweep(clock.millis() * 1_000), "vendor-sessions");
    return new Core(
        registry,
        codecs,
        spool,
        forwarders,
        trying(profiles, registry, watch, understanding),
        pipeline,
        retries,
        understanding,
        traffic,
        addressLimits,
        latest);
  }

  /** Reads as the gateway does, and leaves nothing behind in the spool. */
  private Normalizer trying(
      Profiles profiles, Registry registry, ClockWatch watch, Understanding understanding) {
    Normalizer trying =
        new Normalizer(
            config.gateway().id(),
            profiles,
            id -> registry.find(id) != null,
            watch.floor(),
            config.section(TimeSettings.class),
            SessionCodecs.NONE);
    understanding.onProfiles(trying::use);
    return trying;
  }

  private Registry openRegistry(
      GatewayFiles files, LimitSettings limits, AuditTrail audit, FleetSide fleet)
      throws IOException, InterruptedException {
    AccessSettings access = config.section(AccessSettings.class);
    Registry registry =
        closing(
            Registry.open(
                config.gateway().data(),
                access,
                limits,
                files.profiles().ids(),
                time,
                fleet.registry()));
    fleet.seed(() -> SeedLog.report(registry.seed(files.seed())), housekeeping);
    registry.onEnrolled(
        (device, how) -> audit.record(GatewayEvents.enrolled(device.id().value(), how)));
    return registry;
  }

  private SegmentedSpool openSpool() throws IOException {
    Path directory = config.gateway().data().resolve("spool");
    SegmentedSpool spool =
        closing(SegmentedSpool.open(config.section(SpoolSettings.class), directory, clock));
    OwnerOnly.tighten(directory);
    for (UpstreamConfig upstream : config.upstreams()) {
      String was = upstream.was();
      if (was != null) {
        var _ = spool.renameReader(was, upstream.name()); // done before, from the second start on
      }
    }
    spool.retainReaders(config.upstreams().stream().map(UpstreamConfig::name).toList());
    return spool;
  }

  private DeadLetterRetries openRetries(
      Normalizer normalizer,
      Profiles profiles,
      IngestPipeline pipeline,
      SegmentedSpool spool,
      Forwarders forwarders)
      throws IOException {
    return closing(
        DeadLetterRetries.open(
            config.gateway().data().resolve("retried-letters"),
            normalizer,
            profiles,
            pipeline,
            spool,
            forwarders::resend));
  }

  /** Coverage, alarms and what operators see of all. */
  private GatewayOperations startViews(Core core, Profiles profiles)
      throws IOException, InterruptedException {
    Registry registry = core.registry();
    SegmentedSpool spool = core.spool();
    LatestRecords latest = core.latest();
    CoverageEngine coverage =
        closing(
            CoverageEngine.start(
                config.gateway().id(),
                config.gateway().data(),
                config.section(CoverageSettings.class),
                registry,
                profiles,
                spool,
                time));
    coverage.alsoTo(latest);
    Alarms alarms =
        closing(
            Alarms.open(
                config,
                registry,
                profiles,
                spool,
                latest,
                coverage,
                core.forwarders().all(),
                time));
    core.understanding().onProfiles(others -> coverage.use(others, registry));
    core.understanding().onProfiles(alarms::use);
    alarms.start(core.pipeline());
    probing(registry::probe, "registry-probe");
    probing(coverage::probe, "coverage-probe");
    probing(alarms.book()::probe, "alarms-probe");
    Trials trials = new Trials(core.understanding(), core.trying(), registry, clock);
    return operations(core, new Insight(coverage, latest, core.retries(), alarms.book(), trials));
  }

  /** The gateway as adapters see it: sessions and commands are the fleet's where it has one. */
  private EngineContext context(Core core, AuditTrail audit, @Nullable FleetMember member)
      throws IOException {
    Registry registry = core.registry();
    Consumers consumers =
        new Consumers(
            config.section(ConsumerSettings.class),
            config.section(LimitSettings.class),
            Authorities.of(config.section(AccessSettings.class)));
    GatewayMeters meters = new GatewayMeters(core.traffic(), audit);
    return new EngineContext(
        core.understanding().way(""), // each adapter gets its own
        new GatewayAccess(registry, consumers, core.addressLimits(), meters),
        new GatewaySessions(
            member == null ? registry.presence() : member.sessions(), core.codecs()),
        member == null ? registry.commands() : member.commands(),
        meters,
        core.pipeline().liveFeed(),
        clock,
        closing(new SharedParts(config.gateway().data().resolve("adapters"))),
        config.gateway().id());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends with its executor
  private void bound(
      IngestPipeline pipeline, Registry registry, SegmentedSpool spool, LimitSettings limits) {
    long letters = config.section(SpoolSettings.class).deadLetterBytes().value();
    LaneShares shares = new LaneShares(limits, letters, registry::size, System::nanoTime);
    shares.sweep(spool.lanes());
    housekeeping.scheduleWithFixedDelay(
        Guarded.task("lane-shares", () -> shares.sweep(spool.lanes())), 1, 1, TimeUnit.SECONDS);
    pipeline.bound(shares, limits.alarmPayload().value());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends with its executor
  private void startHousekeeping(
      Registry registry, DeviceLimits deviceLimits, AddressLimits addressLimits) {
    closing(housekeeping);
    housekeeping.scheduleWithFixedDelay(
        Guarded.task("registry-sweep", () -> sweep(registry)), 1, 1, TimeUnit.SECONDS);
    housekeeping.scheduleWithFixedDelay(
        Guarded.task("device-limits", deviceLimits::sweep), 60, 60, TimeUnit.SECONDS);
    housekeeping.scheduleWithFixedDelay(
        Guarded.task("address-limits", addressLimits::sweep), 60, 60, TimeUnit.SECONDS);
    SerialHeap heap = SerialHeap.ofThisProcess();
    if (heap != null) {
      housekeeping.scheduleWithFixedDelay(
          Guarded.task("heap-keeper", new HeapTrimmer(heap)), 1, 1, TimeUnit.SECONDS);
    }
  }

  /** Also when another configuration names other files. */
  private void watchCertificates(GatewayConfig by, GatewayOperations views) {
    CertificateFiles files = CertificateFiles.of(by);
    if (files.files().equals(certificateFiles)) {
      return;
    }
    certificateFiles = files.files();
    if (certificateLooks != null) {
      certificateLooks.cancel(false);
    }
    CertificateWatch watch = new CertificateWatch(files, clock);
    watch.run();
    views.certificates(watch::views);
    certificateLooks =
        housekeeping.scheduleWithFixedDelay(
            Guarded.task("certificates", watch), 60, 60, TimeUnit.SECONDS);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends with its executor
  private void startReloads(Reloader reload) {
    closing(reload).open();
    reloader = reload;
    housekeeping.schedule(
        Guarded.task("configuration", reload::remember), 1_000, TimeUnit.MILLISECONDS);
    ReloadSettings settings = config.section(ReloadSettings.class);
    if (settings.watch()) {
      long millis = settings.interval().toMillis();
      housekeeping.scheduleWithFixedDelay(
          Guarded.task("configuration-watch", reload.watch()),
          millis,
          millis,
          TimeUnit.MILLISECONDS);
    }
  }

  private Reloader reloader(
      GatewayFiles files,
      Core core,
      EngineContext context,
      AuditTrail audit,
      GatewayOperations views) {
    Reloader.Parts parts =
        new Reloader.Parts(
            core.understanding(),
            core.registry(),
            core.spool(),
            core.forwarders(),
            adapters,
            context,
            by -> {
              drain = by.section(DrainSettings.class);
              watchCertificates(by, views);
            });
    return new Reloader(files, parts, audit, clock);
  }

  /** A database that is in trouble is looked at each second; one that is well costs nothing. */
  @SuppressWarnings("FutureReturnValueIgnored") // ends with its executor
  private void probing(Runnable probe, String name) {
    housekeeping.scheduleWithFixedDelay(Guarded.task(name, probe), 1, 1, TimeUnit.SECONDS);
  }

  private void sweep(Registry registry) {
    try {
      registry.sweep();
      sweepTrouble = "";
    } catch (StoreUnavailableException e) {
      String trouble = String.valueOf(e.getMessage());
      if (!trouble.equals(sweepTrouble)) {
        LOG.warn("credentials whose overlap is over are still on disk: {}", trouble);
      }
      sweepTrouble = trouble;
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the sampling ends with its executor
  private GatewayOperations operations(Core core, Insight insight) {
    GatewayOperations.Identity identity =
        new GatewayOperations.Identity(
            config.gateway().id(), Version.current(), time, clock.millis() * 1_000);
    GatewayOperations views =
        new GatewayOperations(
            identity,
            core.registry(),
            core.spool(),
            core.pipeline(),
            core.traffic(),
            core.forwarders().all(),
            insight);
    housekeeping.scheduleAtFixedRate(
        Guarded.task("flow", views::sampleFlow), 0, FlowMeter.SAMPLE_SECONDS, TimeUnit.SECONDS);
    return views;
  }

  /** Without an admin listener nobody looks. */
  private LatestRecords latest() {
    AdminSettings settings = config.admin();
    return new LatestRecords(settings == null ? 0 : settings.latestBytes().value());
  }

  private void startForwarders(Forwarders forwarders) {
    closing(forwarders);
    for (UpstreamConfig upstream : config.upstreams()) {
      forwarders.start(upstream, forwarders.make(upstream));
    }
  }

  private void startAdmin(GatewayOperations operations, AuditTrail audit)
      throws IOException, InterruptedException {
    AdminSettings settings = config.admin();
    if (settings != null) {
      admin = closing(AdminServer.start(settings, operations, audit));
    }
  }

  /** Records that some upstream lacks. */
  private static long queued(SegmentedSpool spool) {
    return SpoolViews.ledger(spool).stream().mapToLong(LedgerLine::queued).sum();
  }

  private @Nullable String adminAddress() {
    AdminServer server = admin;
    return server == null ? null : text(server.address());
  }

  /** A dual-stack wildcard, too, is written as people write it. */
  private static String text(InetSocketAddress bound) {
    String host = bound.getAddress().isAnyLocalAddress() ? "0.0.0.0" : bound.getHostString();
    return host + ":" + bound.getPort();
  }

  private <T extends AutoCloseable> T closing(T part) {
    started.add(part);
    return part;
  }

  /** Every listener's address: {@code mqtt=127.0.0.1:1883 admin=...}. */
  String addresses() {
    StringJoiner all = new StringJoiner(" ");
    adapters.listeners().forEach(each -> all.add(each.kind() + "=" + each.address()));
    if (admin != null) {
      all.add("admin=" + address("admin"));
    }
    return all.toString();
  }

  /**
   * The address of a listener, {@code host:port}.
   *
   * @param kind its name as configured, or {@code admin}
   */
  String address(String kind) {
    AdminServer server = admin;
    if (kind.equals("admin") && server != null) {
      return text(server.address());
    }
    String open = adapters.address(kind);
    if (open == null) {
      throw new IllegalArgumentException("no listener " + kind);
    }
    return open;
  }

  /** Reads the configuration's files anew, after a reload that is under way. Blocks. */
  void reload(String who) {
    Objects.requireNonNull(reloader, "set when started").reloadInTurn(who);
  }

  GatewayOperations operations() {
    return Objects.requireNonNull(operations, "set when started");
  }

  @Override
  public void close() {
    Closing.inReverse(started);
  }
}
