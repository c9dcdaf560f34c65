package io.sluice.cli.device;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "show", description = "Shows one device as JSON.")
final class DeviceShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "ID", description = "Its id.")
  private String id;

  @Override
  public Integer call() throws CommandFailure {
    try (AdminClient client = admin.client()) {
      Show.json(
          client.get("/api/v1/devices/" + AdminClient.encoded(id)), spec.commandLine().getOut());
    }
    return ExitCode.DONE;
  }
}
