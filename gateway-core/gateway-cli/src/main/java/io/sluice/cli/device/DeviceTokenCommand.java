package io.sluice.cli.device;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "token", description = "Makes a new token for a device and prints it, this once.")
final class DeviceTokenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "ID", description = "The device's id.")
  private String id;

  @Option(
      names = "--overlap",
      paramLabel = "D",
      defaultValue = "0s",
      description =
          "How long the credentials before stay valid: 1h (default: they end at once, and so does"
              + " the session).")
  private String overlap;

  @Override
  public Integer call() throws CommandFailure {
    PrintWriter out = spec.commandLine().getOut();
    try (AdminClient client = admin.client()) {
      AdminClient.Answer answer =
          client.send(
              "POST",
              "/api/v1/devices/"
                  + AdminClient.encoded(id)
                  + "/token?overlap="
                  + AdminClient.encoded(overlap),
              null);
      out.println(Show.text(client.require(answer), "token"));
    }
    out.flush();
    return ExitCode.DONE;
  }
}
