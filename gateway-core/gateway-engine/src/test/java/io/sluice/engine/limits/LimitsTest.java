package io.sluice.engine.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.DeviceId;
import io.sluice.api.Limit;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.config.Bytes;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final DeviceId A = new DeviceId("a");
  private static final DeviceId B = new DeviceId("b");

  private final AtomicLong now = new AtomicLong();

  private static LimitSettings settings(
      int messages, int bytes, int totalMessages, int perAddress, int ratePerAddress, int rate) {
    return new LimitSettings(
        messages,
        new Bytes(bytes),
        totalMessages,
        new Bytes(0),
        perAddress,
        ratePerAddress,
        rate,
        5,
        Duration.ofMinutes(5),
        new Bytes(0),
        new Bytes(1 << 20),
        0,
        0,
        0,
        0);
  }

  private static @Nullable Limit limit(Receipt.@Nullable Limited verdict) {
    return verdict == null ? null : verdict.limit();
  }

  @Test
  void deviceIsLimitedByMessagesAndByBytes() {
    DeviceLimits limits = new DeviceLimits(settings(5, 1000, 0, 0, 0, 0), now::get);
    for (int i = 0; i < 10; i++) {
      assertThat(limits.check(A, 10)).isNull();
    }
    Receipt.Limited limited = limits.check(A, 10);
    assertThat(limit(limited)).isEqualTo(Limit.MESSAGE_RATE_PER_DEVICE);
    assertThat(limited.retryAfterMillis()).isEqualTo(200);
    assertThat(limited.detail())
        .isEqualTo("more than 5 messages a second of a device; go on in 200 ms");
    assertThat(limits.check(B, 1500)).isNull();
    assertThat(limit(limits.check(B, 600))).isEqualTo(Limit.BYTE_RATE_PER_DEVICE);
    now.addAndGet(SECOND);
    assertThat(limits.check(A, 10)).isNull();
    assertThat(limits.check(B, 600)).isNull();
  }

  /** The clock goes on between two looks at it: much, where the thread has to wait in between. */
  @Test
  void firstMessagePassesHoweverLongItIsHeldUp() {
    DeviceLimits limits =
        new DeviceLimits(settings(5, 1000, 0, 0, 0, 0), () -> now.addAndGet(30 * SECOND));
    assertThat(limits.check(A, 10)).isNull();
  }

  @Test
  void whatTheTotalRefusesIsNotCountedForTheDevice() {
    DeviceLimits limits = new DeviceLimits(settings(2, 0, 1, 0, 0, 0), now::get);
    assertThat(limits.check(A, 1)).isNull();
    assertThat(limits.check(B, 1)).isNull();
    for (int i = 0; i < 10; i++) {
      assertThat(limit(limits.check(A, 1))).isEqualTo(Limit.MESSAGE_RATE);
    }
    now.addAndGet(SECOND);
    assertThat(limits.check(A, 1)).isNull();
  }

  @Test
  void bucketsThatAreFullAreDropped() {
    DeviceLimits limits = new DeviceLimits(settings(5, 0, 0, 0, 0, 0), now::get);
    limits.check(A, 1);
    limits.sweep();
    assertThat(limits.size()).isEqualTo(1);
    now.addAndGet(SECOND);
    limits.sweep();
    assertThat(limits.size()).isZero();
  }

  private static InetSocketAddress from(String address) {
    return new InetSocketAddress(address, 40_000);
  }

  @Test
  void connectionsOfAnAddressAreBounded() {
    AddressLimits limits = new AddressLimits(settings(0, 0, 0, 2, 0, 0), now::get);
    assertThat(limits.enter(from("192.0.2.1"))).isNull();
    assertThat(limits.enter(from("192.0.2.1"))).isNull();
    assertThat(limits.enter(from("192.0.2.1"))).isEqualTo(Limit.CONNECTIONS_PER_ADDRESS);
    assertThat(limits.enter(from("192.0.2.2"))).isNull();
    limits.leave(from("192.0.2.1"));
    assertThat(limits.enter(from("192.0.2.1"))).isNull();
  }

  @Test
  void ipv6AddressesCountByTheirNetwork() {
    AddressLimits limits = new AddressLimits(settings(0, 0, 0, 1, 0, 0), now::get);
    assertThat(limits.enter(from("2001:db8::1"))).isNull();
    assertThat(limits.enter(from("2001:db8::ffff:2"))).isEqualTo(Limit.CONNECTIONS_PER_ADDRESS);
    assertThat(limits.enter(from("2001:db8:0:1::1"))).isNull();
  }

  @Test
  void rateOfNewConnectionsIsBounded() {
    AddressLimits limits = new AddressLimits(settings(0, 0, 0, 0, 1, 2), now::get);
    for (int i = 0; i < 10; i++) {
      assertThat(limits.enter(from("192.0.2.1"))).isNull();
    }
    assertThat(limits.enter(from("192.0.2.1"))).isEqualTo(Limit.CONNECTION_RATE_PER_ADDRESS);
    for (int i = 0; i < 10; i++) {
      assertThat(limits.enter(from("192.0.2." + (2 + i)))).isNull();
    }
    assertThat(limits.enter(from("192.0.2.99"))).isEqualTo(Limit.CONNECTION_RATE);
  }

  @Test
  void memoryIsBoundedHoweverManyAddressesCome() {
    AddressLimits limits = new AddressLimits(settings(0, 0, 0, 0, 10, 0), now::get);
    for (int i = 0; i < AddressLimits.MAX_ADDRESSES + 1000; i++) {
      limits.enter(from("10.%d.%d.%d".formatted(i >> 16, (i >> 8) & 0xFF, i & 0xFF)));
    }
    assertThat(limits.size()).isLessThanOrEqualTo(AddressLimits.MAX_ADDRESSES + 1);
    for (int i = 0; i < AddressLimits.MAX_ADDRESSES + 1000; i++) {
      limits.leave(from("10.%d.%d.%d".formatted(i >> 16, (i >> 8) & 0xFF, i & 0xFF)));
    }
    now.addAndGet(200 * SECOND);
    limits.sweep();
    assertThat(limits.size()).isZero();
  }
}
