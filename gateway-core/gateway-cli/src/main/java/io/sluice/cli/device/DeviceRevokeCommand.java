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
    name = "revoke",
    description = "Takes all credentials from a device and closes its sessions, at once.")
final class DeviceRevokeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "ID", description = "Its id.")
  private String id;

  @Override
  public Integer call() throws CommandFailure {
    PrintWriter out = spec.commandLine().getOut();
    try (AdminClient client = admin.client()) {
      client.require(
          client.send("POST", "/api/v1/devices/" + AdminClient.encoded(id) + "/revoke", null));
    }
    out.println(id + " has no credentials any more; its sessions are closed");
    out.flush();
    return ExitCode.DONE;
  }
}
