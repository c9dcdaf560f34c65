package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceIdTest {
  @Test
  void ordinaryIdsAreTaken() {
    assertThat(new DeviceId("press-07.a_b:c@d").value()).isEqualTo("press-07.a_b:c@d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a+b", "#", "a b", "$sys", "ü"})
  void whatIsNoSingleTopicLevelIsRefused(String value) {
    assertThatThrownBy(() -> new DeviceId(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 128");
  }
}
