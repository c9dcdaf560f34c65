package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.GatewayTime;
import io.sluice.cli.config.GatewayFiles;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway that is in no fleet pays for fleets. */
class NoFleetLoadedTest {
  @TempDir Path directory;

  /** Starts a gateway wholly, and ends it. */
  static final class Start {
    private Start() {}

    public static void main(String[] args) throws Exception {
      PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
      GatewayFiles files = Objects.requireNonNull(GatewayFiles.load(Path.of(args[0]), out));
      try (Wiring gateway =
          Wiring.start(files, new GatewayTime(Clock.systemUTC(), System::nanoTime))) {
        out.println("store " + gateway.operations().status().fleetStore());
      }
    }
  }

  @Test
  void nothingOfADatabaseOfAFleetIsLoadedWithoutOne() throws Exception {
    Path file = new Setup(directory).config();
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Dsluice.home=" + System.getProperty("sluice.home"),
                    "-Xlog:class+load:stdout",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Start.class.getName(),
                    file.toString()))
            .redirectErrorStream(true)
            .start();
    String loaded = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(loaded).isZero();
    assertThat(loaded).contains("store null", " io.sluice.store.sqlite.");
    assertThat(
            loaded
                .lines()
                .filter(line ->
                    line.contains(" org.postgresql.")
                        || line.contains(" com.zaxxer.")
                        || line.contains(" io.sluice.store.postgres.")))
        .isEmpty();
  }
}
