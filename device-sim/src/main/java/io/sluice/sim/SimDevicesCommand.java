package io.sluice.sim;

import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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

  @Override
  public Integer call() {
    try {
      spec.commandLine().getOut().print(Scenario.load(scenario).devicesYaml());
      spec.commandLine().getOut().flush();
      return SimCommand.DONE;
    } catch (ScenarioException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return SimCommand.MISUSED;
    }
  }
}
