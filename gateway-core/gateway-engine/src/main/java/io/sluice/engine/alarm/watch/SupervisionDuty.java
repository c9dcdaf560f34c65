package io.sluice.engine.alarm.watch;

import io.sluice.api.Cap;
import io.sluice.api.Device;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.engine.alarm.AlarmBook;
import io.sluice.engine.alarm.AlarmSettings;
import io.sluice.engine.alarm.Signal;
import io.sluice.engine.alarm.SupervisionInterval;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.registry.Registry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Supervises the registered devices that are commissioned, by the interval of the configuration or
 * else the profile's, and keeps their alarms of kind supervision in the book. {@link #heard} on any
 * thread; {@link #run} on the alarm thread.
 */
public final class SupervisionDuty implements Runnable {
  static final String NAME = "supervision";
  private static final int BATCH = 1_000;
  private static final Cap CAP = new Cap("Moderate", "Expected", "Observed", "Actual");

  private final AlarmBook book;
  private final Registry registry;
  private volatile Profiles profiles;
  private final Map<String, Duration> own = new HashMap<>();
  private final LongSupplier nanoTime;
  private final Supervision supervision;

  /** What the book has yet to be told; the last of each device. */
  private final Map<String, Signal> pending = new LinkedHashMap<>();

  /** Ids of devices that changed; once each, so never more than there are devices. */
  private final Set<String> changed = ConcurrentHashMap.newKeySet();

  /** Ids of devices whose alarm somebody has cleared; once each. */
  private final Set<String> clearedByHand = ConcurrentHashMap.newKeySet();

  private final Supplier<List<Stop>> stops;
  private final Clock clock;
  private Set<Stop> stopsNow;

  private static final Logger LOG = LoggerFactory.getLogger(SupervisionDuty.class);

  private final Supervision.Verdicts verdicts = new Reports();

  /** The book has lost what it was told: of the database, taken by the thread. */
  private volatile boolean isBegunAnew;

  /**
   * @param stops approved stops: nothing is supervised in them
   * @param clock by which stops begin and end
   * @param nanoTime monotonic, as {@link System#nanoTime}
   */
  public SupervisionDuty(
      AlarmBook book,
      AlarmSettings settings,
      Registry registry,
      Profiles profiles,
      Supplier<List<Stop>> stops,
      Clock clock,
      LongSupplier nanoTime) {
    this.stops = stops;
    this.clock = clock;
    this.stopsNow = stopsNow();
    this.book = book;
    this.registry = registry;
    this.profiles = profiles;
    this.nanoTime = nanoTime;
    this.supervision = new Supervision(nanoTime.getAsLong());
    settings
        .supervision()
        .forEach((device, text) -> {
          Duration interval = SupervisionInterval.parse(text);
          if (interval != null) {
            own.put(device, interval);
          }
          if (registry.find(device) == null) {
            LOG.warn(
                "alarms.supervision: there is no device \"{}\"; it is supervised once it is"
                    + " registered",
                device);
          }
        });
    begin();
    book.onBegunAnew(() -> isBegunAnew = true);
    book.onClearedByHand(alarm -> {
      if (alarm.kind() == Kind.SUPERVISION && alarm.device() != null) {
        clearedByHand.add(alarm.device());
      }
    });
  }

  private void begin() {
    Set<String> lost = new HashSet<>();
    for (AlarmView open : book.open(Kind.SUPERVISION)) {
      if (open.device() != null) {
        lost.add(open.device());
      }
    }
    long now = nanoTime.getAsLong();
    registry.forEach(device -> {
      Duration interval = interval(device);
      String id = device.id().value();
      if (interval != null) {
        supervision.watch(id, interval.toNanos(), now, lost.remove(id));
      }
    });
    lost.forEach(id -> end(id, registry.find(id)));
    registry.listen((before, after, credentialsChanged) -> {
      Device either = after == null ? before : after;
      if (either != null) {
        changed.add(either.id().value());
      }
    });
  }

  /** Has these take the place of the profiles, for all devices. Any thread. */
  public void use(Profiles others) {
    profiles = others;
    registry.forEach(device -> changed.add(device.id().value()));
  }

  private final class Reports implements Supervision.Verdicts {
    @Override
    public void lost(String device, long intervalNanos) {
      report(device, registry.find(device), false, intervalNanos);
    }

    @Override
    public void returned(String device) {
      report(device, registry.find(device), true, 0);
    }
  }

  /** A sign of life of a device: a stored record, a ping, a session. Never blocks. */
  public void heard(String device) {
    supervision.heard(device, nanoTime.getAsLong());
  }

  @Override
  public void run() {
    Set<Stop> now = stopsNow();
    if (!now.equals(stopsNow)) {
      stopsNow = now;
      registry.forEach(device -> changed.add(device.id().value()));
    }
    for (String id : List.copyOf(changed)) {
      changed.remove(id);
      reconsider(id);
    }
    for (String id : List.copyOf(clearedByHand)) {
      clearedByHand.remove(id);
      supervision.giveInterval(id, nanoTime.getAsLong());
    }
    if (isBegunAnew) {
      isBegunAnew = false;
      supervision.lostAgain(verdicts);
    }
    supervision.tick(nanoTime.getAsLong(), verdicts);
    while (!pending.isEmpty()) {
      List<Signal> batch = pending.values().stream().limit(BATCH).toList();
      book.report(batch); // where the disk fails, it is tried again in a second
      batch.forEach(signal -> pending.remove(signal.device()));
    }
  }

  private void reconsider(String id) {
    Device device = registry.find(id);
    Duration interval = device == null ? null : interval(device);
    if (interval == null) {
      if (supervision.forget(id)) {
        end(id, device);
      }
    } else if (supervision.intervalNanos(id) != interval.toNanos()) {
      supervision.watch(id, interval.toNanos(), nanoTime.getAsLong(), false);
    }
  }

  private void end(String id, @Nullable Device device) {
    report(id, device, true, 0);
  }

  /** The stops that hold now. */
  private Set<Stop> stopsNow() {
    long now = TimeUnit.MILLISECONDS.toMicros(clock.millis());
    Set<Stop> found = new HashSet<>();
    for (Stop stop : stops.get()) {
      Long to = stop.to();
      if (stop.from() <= now && (to == null || now < to)) {
        found.add(stop);
      }
    }
    return found;
  }

  private static boolean covers(Stop stop, Device device) {
    return switch (stop.scope()) {
      case ALL -> true;
      case SECTOR -> stop.key().equals(device.sector());
      case SITE -> stop.key().equals(device.site());
      case MODEL -> stop.key().equals(device.profile());
      case DEVICE -> stop.key().equals(device.id().value());
    };
  }

  /** By which the device is supervised now; null where it is not. */
  private @Nullable Duration interval(Device device) {
    if (device.retired()
        || !device.commissioned()
        || stopsNow.stream().anyMatch(stop -> covers(stop, device))) {
      return null;
    }
    Duration configured = own.get(device.id().value());
    if (configured != null) {
      return configured;
    }
    Profile profile = profiles.find(device.profile());
    return profile == null ? null : profile.supervision();
  }

  private void report(String id, @Nullable Device device, boolean isOver, long intervalNanos) {
    pending.put(
        id,
        new Signal(
            Kind.SUPERVISION,
            id,
            device == null ? "" : device.sector(),
            device == null ? "" : device.site(),
            device == null ? "" : device.profile(),
            NAME,
            CAP,
            isOver,
            0,
            "nothing heard for " + Duration.ofNanos(intervalNanos).toSeconds() + " s"));
  }
}
