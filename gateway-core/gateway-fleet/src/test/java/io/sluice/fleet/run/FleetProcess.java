package io.sluice.fleet.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * An instance of the view in a process of its own.
 *
 * @param port of its admin listener
 * @param log what it says
 */
record FleetProcess(Process process, int port, Path log) implements AutoCloseable {
  static FleetProcess start(Path configuration, Path log) throws Exception {
    return start(configuration, log, Map.of());
  }

  /**
   * The same.
   *
   * @param environment beside this process's own
   */
  static FleetProcess start(Path configuration, Path log, Map<String, String> environment)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dsluice.home=" + System.getProperty("sluice.home"),
                "-cp",
                System.getProperty("java.class.path"),
                "io.sluice.fleet.Main",
                "run",
                "--config",
                configuration.toString())
            .redirectError(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String ready = out.readLine();
    assertThat(ready).as(() -> "its log is in " + log).startsWith("ready admin 127.0.0.1:");
    return new FleetProcess(
        process, Integer.parseInt(ready.replaceAll(".*:(\\d+) in .*", "$1")), log);
  }

  /** As by kill -9. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
