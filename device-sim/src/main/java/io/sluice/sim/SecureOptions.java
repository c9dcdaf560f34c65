package io.sluice.sim;

import io.sluice.sim.link.DeviceTls;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.Scenario;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where devices with certificates and pre-shared keys connect, and what they show there. */
final class SecureOptions {
  @Option(
      names = "--mqtts",
      paramLabel = "URI",
      description = "where devices with a certificate connect")
  private @Nullable URI mqtts;

  @Option(
      names = "--coaps",
      paramLabel = "URI",
      description = "where devices with a pre-shared key send")
  private @Nullable URI coaps;

  @Option(
      names = "--authority",
      paramLabel = "DIR",
      description = "the authority of the devices' certificates; `sim devices` makes one there")
  private @Nullable Path authority;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "whose certificate the server of --mqtts, or of --http with https://, has, PEM"
              + " (default: the --authority)")
  private @Nullable Path ca;

  /** All of them, with those that need no secrecy. */
  Endpoints with(Scenario scenario, @Nullable URI mqtt, @Nullable URI coap, @Nullable URI http)
      throws IOException {
    boolean isHttps = http != null && "https".equals(http.getScheme());
    return new Endpoints(mqtt, coap, mqtts, coaps, http, tls(scenario, isHttps));
  }

  private @Nullable DeviceTls tls(Scenario scenario, boolean isHttps) throws IOException {
    if (scenario.hasCertificates()) {
      return DeviceTls.open(needed(authority), ca);
    }
    if (!isHttps) {
      return null;
    }
    return authority == null && ca != null ? DeviceTls.trusting(ca) : ofAuthority();
  }

  private @Nullable DeviceTls ofAuthority() throws IOException {
    return authority == null ? null : DeviceTls.open(authority, ca);
  }

  /**
   * The folder of the authority, which a scenario with certificates has to have.
   *
   * @throws IllegalArgumentException if it is not there
   */
  static Path needed(@Nullable Path authority) {
    if (authority == null) {
      throw new IllegalArgumentException(
          "the scenario has devices with certificates; say where their authority is, or is to be"
              + " made, with --authority DIR");
    }
    return authority;
  }
}
