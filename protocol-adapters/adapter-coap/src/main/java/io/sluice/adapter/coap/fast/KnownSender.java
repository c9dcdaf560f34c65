package io.sluice.adapter.coap.fast;

import io.sluice.adapter.coap.request.Admissions;
import io.sluice.api.DeviceId;
import java.util.concurrent.TimeUnit;

/**
 * What is known of a peer by the credentials that it has shown last, so that its next message is
 * admitted without a look-up. Confined to an event loop.
 */
final class KnownSender {
  /** Presence hears of a device that sends again and again once in this time. */
  private static final long SIGN_NANOS = TimeUnit.SECONDS.toNanos(1);

  // The SHA-256 of the credentials, as in the key: it lies with the rest.
  private final long a;
  private final long b;
  private final long c;
  private final long d;
  private final DeviceId device;
  private final long untilNanos;
  private final long revocations;
  private final Admissions.Sender sender;
  private long signNanos;

  /**
   * @param revocations as they were before it was looked up
   * @param nowNanos when presence was told of it
   */
  KnownSender(Admissions.Key key, Admissions.Sender sender, long revocations, long nowNanos) {
    this.a = key.a();
    this.b = key.b();
    this.c = key.c();
    this.d = key.d();
    this.device = sender.device();
    this.untilNanos = sender.untilNanos();
    this.revocations = revocations;
    this.sender = sender;
    this.signNanos = nowNanos;
  }

  /** Whether these credentials, of the same address, are admitted. */
  boolean is(Admissions.Key shown, long revocationsNow, long nowNanos) {
    return revocations == revocationsNow
        && untilNanos - nowNanos > 0
        && a == shown.a()
        && b == shown.b()
        && c == shown.c()
        && d == shown.d();
  }

  DeviceId device() {
    return device;
  }

  Admissions.Sender sender() {
    return sender;
  }

  /** Whether presence is to hear of it now; true once a second at the most. */
  boolean isSignDue(long nowNanos) {
    if (nowNanos - signNanos < SIGN_NANOS) {
      return false;
    }
    signNanos = nowNanos;
    return true;
  }
}
