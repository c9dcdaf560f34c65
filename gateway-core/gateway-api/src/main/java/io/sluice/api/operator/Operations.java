package io.sluice.api.operator;

import io.sluice.api.Following;
import io.sluice.api.Lane;
import io.sluice.api.Limit;
import io.sluice.api.LiveEvent;
import io.sluice.api.MessageClass;
import io.sluice.api.QualityReason;
import io.sluice.api.RejectReason;
import io.sluice.api.fleet.FleetStoreState;
import io.sluice.api.fleet.MembershipState;
import io.sluice.api.tls.HandshakeFault;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that the admin listener shows and does. Thread-safe. Methods may read a database; call them
 * off the event loop.
 */
public interface Operations {
  Status status();

  DeviceDirectory devices();

  /** Bulk registration. */
  DeviceImporter importer();

  ClaimService claims();

  CommandService commands();

  CoverageService coverage();

  List<UpstreamView> upstreams();

  UpstreamService upstreamService();

  /** The files that the gateway runs by. */
  ConfigurationService configuration();

  /** Empties the process of sessions; null where it has none to end. */
  default @Nullable DrainService draining() {
    return null;
  }

  /** Profiles, and what payloads would become by them. */
  DecodeService decoding();

  List<LedgerLine> ledger();

  DeadLetters deadLetters();

  DeadLetterRetryService retries();

  AlarmService alarms();

  /**
   * Follows accepted records, as canonical JSON. A listener that is slower than the stream misses
   * records and is told how many; the gateway never waits for one. Closing the handle ends it.
   */
  Following follow(Consumer<LiveEvent> listener);

  Traffic traffic();

  /** When the certificates and revocation lists of the configuration end. */
  default List<CertificateView> certificates() {
    return List.of();
  }

  /** How the gateway stands in its fleet; null where no store of a fleet is configured. */
  default @Nullable MembershipState membership() {
    return null;
  }

  /** How the fleet's bus stands; null where none is configured. */
  default @Nullable FleetBusView fleetBus() {
    return null;
  }

  /** How the fleet's store stands; null where none is configured. */
  default @Nullable FleetStoreState fleetStore() {
    return null;
  }

  /** Background task or thread to how often it threw, since the process began. */
  default Map<String, Long> faults() {
    return Map.of();
  }

  /** The figures of the flow page, in one view. Costs the same however many devices there are. */
  Flow flow();

  LatestValues latest();

  /**
   * @param place of the configuration that names the file, such as {@code listeners.mqtts.tls}
   * @param kind {@code certificate}: the first of the own chain; {@code crl}: the first of the
   *     authorities' latest lists
   * @param expiryMicros since the epoch
   */
  record CertificateView(String place, String kind, long expiryMicros) {}

  /**
   * @param connected whether the Kafka cluster of the fleet is there
   * @param detail why not, or what it said no to; null where all is well
   * @param waiting keys whose newest value it does not have
   * @param published values that it has confirmed since the start
   */
  record FleetBusView(boolean connected, @Nullable String detail, long waiting, long published) {}

  /**
   * @param state {@code connected}; {@code connecting}, also while the copy catches up; {@code
   *     away}: changes of devices are refused, devices go on
   * @param sinceMicros since when, in microseconds since the epoch
   * @param reason why it is away, with the remedy; null where it is not
   * @param revision up to which the gateway's copy has followed
   * @param behind revisions that it lacks, as far as is known
   */
  record FleetStoreView(
      String state, long sinceMicros, @Nullable String reason, long revision, long behind) {
    public static FleetStoreView of(FleetStoreState state) {
      return new FleetStoreView(
          state.connection().name().toLowerCase(Locale.ROOT),
          state.since() * 1_000,
          state.reason(),
          state.revision(),
          state.behind());
    }
  }

  /**
   * @param kind its name: its key in the configuration
   * @param address as bound, {@code host:port}
   * @param type what kind of listener it is
   */
  record ListenerView(String kind, String protocol, String address, int connections, String type) {
    /** One that is named by its type. */
    public ListenerView(String kind, String protocol, String address, int connections) {
      this(kind, protocol, address, connections, kind);
    }
  }

  /**
   * A listening socket, or a far end of a source.
   *
   * @param adapter its name in the configuration
   * @param state {@code listening}, {@code connected} or {@code waiting}
   * @param up whether messages may come by it now
   * @param links devices that are connected by it
   * @param reason why it waits; null where it does not
   * @param nextAttemptMicros since the epoch; null where it does not wait
   * @param lastError null where nothing went wrong yet
   */
  record EndpointView(
      String adapter,
      String type,
      String address,
      String state,
      boolean up,
      int links,
      @Nullable String reason,
      @Nullable Long nextAttemptMicros,
      @Nullable String lastError) {}

  /**
   * @param records held, of this lane
   * @param oldestSeconds age of the oldest record that some upstream still lacks; 0 where none
   * @param owedBytes of the records from that one on
   * @param atBound whether it is full: it refuses, or gives up what some upstream lacks
   */
  record LaneView(
      Lane lane,
      long records,
      long bytes,
      long capacityBytes,
      double oldestSeconds,
      long owedBytes,
      boolean atBound) {
    /** A lane of which nothing is delivered, and that has room. */
    public LaneView(Lane lane, long records, long bytes, long capacityBytes, double oldestSeconds) {
      this(lane, records, bytes, capacityBytes, oldestSeconds, bytes, false);
    }
  }

  /**
   * @param ready whether listeners are open and the spool takes records
   * @param notReadyReason why not, or null
   * @param spoolHoursLeft hours until the first lane is full of what upstreams lack, at the present
   *     rate; 0 while one is at its bound, null where none grows
   * @param endpoints listening sockets and far ends, in the order in which they were started
   * @param configuration by which it runs; null where that is not known
   * @param draining how far the drain is; null where none is under way
   * @param fleetStore how the fleet's registry stands; null where none is configured
   * @param rollout how the fleet's configuration stands; null where the gateway takes none
   */
  record Status(
      String gateway,
      String version,
      long startedMicros,
      boolean ready,
      @Nullable String notReadyReason,
      List<ListenerView> listeners,
      List<LaneView> lanes,
      @Nullable Double spoolHoursLeft,
      long deadLetters,
      Map<String, Long> devices,
      List<EndpointView> endpoints,
      ConfigurationService.@Nullable Standing configuration,
      DrainService.@Nullable Standing draining,
      @Nullable FleetStoreView fleetStore,
      @Nullable RolloutView rollout) {
    /** Of a gateway that is not drained, and of no fleet. */
    public Status(
        String gateway,
        String version,
        long startedMicros,
        boolean ready,
        @Nullable String notReadyReason,
        List<ListenerView> listeners,
        List<LaneView> lanes,
        @Nullable Double spoolHoursLeft,
        long deadLetters,
        Map<String, Long> devices,
        List<EndpointView> endpoints,
        ConfigurationService.@Nullable Standing configuration) {
      this(
          gateway,
          version,
          startedMicros,
          ready,
          notReadyReason,
          listeners,
          lanes,
          spoolHoursLeft,
          deadLetters,
          devices,
          endpoints,
          configuration,
          null,
          null,
          null);
    }

    /** Of a gateway that tells of no endpoints and no configuration. */
    public Status(
        String gateway,
        String version,
        long startedMicros,
        boolean ready,
        @Nullable String notReadyReason,
        List<ListenerView> listeners,
        List<LaneView> lanes,
        @Nullable Double spoolHoursLeft,
        long deadLetters,
        Map<String, Long> devices) {
      this(
          gateway,
          version,
          startedMicros,
          ready,
          notReadyReason,
          listeners,
          lanes,
          spoolHoursLeft,
          deadLetters,
          devices,
          List.of(),
          null);
    }
  }

  /**
   * @param state {@code connected}, {@code connecting}, {@code waiting}, {@code stalled}, {@code
   *     paused}
   * @param detail last error or what it waits for; null where all is well
   * @param ratePerSecond delivered records per second, over the last 10 s or so
   * @param backlogRecords records that the upstream does not have yet, as in the ledger
   * @param drainSecondsLeft time until what an outage left behind is gone at the present rate; null
   *     where there is none or it grows
   * @param reconnects how often a connection was made anew since start
   * @param missingDestinations names of topics and the like that are not there: their records wait,
   *     others go on
   */
  record UpstreamView(
      String name,
      String type,
      String state,
      @Nullable String detail,
      double ratePerSecond,
      long backlogRecords,
      @Nullable Double drainSecondsLeft,
      Map<Lane, Double> lagSeconds,
      long reconnects,
      List<String> missingDestinations) {}

  /** {@code accepted = delivered + queued + sum(dropped)}, exact. */
  record LedgerLine(
      String upstream,
      Lane lane,
      long accepted,
      long delivered,
      long queued,
      Map<String, Long> dropped) {
    /** Why records are dropped: reasons that {@code dropped} may have. */
    public static final List<String> REASONS = List.of("overflow", "expired", "damaged", "refused");

    public boolean balances() {
      return accepted
          == delivered + queued + dropped.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * Counters since start.
   *
   * @param accepted protocol → class → messages
   * @param rejected protocol → reason → messages
   * @param limited protocol → limit → how often a peer ran into it
   * @param faultyFields protocol → reason → fields of accepted messages that could not be taken
   * @param latency protocol → receipt to acknowledgement
   * @param handshakes protocol → fault → handshakes that failed
   * @param repeated protocol → messages that came again, such as LoRaWAN frames, acknowledged and
   *     not kept again
   */
  record Traffic(
      Map<String, Map<MessageClass, Long>> accepted,
      Map<String, Map<RejectReason, Long>> rejected,
      Map<String, Map<Limit, Long>> limited,
      Map<String, Map<QualityReason, Long>> faultyFields,
      Map<String, LatencyHistogram> latency,
      Map<String, Map<HandshakeFault, Long>> handshakes,
      Map<String, Long> repeated) {

    /** Without repeated messages. */
    public Traffic(
        Map<String, Map<MessageClass, Long>> accepted,
        Map<String, Map<RejectReason, Long>> rejected,
        Map<String, Map<Limit, Long>> limited,
        Map<String, Map<QualityReason, Long>> faultyFields,
        Map<String, LatencyHistogram> latency,
        Map<String, Map<HandshakeFault, Long>> handshakes) {
      this(accepted, rejected, limited, faultyFields, latency, handshakes, Map.of());
    }

    /** Without handshakes. */
    public Traffic(
        Map<String, Map<MessageClass, Long>> accepted,
        Map<String, Map<RejectReason, Long>> rejected,
        Map<String, Map<Limit, Long>> limited,
        Map<String, Map<QualityReason, Long>> faultyFields,
        Map<String, LatencyHistogram> latency) {
      this(accepted, rejected, limited, faultyFields, latency, Map.of());
    }
  }

  /**
   * A histogram. {@code counts[i]} are the observations ≤ {@code upperBoundsSeconds[i]} and above
   * the bound before; the last count has no upper bound.
   */
  record LatencyHistogram(double[] upperBoundsSeconds, long[] counts, double sumSeconds) {}
}
