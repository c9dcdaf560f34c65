package io.sluice.trial.stage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How gateways and instances of the view are started.
 *
 * @param gateway what stands before {@code run}, {@code drain} and so on
 * @param fleet what stands before {@code init}, {@code run}
 */
public record Programs(List<String> gateway, List<String> fleet) {
  /** As their users start them, by the launcher of a checkout. */
  public static Programs launched(Path home) {
    String sluice = home.resolve("sluice").toString();
    return new Programs(List.of(sluice), List.of(sluice, "fleet"));
  }

  /**
   * By class paths, for tests of what is being built.
   *
   * @param home of the checkout: where profiles are
   */
  public static Programs of(Path home, String gatewayPath, String fleetPath) {
    return new Programs(
        java(home, gatewayPath, "io.sluice.app.Main"),
        java(home, fleetPath, "io.sluice.fleet.Main"));
  }

  private static List<String> java(Path home, String classPath, String main) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx384m",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dsluice.home=" + home,
        "-cp",
        classPath,
        main);
  }

  static List<String> with(List<String> program, String... words) {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of(words));
    return command;
  }
}
