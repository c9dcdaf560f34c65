package io.sluice.cli.support;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KnownSecretsTest {
  @Test
  void userOfAnyAddressIsStruckOut() {
    assertThat(
            KnownSecrets.none()
                .struckOut(
                    "WARN upstream cloud: tcp://user:hunter2@h:1884: refused,"
                        + " {\"url\":\"https://hunter2@h/x?y=a@b\"} and mail to me@h; http://h/a@b"))
        .isEqualTo(
            "WARN upstream cloud: tcp://***@h:1884: refused,"
                + " {\"url\":\"https://***@h/x?y=a@b\"} and mail to me@h; http://h/a@b");
  }
}
