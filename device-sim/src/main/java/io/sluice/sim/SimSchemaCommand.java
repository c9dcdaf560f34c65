package io.sluice.sim;

import io.sluice.sim.scenario.ScenarioSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the JSON Schema of scenario files. */
@Command(
    name = "schema",
    description =
        "Prints the JSON Schema of scenario files, as config/schema/scenario.schema.json.",
    mixinStandardHelpOptions = true)
final class SimSchemaCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(ScenarioSchema.text());
    spec.commandLine().getOut().flush();
    return SimCommand.DONE;
  }
}
