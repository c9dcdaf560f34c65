package io.sluice.sim.scenario;

import io.sluice.sim.device.Hash;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong, with whom, and when. Times count from the run's start.
 *
 * @param length null: until the run's end
 * @param every null: once
 * @param chance for each message or datagram, 0 to 1; of the kinds that strike single ones
 * @param delay of {@link Kind#SLOW}
 * @param jitter added to the delay, 0 to this
 * @param skew of {@link Kind#SKEW}: how far the device's clock is ahead
 * @param bytes of {@link Kind#OVERSIZE}
 * @param samples in one message, of {@link Kind#BATCH} and {@link Kind#HISTORY}
 */
public record ScenarioFault(
    Kind kind,
    Duration at,
    @Nullable Duration length,
    @Nullable Duration every,
    Scope scope,
    double chance,
    Duration delay,
    Duration jitter,
    Duration skew,
    int bytes,
    int samples) {
  /** How long before the run the newest sample of a {@link Kind#HISTORY} lies. */
  public static final Duration HISTORY_AGE = Duration.ofMinutes(10);

  /** What can go wrong. */
  public enum Kind {
    /** The device is without power: its connection breaks, and it samples nothing. */
    DROPOUT,
    /** The link is gone: the device goes on sampling and sends what it stored on return. */
    LINK_DOWN,
    /** All connections break and come back, at once or spread over the fault's time. */
    STORM,
    /** The device hangs: its connection stays, and nothing comes over it, not even a ping. */
    HALF_OPEN,
    /** The device shows wrong secrets. */
    WRONG_CREDENTIALS,
    /** Messages take their time. */
    SLOW,
    /** Datagrams vanish, either way. */
    LOSS,
    /** The device goes on from another address or port. */
    ADDRESS_CHANGE,
    /** A message is sent twice. */
    DUPLICATE,
    /** A message is sent after the one that follows it. */
    REORDER,
    /** A payload that nobody can decode. */
    MALFORMED,
    /** A payload that ends too early. */
    TRUNCATED,
    /** A payload that is too large. */
    OVERSIZE,
    /** The device's clock is off; with a beginning and an end, it steps. */
    SKEW,
    /** The device gathers samples and sends many in one message, as a data logger does. */
    BATCH,
    /** The device hands in samples from before the run, in one message. */
    HISTORY,
    /** The broker between fleet and gateway is killed, and comes back with what it had saved. */
    BROKER_KILL,
    /** The broker stops and goes on: its connections stay, and nothing comes over them. */
    BROKER_HANG,
    /** The broker ends in order and comes back. */
    BROKER_RESTART,
    /** The broker ends in order and comes back elsewhere. */
    BROKER_MOVE;

    /** Whether it befalls the broker, and no device. */
    public boolean isOfBroker() {
      return switch (this) {
        case BROKER_KILL, BROKER_HANG, BROKER_RESTART, BROKER_MOVE -> true;
        default -> false;
      };
    }

    /** As scenarios write it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it keeps a device from being heard. */
    public boolean silences() {
      return this == DROPOUT || this == LINK_DOWN || this == HALF_OPEN || this == WRONG_CREDENTIALS;
    }

    boolean isByMessage() {
      return switch (this) {
        case LOSS, DUPLICATE, REORDER, MALFORMED, TRUNCATED, OVERSIZE -> true;
        default -> false;
      };
    }

    /** Whether it befalls the link when it begins, and again when it ends. */
    public boolean strikesLink() {
      return silences() || this == STORM || this == LOSS || this == ADDRESS_CHANGE;
    }

    /** Whether what it sends is meant to be refused. */
    public boolean spoils() {
      return this == MALFORMED || this == TRUNCATED || this == OVERSIZE;
    }
  }

  /**
   * Whom it hits: all that fit every part; null fits all.
   *
   * @param device its id
   * @param share of those that fit, 0 to 1, drawn by the scenario's seed
   */
  public record Scope(
      @Nullable String sector,
      @Nullable String site,
      @Nullable String profile,
      @Nullable String device,
      double share) {
    @Override
    public String toString() {
      String what =
          device != null
              ? device
              : site != null ? site : profile != null ? profile : sector != null ? sector : "all";
      return share < 1 ? Math.round(share * 100) + "% of " + what : what;
    }
  }

  /**
   * Whether a device is hit.
   *
   * @param number of the fault in its scenario, so that two of them draw apart
   */
  public boolean hits(DeviceSpec spec, int number) {
    DeviceGroup group = spec.group();
    return !kind.isOfBroker()
        && fits(scope.sector, group.sector())
        && fits(scope.site, group.site())
        && fits(scope.profile, group.profile().id())
        && fits(scope.device, spec.id())
        && Hash.unit(spec.seed() ^ 0xFA017L, number) < scope.share;
  }

  private static boolean fits(@Nullable String wanted, String there) {
    return wanted == null || wanted.equals(there);
  }

  /** Whether it is on, so many milliseconds after the start. */
  public boolean isOn(long millis) {
    long since = millis - at.toMillis();
    if (since < 0) {
      return false;
    }
    if (every != null) {
      since %= every.toMillis();
    }
    return length == null || since < length.toMillis();
  }
}
