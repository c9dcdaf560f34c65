package io.sluice.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.config.Bytes;
import io.sluice.api.config.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShownSettingsTest {
  private record Inner(URI uri, Secret password, @Nullable Path file) {}

  private record Outer(Inner inner, List<Bytes> sizes, Map<String, String> free, Duration pause) {}

  @Test
  void secretsAreHiddenWhereverTheyStand() {
    Outer settings =
        new Outer(
            new Inner(
                URI.create("https://me:sEcReT-1@host:1/path?token=sEcReT-2"),
                new Secret("sEcReT-3"),
                null),
            List.of(new Bytes(5)),
            Map.of("sasl.jaas.config", "x password=sEcReT-4;", "linger.ms", "5"),
            Duration.ofSeconds(3));
    assertThat(ShownSettings.of(settings).toPrettyString())
        .doesNotContain("sEcReT")
        .contains("https://***@host:1/path?***", "\"linger.ms\" : \"5\"", "PT3S")
        .doesNotContain("\"file\"");
  }
}
