package io.sluice.admin;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Following;
import io.sluice.api.Lane;
import io.sluice.api.Limit;
import io.sluice.api.LiveEvent;
import io.sluice.api.MessageClass;
import io.sluice.api.QualityReason;
import io.sluice.api.RejectReason;
import io.sluice.api.operator.ClaimService;
import io.sluice.api.operator.CommandService;
import io.sluice.api.operator.ConfigurationService;
import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.DeadLetterRetryService;
import io.sluice.api.operator.DeadLetters;
import io.sluice.api.operator.DecodeService;
import io.sluice.api.operator.DeviceDirectory;
import io.sluice.api.operator.DeviceImporter;
import io.sluice.api.operator.Flow;
import io.sluice.api.operator.LatestValues;
import io.sluice.api.operator.Operations;
import io.sluice.api.operator.UpstreamService;
import io.sluice.api.tls.HandshakeFault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A small gateway in memory: figures that a test sets, a registry that it can look into. */
public final class FixedOperations
    implements ClaimService, Operations, DeviceDirectory, CommandService, DeadLetters {
  /** A listener, and a source whose far end is away. */
  private static final List<EndpointView> ENDPOINTS =
      List.of(
          new EndpointView("mqtt", "mqtt", "0.0.0.0:1883", "listening", true, 7, null, null, null),
          new EndpointView(
              "hall-2",
              "modbus",
              "10.0.0.5:502",
              "waiting",
              false,
              0,
              "Connection refused",
              9_000_000L,
              "Connection refused"));

  final FixedCoverage coverage = new FixedCoverage();
  private final FixedAlarms alarms = new FixedAlarms();
  final Map<String, DeviceView> registered = new TreeMap<>();
  final List<Consumer<LiveEvent>> followers = new CopyOnWriteArrayList<>();
  final FixedLatest latest = new FixedLatest();
  volatile boolean ready = true;

  volatile ConfigurationService.Reload reloaded =
      new ConfigurationService.Reload(
          ConfigurationService.Result.UNCHANGED,
          3,
          "0a1b",
          List.of(),
          List.of("listeners.mqtt.port"),
          List.of(),
          List.of());

  @Override
  public Status status() {
    return new Status(
        "edge-01",
        "test",
        1,
        ready,
        ready ? null : "spool: disk full",
        List.of(new ListenerView("mqtt", "mqtt", "0.0.0.0:1883", 7)),
        List.of(new LaneView(Lane.ALARM, 3, 4096, 1 << 20, 1.5)),
        null,
        2,
        Map.of("registered", 5L),
        ENDPOINTS,
        configuration().standing());
  }

  @Override
  public Map<String, Long> faults() {
    return Map.of("spool-keeper", 4L);
  }

  @Override
  public DeviceDirectory devices() {
    return this;
  }

  @Override
  public CommandService commands() {
    return this;
  }

  @Override
  public CoverageService coverage() {
    return coverage;
  }

  @Override
  public List<UpstreamView> upstreams() {
    return List.of(
        new UpstreamView(
            "archive",
            "file",
            "connected",
            null,
            10,
            4,
            0.4,
            Map.of(Lane.ALARM, 0.25),
            0,
            List.of()));
  }

  @Override
  public DecodeService decoding() {
    return new DecodeService() {
      @Override
      public List<ProfileView> profiles() {
        return List.of();
      }

      @Override
      public ProfileDetail profile(String id) {
        return null;
      }

      @Override
      public Decoded decode(Trial trial) {
        return new Decoded(true, null, null, "sluice", "rule", List.of());
      }
    };
  }

  @Override
  public ConfigurationService configuration() {
    return new ConfigurationService() {
      @Override
      public Standing standing() {
        return new Standing(3, "0a1b", 1, 2, 1, 1, List.of("listeners.mqtt.port"), null);
      }

      @Override
      public Reload reload(String who, String from, boolean dryRun) {
        return reloaded;
      }
    };
  }

  @Override
  public UpstreamService upstreamService() {
    return new UpstreamService() {
      @Override
      public List<ParkedView> parked() {
        return List.of(new ParkedView("gone", 17));
      }

      @Override
      public boolean pause(String name) {
        return name.equals("archive");
      }

      @Override
      public boolean resume(String name) {
        return name.equals("archive");
      }

      @Override
      public boolean forget(String name) {
        return name.equals("gone");
      }
    };
  }

  @Override
  public List<LedgerLine> ledger() {
    return List.of(new LedgerLine("archive", Lane.ALARM, 10, 6, 3, Map.of("overflow", 1L)));
  }

  @Override
  public DeadLetters deadLetters() {
    return this;
  }

  @Override
  public FixedAlarms alarms() {
    return alarms;
  }

  @Override
  public Following follow(Consumer<LiveEvent> listener) {
    followers.add(listener);
    return () -> followers.remove(listener);
  }

  @Override
  public Traffic traffic() {
    return new Traffic(
        Map.of("mqtt", Map.of(MessageClass.ALARM, 10L)),
        Map.of("mqtt", Map.of(RejectReason.PAYLOAD_INVALID, 2L)),
        Map.of("mqtt", Map.of(Limit.FAILED_LOGINS, 3L)),
        Map.of("mqtt", Map.of(QualityReason.SENSOR, 4L)),
        Map.of("mqtt", new LatencyHistogram(new double[] {0.001, 0.01}, new long[] {5, 4, 1}, 0.5)),
        Map.of("coap", Map.of(HandshakeFault.NO_SUITE, 4L)),
        Map.of("mqtt", 6L));
  }

  @Override
  public Flow flow() {
    return new Flow(
        1,
        Map.of("mqtt", 7, "coap", 0),
        12.5,
        10,
        List.of(new Flow.RefusedCount(RejectReason.PAYLOAD_INVALID, 2)),
        List.of(new Flow.LaneFlow(Lane.ALARM, 4096, 1 << 20, 3, 0.25, 10, 2.5)),
        List.of(new Flow.UpstreamFlow("archive", "connected", 6, 4, 800, 10, 0.4, null)),
        Flow.LedgerView.of(ledger()),
        ENDPOINTS);
  }

  @Override
  public DeadLetterRetryService retries() {
    return new FixedRetries();
  }

  @Override
  public LatestValues latest() {
    return latest;
  }

  @Override
  public List<DeviceView> list(Filter filter, @Nullable String after, int limit) {
    return registered.values().stream().limit(limit).toList();
  }

  @Override
  public @Nullable DeviceView get(DeviceId id) {
    return registered.get(id.value());
  }

  @Override
  public DeviceView put(DeviceSpec spec) throws InvalidDeviceException {
    if (spec.profile().equals("unknown")) {
      throw new InvalidDeviceException("profile: \"unknown\" is not loaded; use cnc");
    }
    Device device =
        new Device(
            spec.id(),
            spec.profile(),
            spec.sector(),
            spec.site(),
            spec.interval(),
            spec.parent(),
            spec.planned(),
            spec.commissioned(),
            spec.retired());
    DeviceView view = new DeviceView(device, false, null, null, null, List.of("token"), null);
    registered.put(spec.id().value(), view);
    return view;
  }

  @Override
  public @Nullable DeviceView put(DeviceSpec spec, Condition condition)
      throws InvalidDeviceException {
    DeviceView before = registered.get(spec.id().value());
    return condition.holds(before == null ? null : before.device()) ? put(spec) : null;
  }

  @Override
  public boolean remove(DeviceId id, Condition condition) {
    DeviceView before = registered.get(id.value());
    return before != null && condition.holds(before.device()) && remove(id);
  }

  @Override
  public boolean retire(DeviceId id) {
    return registered.containsKey(id.value());
  }

  @Override
  public boolean remove(DeviceId id) {
    return registered.remove(id.value()) != null;
  }

  @Override
  public @Nullable String issueToken(DeviceId id, Duration overlap) {
    return registered.containsKey(id.value()) ? "t0ken" : null;
  }

  @Override
  public @Nullable DeviceView rotate(DeviceId id, CredentialSpec credentials, Duration overlap) {
    return registered.get(id.value());
  }

  @Override
  public boolean revoke(DeviceId id) {
    return registered.containsKey(id.value());
  }

  @Override
  public DeviceImporter importer() {
    return (format, text) ->
        new DeviceImporter.ImportReport(
            text.split("\n").length,
            0,
            List.of(new DeviceImporter.RefusedLine(2, "a", format + ": no profile")));
  }

  @Override
  public ClaimService claims() {
    return this;
  }

  @Override
  public String issue(ClaimSpec spec) throws InvalidDeviceException {
    if (spec.uses() == 0) {
      throw new InvalidDeviceException("uses: must be 1 to 100000");
    }
    return "cl4im";
  }

  @Override
  public List<ClaimView> list() {
    return List.of(new ClaimView("hall-3", "cnc", "factory", "a", "*", 4, 1, 2));
  }

  @Override
  public boolean withdraw(String name) {
    return name.equals("hall-3");
  }

  @Override
  public Submission submit(
      DeviceId device, String name, ContentType contentType, byte[] payload, Duration expiry) {
    if (!registered.containsKey(device.value())) {
      return new Submission.UnknownDevice();
    }
    if (name.equals("full")) {
      return new Submission.QueueFull(100);
    }
    String id = contentType.mediaType() + ":" + new String(payload, StandardCharsets.UTF_8);
    return new Submission.Taken(
        new CommandView(
            id, device, name, State.QUEUED, 1, 2 + expiry.toSeconds(), null, null, null));
  }

  @Override
  public @Nullable CommandView cancel(DeviceId device, String commandId) {
    State state = commandId.equals("taken") ? State.ACKNOWLEDGED : State.CANCELLED;
    return commandId.equals("none")
        ? null
        : new CommandView(commandId, device, "open", state, 1, 2, null, null, null);
  }

  @Override
  public @Nullable CommandView get(DeviceId device, String commandId) {
    return null;
  }

  @Override
  public List<CommandView> list(DeviceId device, int limit) {
    return List.of();
  }

  @Override
  public long count() {
    return 1;
  }

  @Override
  public List<DeadLetter> list(@Nullable Long before, int limit) {
    return List.of(
        new DeadLetter(
            9,
            1,
            RejectReason.PAYLOAD_INVALID,
            "no JSON",
            "press-07",
            "mqtt",
            "telemetry",
            ContentType.UNSPECIFIED,
            new byte[] {1, 2}));
  }

  @Override
  public @Nullable DeadLetter get(long sequence) {
    if (sequence == 8) {
      return new DeadLetter(
          8,
          1,
          RejectReason.UPSTREAM_REFUSED,
          "upstream archive: too large",
          "press-07",
          "mqtt",
          "telemetry",
          ContentType.JSON,
          new byte[] {'{', '}'});
    }
    return sequence == 9 ? list((Long) null, 1).getFirst() : null;
  }
}
