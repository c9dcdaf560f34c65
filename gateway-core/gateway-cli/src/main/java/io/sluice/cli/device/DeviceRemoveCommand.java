package io.sluice.cli.device;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "remove",
    description = "Removes a device with its credentials; retire keeps its registration.")
final class DeviceRemoveCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "ID", description = "Id of the device.")
  private String id;

  @Override
  public Integer call() throws CommandFailure {
    try (AdminClient client = admin.client()) {
      client.require(client.send("DELETE", "/api/v1/devices/" + AdminClient.encoded(id), null));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(id + " is removed");
    out.flush();
    return ExitCode.DONE;
  }
}
