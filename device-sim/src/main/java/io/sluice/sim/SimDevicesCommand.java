package io.sluice.sim;

import io.sluice.sim.pki.DeviceAuthority;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the registry seed that a gateway needs for a scenario. */
@Command(
    name = "devices",
    description = "Prints the scenario's devices as a devices.yaml for the gateway.",
    mixinStandardHelpOptions = true)
final class SimDevicesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--scenario", required = true, paramLabel = "FILE", description = "the fleet")
  private Path scenario;

  @Option(
      names = "--authority",
      paramLabel = "DIR",
      description =
          "of a scenario with certificates: makes their authority there, unless there is one:"
              + " ca.pem for the gateway's client-ca, server.pem and server.key for its listener")
  private @Nullable Path authority;

  @Override
  public Integer call() throws IOException {
    try {
      Scenario loaded = Scenario.load(scenario);
      if (loaded.hasCertificates()) {
        DeviceAuthority.open(SecureOptions.needed(authority));
      }
      spec.commandLine().getOut().print(loaded.devicesYaml());
      spec.commandLine().getOut().flush();
      return SimCommand.DONE;
    } catch (ScenarioException | IllegalArgumentException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return SimCommand.MISUSED;
    }
  }
}
