package io.sluice.engine.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class VerifiedCredentialsTest {
  private final VerifiedCredentials verified = new VerifiedCredentials(Ticker.disabledTicker());

  @Test
  void oneHostIsSuspiciousByWhateverAddressesOfItsPrefix() {
    for (int i = 0; i < 5; i++) {
      verified.failed(new InetSocketAddress("2001:db8::" + i, 1));
    }
    assertThat(verified.suspicious(new InetSocketAddress("2001:db8::9:9", 1))).isTrue();
    assertThat(verified.suspicious(new InetSocketAddress("2001:db8:0:7::1", 1))).isFalse();
  }
}
