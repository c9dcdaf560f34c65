package io.sluice.trial.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NeedsTest {
  @Test
  void whatIsMissingIsNamedWithItsPackage() {
    assertThat(Needs.missing(true, true, true)).isNull();
    assertThat(Needs.missing(true, false, true))
        .contains("HAProxy", "is not installed", "apt-get install")
        .endsWith(" haproxy");
    assertThat(Needs.missing(false, false, true))
        .contains("PostgreSQL", "are not installed")
        .endsWith(" postgresql haproxy");
  }
}
