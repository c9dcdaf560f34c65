package io.sluice.adapter.coap.fast;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.request.Admissions;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KnownSenderTest {
  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 5683);
  private static final Device DEVICE =
      new Device(new DeviceId("d1"), "p", "farm", "s", null, null, true, true, false);

  private final KnownSender known =
      new KnownSender(
          key("d1", "secret"),
          new Admissions.Sender(
              new Admission.Admitted(DEVICE), new Peer("coap", ADDRESS, false), 1_000),
          7,
          0);

  private static Admissions.Key key(String device, String token) {
    byte[] one = device.getBytes(StandardCharsets.US_ASCII);
    byte[] other = token.getBytes(StandardCharsets.US_ASCII);
    return Admissions.key(ADDRESS, one, 0, one.length, other, 0, other.length);
  }

  @Test
  void isTheSameForAsLongAsItWasAdmittedAndNothingIsRevoked() {
    assertThat(known.is(key("d1", "secret"), 7, 999)).isTrue();
    assertThat(known.is(key("d1", "secret"), 7, 1_000)).isFalse();
    assertThat(known.is(key("d1", "secret"), 8, 999)).isFalse();
    assertThat(known.is(key("d1", "secres"), 7, 999)).isFalse();
    assertThat(known.is(key("d2", "secret"), 7, 999)).isFalse();
    assertThat(known.is(key("d1s", "ecret"), 7, 999)).isFalse();
  }

  @Test
  void presenceIsToldOnceASecond() {
    long second = TimeUnit.SECONDS.toNanos(1);
    assertThat(known.isSignDue(second - 1)).isFalse();
    assertThat(known.isSignDue(second)).isTrue();
    assertThat(known.isSignDue(second + 1)).isFalse();
    assertThat(known.isSignDue(3 * second)).isTrue();
  }
}
