package io.sluice.app;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "token",
    description = "Makes a new token for a device and prints it, this once; the old one ends.")
final class DeviceTokenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "ID", description = "The device's id.")
  private String id;

  @Override
  public Integer call() throws CommandFailure {
    PrintWriter out = spec.commandLine().getOut();
    try (AdminClient client = admin.client()) {
      AdminClient.Answer answer =
          client.send("POST", "/api/v1/devices/" + AdminClient.encoded(id) + "/token", null);
      out.println(Show.text(client.require(answer), "token"));
    }
    out.flush();
    return ExitCode.DONE;
  }
}
