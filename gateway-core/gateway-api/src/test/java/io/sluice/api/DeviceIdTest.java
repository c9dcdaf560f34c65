package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceIdTest {
  @Test
  void ordinaryIdsAreTaken() {
    assertThat(new DeviceId("press-07.a_b:c@d").value()).isEqualTo("press-07.a_b:c@d");
  }

  /** As RFC 3986 resolves paths, which browsers and HTTP clients do before they send. */
  @ParameterizedTest
  @ValueSource(strings = {"...", ".a", "a.", "..a", "import", "%2e%2e", "-", ":", "@"})
  void whatIsTakenIsAPathSegmentOfItsOwn(String value) {
    assumeTrue(DeviceId.isValid(value));
    assertThat(URI.create("/devices/").resolve("./" + value + "/revoke").normalize().getPath())
        .isEqualTo("/devices/" + value + "/revoke");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a+b", "#", "a b", "$sys", "ü", ".", "..", "a\n", "..\n"})
  void whatIsNoSingleTopicLevelIsRefused(String value) {
    assertThatThrownBy(() -> new DeviceId(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 128");
  }
}
