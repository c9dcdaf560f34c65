package io.sluice.cli.device;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "device",
    description = "Looks at and changes the device registry of a running gateway.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DeviceListCommand.class,
      DeviceShowCommand.class,
      DeviceAddCommand.class,
      DeviceImportCommand.class,
      DeviceChangeCommand.class,
      DeviceRemoveCommand.class,
      DeviceRetireCommand.class,
      DeviceRotateCommand.class,
      DeviceRevokeCommand.class,
      DeviceTokenCommand.class
    })
public final class DeviceCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "no command given; write list, show, add, import, change, remove, retire, rotate, revoke or token after device");
  }
}
