package io.sluice.engine.limits;

import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.Limit;
import io.sluice.api.adapter.Receipt;
import io.sluice.spool.LaneStats;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one device may take of a lane's disk while upstreams are away, so that none fills it for
 * all: a share of the lane, or as much as falls to each where few devices are registered. The last
 * part of the alarm lane is for devices that have little in it. Alarms have a byte rate of their
 * own besides, and what a device has refused has a share of the dead letters.
 *
 * <p>Alarms and events are counted always, telemetry only while its lane holds more than a tenth of
 * its bound. {@link #sweep} corrects the counts by what the lanes hold: what upstreams took is
 * nobody's any more. Thread-safe, never blocks. Holds a device until what it has in the lanes is
 * gone.
 */
public final class LaneShares {
  private static final int LANES = Lane.values().length;

  /** Of a lane: below it telemetry is not counted. */
  private static final double COUNTED_FROM = 0.1;

  /** Of the alarm lane; beyond it only devices with little may add. A lane may end at 80 %. */
  private static final double RESERVE_FROM = 0.7;

  private static final double LITTLE = 0.01;
  private static final double FORGOTTEN_BYTES = 256;
  private static final double ALARM_BURST_SECONDS = 4;
  private static final long RETRY_MILLIS = 2_000;
  private static final long SECONDS_PER_HOUR = 3_600;

  /** What one device has of each lane, in bytes. */
  private static final class Account {
    private final AtomicLongArray bytes = new AtomicLongArray(LANES);
    private final @Nullable TokenBucket alarms;

    Account(@Nullable TokenBucket alarms) {
      this.alarms = alarms;
    }

    boolean isIdle(long nowNanos) {
      boolean isIdle = alarms == null || alarms.isFull(nowNanos);
      for (int lane = 0; lane < LANES; lane++) {
        isIdle &= bytes.get(lane) < FORGOTTEN_BYTES;
      }
      return isIdle;
    }
  }

  private final LimitSettings settings;
  private final long deadLetterBytes;
  private final IntSupplier registered;
  private final LongSupplier nanoTime;
  private final ConcurrentMap<String, Account> accounts = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, TokenBucket> letters = new ConcurrentHashMap<>();

  /** By lane: its bound; 0 until the first sweep, and then nothing is refused. */
  private final AtomicLongArray capacities = new AtomicLongArray(LANES);

  /** By lane: what it held at the last sweep, and what was added since. */
  private final AtomicLongArray held = new AtomicLongArray(LANES);

  /**
   * @param deadLetterBytes the bound of the dead letters
   * @param registered how many devices there are
   * @param nanoTime as {@link System#nanoTime}
   */
  public LaneShares(
      LimitSettings settings, long deadLetterBytes, IntSupplier registered, LongSupplier nanoTime) {
    this.settings = settings;
    this.deadLetterBytes = deadLetterBytes;
    this.registered = registered;
    this.nanoTime = nanoTime;
  }

  private int percent(Lane lane) {
    return switch (lane) {
      case ALARM -> settings.alarmShare();
      case EVENT -> settings.eventShare();
      case TELEMETRY -> settings.telemetryShare();
    };
  }

  /** Counts a record that is about to be stored; null where it may be. */
  public Receipt.@Nullable Limited check(DeviceId device, Lane lane, int bytes) {
    int slot = lane.ordinal();
    long capacity = capacities.get(slot);
    long holds = held.get(slot);
    if (lane == Lane.TELEMETRY && holds <= capacity * COUNTED_FROM) {
      return null;
    }
    Account account = accounts.computeIfAbsent(device.value(), any -> new Account(alarmBucket()));
    if (lane == Lane.ALARM && account.alarms != null) {
      long wait = account.alarms.take(bytes, nanoTime.getAsLong());
      if (wait > 0) {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(wait));
        return new Receipt.Limited(
            Limit.ALARM_BYTE_RATE_PER_DEVICE,
            "more than %d bytes of alarms a second of a device; go on in %d ms"
                .formatted(settings.alarmBytesPerSecond().value(), millis),
            millis);
      }
    }
    long own = account.bytes.get(slot) + bytes;
    if (capacity > 0 && isTooMuch(lane, own, holds + bytes, capacity)) {
      if (lane == Lane.ALARM && account.alarms != null) {
        account.alarms.giveBack(bytes);
      }
      return new Receipt.Limited(
          Limit.LANE_SHARE_PER_DEVICE,
          "the device has its share of the %s lane, of which no upstream takes any now; go on later"
              .formatted(lane.jsonName()),
          RETRY_MILLIS);
    }
    account.bytes.addAndGet(slot, bytes);
    held.addAndGet(slot, bytes);
    return null;
  }

  /** The spool did not take it after all. */
  public void giveBack(DeviceId device, Lane lane, int bytes) {
    Account account = accounts.get(device.value());
    if (account != null) {
      account.bytes.updateAndGet(lane.ordinal(), own -> Math.max(0, own - bytes));
      held.updateAndGet(lane.ordinal(), all -> Math.max(0, all - bytes));
      if (lane == Lane.ALARM && account.alarms != null) {
        account.alarms.giveBack(bytes);
      }
    }
  }

  private @Nullable TokenBucket alarmBucket() {
    long perSecond = settings.alarmBytesPerSecond().value();
    return perSecond == 0
        ? null
        : new TokenBucket(perSecond, perSecond * ALARM_BURST_SECONDS, nanoTime.getAsLong());
  }

  private boolean isTooMuch(Lane lane, long own, long holds, long capacity) {
    int percent = percent(lane);
    int devices = Math.max(1, registered.getAsInt());
    if (percent == 0 || devices == 1) {
      return false;
    }
    double share = Math.max(percent / 100.0, 1.0 / devices);
    boolean isReserved = lane == Lane.ALARM && holds > capacity * RESERVE_FROM;
    return own > capacity * (isReserved ? LITTLE : share);
  }

  /**
   * Whether a dead letter of a device may be kept: beyond its share of the dead letters, which
   * fills again within an hour, it would push out those of others.
   */
  public boolean mayKeepLetter(DeviceId device, int bytes) {
    double share = deadLetterBytes * settings.deadLetterShare() / 100.0;
    if (share == 0) {
      return true;
    }
    long now = nanoTime.getAsLong();
    TokenBucket known = letters.get(device.value());
    TokenBucket bucket =
        known != null
            ? known
            : letters.computeIfAbsent(
                device.value(), any -> new TokenBucket(share / SECONDS_PER_HOUR, share, now));
    return bucket.take(bytes, now) == 0;
  }

  /** Takes over what the lanes hold; every second or so. */
  public void sweep(List<LaneStats> lanes) {
    for (LaneStats lane : lanes) {
      correct(lane.lane().ordinal(), lane.owedBytes());
      capacities.set(lane.lane().ordinal(), lane.capacityBytes());
    }
    long now = nanoTime.getAsLong();
    accounts.values().removeIf(account -> account.isIdle(now));
    letters.values().removeIf(bucket -> bucket.isFull(now));
  }

  /** All together have no more than is held: each what it had of the whole. */
  private void correct(int slot, long owed) {
    held.set(slot, owed);
    long counted = accounts.values().stream().mapToLong(account -> account.bytes.get(slot)).sum();
    if (counted > owed) {
      double factor = (double) owed / counted;
      for (Account account : accounts.values()) {
        long own = account.bytes.get(slot);
        account.bytes.addAndGet(slot, (long) (own * factor) - own);
      }
    }
  }

  /** Devices with an account. */
  int size() {
    return accounts.size();
  }
}
