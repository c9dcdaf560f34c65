package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway that is alone loads nothing of what a fleet needs, from its start until it is ready.
 */
class NothingOfTheFleetLoadedTest {
  private static final List<String> OF_A_FLEET =
      List.of(
          " org.apache.kafka.",
          " org.postgresql.",
          " com.zaxxer.hikari.",
          " io.sluice.upstream.kafka.FleetBus",
          " io.sluice.store.postgres.",
          " io.sluice.app.fleet.");

  @Test
  void noClassOfKafkaOrPostgresqlIsLoadedWhereNoFleetIsConfigured(@TempDir Path directory)
      throws Exception {
    Path config = new Setup(directory).config();
    Process gateway =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:stdout",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.sluice.app.Main",
                "run",
                "--config",
                config.toString())
            .redirectErrorStream(true)
            .start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(gateway.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null && !line.startsWith("ready ")) {
        lines.add(line);
        line = out.readLine();
      }
      assertThat(line).as(() -> String.join("\n", lines)).isNotNull();
    } finally {
      gateway.destroy();
      assertThat(gateway.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(lines).anyMatch(line -> line.contains(" io.sluice.app.Wiring "));
    assertThat(lines).anyMatch(line -> line.contains(" io.sluice.store.sqlite."));
    assertThat(lines.stream().filter(line -> OF_A_FLEET.stream().anyMatch(line::contains)))
        .isEmpty();
  }
}
