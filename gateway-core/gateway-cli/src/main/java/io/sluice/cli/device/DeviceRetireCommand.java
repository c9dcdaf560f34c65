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
    name = "retire",
    description = "Takes a device out of service: it is no longer expected nor admitted.")
final class DeviceRetireCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "ID", description = "Its id.")
  private String id;

  @Override
  public Integer call() throws CommandFailure {
    PrintWriter out = spec.commandLine().getOut();
    try (AdminClient client = admin.client()) {
      client.require(
          client.send("POST", "/api/v1/devices/" + AdminClient.encoded(id) + "/retire", null));
    }
    out.println(id + " is retired");
    out.flush();
    return ExitCode.DONE;
  }
}
