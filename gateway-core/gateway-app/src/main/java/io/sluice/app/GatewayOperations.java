package io.sluice.app;

import io.sluice.api.Device;
import io.sluice.api.Following;
import io.sluice.api.GatewayTime;
import io.sluice.api.LiveEvent;
import io.sluice.api.fleet.FleetStoreState;
import io.sluice.api.fleet.MembershipState;
import io.sluice.api.health.Health;
import io.sluice.api.operator.AlarmService;
import io.sluice.api.operator.ClaimService;
import io.sluice.api.operator.CommandService;
import io.sluice.api.operator.ConfigurationService;
import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.DeadLetterRetryService;
import io.sluice.api.operator.DeadLetters;
import io.sluice.api.operator.DecodeService;
import io.sluice.api.operator.DeviceDirectory;
import io.sluice.api.operator.DeviceImporter;
import io.sluice.api.operator.DrainService;
import io.sluice.api.operator.Flow;
import io.sluice.api.operator.LatestValues;
import io.sluice.api.operator.Operations;
import io.sluice.api.operator.Operations.EndpointView;
import io.sluice.api.operator.RolloutView;
import io.sluice.api.operator.UpstreamService;
import io.sluice.engine.deadletter.SpooledDeadLetters;
import io.sluice.engine.fleet.FleetMember;
import io.sluice.engine.flow.FlowMeter;
import io.sluice.engine.flow.SpoolViews;
import io.sluice.engine.forward.Forwarder;
import io.sluice.engine.ingest.IngestPipeline;
import io.sluice.engine.ingest.TrafficMeter;
import io.sluice.engine.registry.Registry;
import io.sluice.spool.Spool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The running gateway as operators see it: reads from each part, owns nothing. */
final class GatewayOperations implements Operations {
  /** What does not change while the gateway runs. */
  record Identity(String gateway, String version, GatewayTime time, long startedMicros) {}

  /** What the gateway makes of the records that passed through. */
  record Insight(
      CoverageService coverage,
      LatestValues latest,
      DeadLetterRetryService retries,
      AlarmService alarms,
      DecodeService decoding) {}

  private final Identity identity;
  private final Registry registry;
  private final Spool spool;
  private final IngestPipeline pipeline;
  private final TrafficMeter traffic;
  private final List<Forwarder> forwarders;
  private final DeadLetters deadLetters;
  private final Insight insight;
  private final FlowMeter flow;
  private volatile @Nullable Adapters adapters;
  private volatile @Nullable ConfigurationService configuration;
  private volatile @Nullable DrainService draining;
  private volatile Supplier<@Nullable FleetBusView> fleetBus = () -> null;
  private volatile Supplier<@Nullable FleetStoreState> fleetStore = () -> null;
  private volatile Supplier<@Nullable RolloutView> rollout = () -> null;
  private volatile @Nullable FleetMember member;
  private volatile Supplier<List<CertificateView>> certificates = List::of;

  GatewayOperations(
      Identity identity,
      Registry registry,
      Spool spool,
      IngestPipeline pipeline,
      TrafficMeter traffic,
      List<Forwarder> forwarders,
      Insight insight) {
    this.identity = identity;
    this.registry = registry;
    this.spool = spool;
    this.pipeline = pipeline;
    this.traffic = traffic;
    this.forwarders = forwarders;
    this.deadLetters = new SpooledDeadLetters(spool);
    this.insight = insight;
    this.flow =
        new FlowMeter(
            new FlowMeter.Sources(
                this::listeners,
                this::endpoints,
                traffic::snapshot,
                () -> SpoolViews.lanes(spool),
                this::upstreams,
                () -> SpoolViews.ledger(spool)),
            identity.time().clock(),
            identity.time().nanoTime());
  }

  /** All listeners are open: from now on the gateway may be ready. */
  void listening(Adapters open) {
    adapters = open;
  }

  /** Who reads the configuration anew; before anybody asks. */
  void configuration(ConfigurationService service) {
    configuration = service;
  }

  /** Who empties the gateway of sessions; before anybody asks. */
  void draining(DrainService service) {
    draining = service;
  }

  @Override
  public @Nullable DrainService draining() {
    return draining;
  }

  @Override
  public DecodeService decoding() {
    return insight.decoding();
  }

  @Override
  public ConfigurationService configuration() {
    return Objects.requireNonNull(configuration, "set when started");
  }

  /** By whom this gateway is one of a fleet. */
  void membership(FleetMember joined) {
    member = joined;
  }

  @Override
  public @Nullable MembershipState membership() {
    FleetMember joined = member;
    return joined == null ? null : joined.state();
  }

  /** Who knows how the fleet's bus stands. */
  void fleetBus(Supplier<@Nullable FleetBusView> known) {
    fleetBus = known;
  }

  @Override
  public @Nullable FleetBusView fleetBus() {
    return fleetBus.get();
  }

  /** Who knows how the fleet's store stands. */
  void fleetStore(Supplier<@Nullable FleetStoreState> known) {
    fleetStore = known;
  }

  @Override
  public @Nullable FleetStoreState fleetStore() {
    return fleetStore.get();
  }

  /** Who takes the fleet's configurations. */
  void rollout(Supplier<@Nullable RolloutView> known) {
    rollout = known;
  }

  /** Who knows when certificates end. */
  void certificates(Supplier<List<CertificateView>> known) {
    certificates = known;
  }

  @Override
  public List<CertificateView> certificates() {
    return certificates.get();
  }

  @Override
  public Status status() {
    FleetStoreState store = fleetStore();
    Adapters open = adapters;
    List<String> reasons = new ArrayList<>();
    DrainService drains = draining;
    DrainService.Standing drain = drains == null ? null : drains.standing();
    if (drain != null) {
      reasons.add("draining");
    }
    if (open == null) {
      reasons.add("listeners are not open yet");
    }
    String trouble = spool.fault();
    if (trouble != null) {
      reasons.add("spool: " + trouble);
    }
    spool.shortages().forEach(shortage -> reasons.add("spool: " + shortage));
    reasons.addAll(Health.ofProcess().reasons());
    return new Status(
        identity.gateway(),
        identity.version(),
        identity.startedMicros(),
        reasons.isEmpty(),
        reasons.isEmpty() ? null : String.join("; ", reasons),
        listeners(),
        SpoolViews.lanes(spool),
        flow.hoursLeft(),
        spool.deadLetterCount(),
        deviceCounts(),
        endpoints(),
        standing(),
        drain,
        store == null ? null : FleetStoreView.of(store),
        rollout.get());
  }

  private ConfigurationService.@Nullable Standing standing() {
    ConfigurationService service = configuration;
    return service == null ? null : service.standing();
  }

  private List<ListenerView> listeners() {
    Adapters open = adapters;
    return open == null ? List.of() : open.listeners();
  }

  private List<EndpointView> endpoints() {
    Adapters open = adapters;
    return open == null ? List.of() : open.endpoints();
  }

  /** Takes a sample for the rates of the flow: at a steady pace, by one thread. */
  void sampleFlow() {
    flow.sample();
  }

  private Map<String, Long> deviceCounts() {
    long[] counts = new long[3];
    registry.forEach((Device device) -> {
      counts[0]++;
      counts[1] += device.commissioned() && !device.retired() ? 1 : 0;
      counts[2] += device.retired() ? 1 : 0;
    });
    return new TreeMap<>(
        Map.of(
            "registered",
            counts[0],
            "commissioned",
            counts[1],
            "retired",
            counts[2],
            "connected",
            (long) registry.presence().connected()));
  }

  @Override
  public DeviceDirectory devices() {
    return registry.directory();
  }

  @Override
  public DeviceImporter importer() {
    return registry.importer();
  }

  @Override
  public ClaimService claims() {
    return registry.claims();
  }

  @Override
  public CommandService commands() {
    FleetMember joined = member;
    return joined == null ? registry.commandService() : joined.commandService();
  }

  @Override
  public CoverageService coverage() {
    return insight.coverage();
  }

  @Override
  public List<UpstreamView> upstreams() {
    return forwarders.stream().map(Forwarder::view).toList();
  }

  @Override
  public UpstreamService upstreamService() {
    return new ForwarderService(forwarders, spool);
  }

  @Override
  public List<LedgerLine> ledger() {
    return SpoolViews.ledger(spool);
  }

  @Override
  public DeadLetters deadLetters() {
    return deadLetters;
  }

  @Override
  public DeadLetterRetryService retries() {
    return insight.retries();
  }

  @Override
  public AlarmService alarms() {
    return insight.alarms();
  }

  @Override
  public Following follow(Consumer<LiveEvent> listener) {
    return pipeline.liveFeed().follow(listener);
  }

  @Override
  public Flow flow() {
    return flow.flow();
  }

  @Override
  public LatestValues latest() {
    return insight.latest();
  }

  @Override
  public Map<String, Long> faults() {
    return Health.ofProcess().faults();
  }

  @Override
  public Traffic traffic() {
    return traffic.snapshot();
  }
}
