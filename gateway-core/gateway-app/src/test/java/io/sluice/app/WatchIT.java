package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.testkit.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --watch} over a gateway that goes away and comes back, ended as by Ctrl-C. */
class WatchIT {
  @TempDir Path directory;

  private Process watch(String... command) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Path.of("target", "sluice", "lib", "*").toString(),
                "io.sluice.app.Main"));
    line.addAll(List.of(command));
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("watch.txt").toFile())
        .start();
  }

  private String shown() throws IOException {
    return Files.readString(directory.resolve("watch.txt"));
  }

  @Test
  void aViewOutlivesTheGatewayAndEndsWithExitCodeZero() throws Exception {
    int port = FreePort.next(); // which stays its own while the gateway is away
    Path config = new Setup(directory).config();
    Files.writeString(
        config,
        Files.readString(config).replace("admin: { port: 0 }", "admin: { port: " + port + " }"));
    Process watch;
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      watch = watch("status", "--watch=1", "--admin", "http://127.0.0.1:" + port);
      await().until(() -> shown().split("UPSTREAM ", -1).length > 2);
      gateway.kill();
      await().until(() -> shown().contains("no gateway answers at http://127.0.0.1:" + port));
    }
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      int before = shown().length();
      await().until(() -> shown().substring(before).contains("UPSTREAM "));
      assertThat(gateway.terminate()).isZero();
    }
    // as Ctrl-C does; SIGINT itself would be ignored where the tests run in the background of a
    // shell
    watch.destroy();
    assertThat(watch.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(watch.exitValue()).isZero();
    assertThat(shown()).doesNotContain("Exception");
  }

  @Test
  void anIntervalThatIsNoneIsBadUsage() throws Exception {
    Process watch = watch("coverage", "--watch=0");
    assertThat(watch.waitFor()).isEqualTo(2);
    assertThat(shown())
        .isEqualTo("sluice: --watch 0 is none; give 1 to 3600 seconds, as --watch=5\n");
  }
}
