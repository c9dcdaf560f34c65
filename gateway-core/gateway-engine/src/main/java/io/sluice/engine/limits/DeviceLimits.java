package io.sluice.engine.limits;

import io.sluice.api.DeviceId;
import io.sluice.api.Limit;
import io.sluice.api.adapter.Receipt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Messages and bytes a second, of each device and of all. For the hot path: one look-up and a few
 * words of state. Thread-safe, never blocks.
 *
 * <p>Holds a bucket for each registered device that has sent within the last minutes: {@link
 * #sweep} drops those that are full again.
 */
public final class DeviceLimits {
  private static final double BURST_SECONDS = 2;

  private record Buckets(@Nullable TokenBucket messages, @Nullable TokenBucket bytes) {
    boolean areFull(long nowNanos) {
      return (messages == null || messages.isFull(nowNanos))
          && (bytes == null || bytes.isFull(nowNanos));
    }
  }

  private final LimitSettings settings;
  private final LongSupplier nanoTime;
  private final Buckets all;
  private final boolean isPerDevice;
  private final ConcurrentMap<String, Buckets> devices = new ConcurrentHashMap<>();

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  public DeviceLimits(LimitSettings settings, LongSupplier nanoTime) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.all =
        buckets(
            settings.totalMessagesPerSecond(),
            settings.totalBytesPerSecond().value(),
            nanoTime.getAsLong());
    this.isPerDevice = settings.messagesPerSecond() > 0 || settings.bytesPerSecond().value() > 0;
  }

  private static Buckets buckets(long messages, long bytes, long now) {
    return new Buckets(bucket(messages, now), bucket(bytes, now));
  }

  private static @Nullable TokenBucket bucket(long perSecond, long now) {
    return perSecond == 0
        ? null
        : new TokenBucket(perSecond, Math.max(1, perSecond * BURST_SECONDS), now);
  }

  /** Counts one message; null where it may pass. */
  public Receipt.@Nullable Limited check(DeviceId device, int payloadBytes) {
    if (!isPerDevice && all.messages == null && all.bytes == null) {
      return null;
    }
    long now = nanoTime.getAsLong();
    Buckets own = isPerDevice ? of(device.value(), now) : null;
    if (own != null) {
      Receipt.Limited limited =
          take(
              own,
              payloadBytes,
              now,
              Limit.MESSAGE_RATE_PER_DEVICE,
              Limit.BYTE_RATE_PER_DEVICE,
              settings.messagesPerSecond(),
              settings.bytesPerSecond().value());
      if (limited != null) {
        return limited;
      }
    }
    Receipt.Limited limited =
        take(
            all,
            payloadBytes,
            now,
            Limit.MESSAGE_RATE,
            Limit.BYTE_RATE,
            settings.totalMessagesPerSecond(),
            settings.totalBytesPerSecond().value());
    if (limited != null && own != null) {
      giveBack(own, payloadBytes);
    }
    return limited;
  }

  /** Counts one message of which no device's bound is asked; null where it may pass. */
  public Receipt.@Nullable Limited checkAll(int payloadBytes) {
    return all.messages == null && all.bytes == null
        ? null
        : take(
            all,
            payloadBytes,
            nanoTime.getAsLong(),
            Limit.MESSAGE_RATE,
            Limit.BYTE_RATE,
            settings.totalMessagesPerSecond(),
            settings.totalBytesPerSecond().value());
  }

  /** A new one is full now: what is taken next must not be taken from before its time. */
  private Buckets of(String device, long now) {
    Buckets known = devices.get(device);
    return known != null
        ? known
        : devices.computeIfAbsent(
            device,
            any -> buckets(settings.messagesPerSecond(), settings.bytesPerSecond().value(), now));
  }

  private static Receipt.@Nullable Limited take(
      Buckets buckets,
      int payloadBytes,
      long now,
      Limit messageLimit,
      Limit byteLimit,
      long messagesPerSecond,
      long bytesPerSecond) {
    TokenBucket messages = buckets.messages;
    TokenBucket bytes = buckets.bytes;
    long wait = messages == null ? 0 : messages.take(1, now);
    if (wait > 0) {
      return limited(messageLimit, messagesPerSecond + " messages a second", wait);
    }
    wait = bytes == null ? 0 : bytes.take(payloadBytes, now);
    if (wait == 0) {
      return null;
    }
    if (messages != null) {
      messages.giveBack(1);
    }
    return limited(byteLimit, bytesPerSecond + " payload bytes a second", wait);
  }

  private static void giveBack(Buckets buckets, int payloadBytes) {
    if (buckets.messages != null) {
      buckets.messages.giveBack(1);
    }
    if (buckets.bytes != null) {
      buckets.bytes.giveBack(payloadBytes);
    }
  }

  private static Receipt.Limited limited(Limit limit, String what, long waitNanos) {
    long millis = Math.max(1, Math.ceilDiv(waitNanos, TimeUnit.MILLISECONDS.toNanos(1)));
    String whose =
        limit == Limit.MESSAGE_RATE || limit == Limit.BYTE_RATE ? "all devices" : "a device";
    return new Receipt.Limited(
        limit, "more than %s of %s; go on in %d ms".formatted(what, whose, millis), millis);
  }

  /** Drops the buckets that are full again; every minute or so. */
  public void sweep() {
    long now = nanoTime.getAsLong();
    devices.values().removeIf(buckets -> buckets.areFull(now));
  }

  /** Devices with a bucket. */
  int size() {
    return devices.size();
  }
}
