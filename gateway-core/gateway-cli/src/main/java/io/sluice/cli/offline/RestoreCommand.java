package io.sluice.cli.offline;

import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.config.DataDirectory;
import io.sluice.cli.config.DataOption;
import io.sluice.engine.backup.Restore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "restore",
    description =
        "Puts a backup into an empty data directory, wholly or not at all, before a gateway starts"
            + " on it.",
    footer =
        "What was changed after the backup is not in it: devices that were revoked since have to be"
            + " revoked again. Commands that waited are over.")
public final class RestoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOption data;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      required = true,
      description = "What sluice backup wrote.")
  private Path from;

  @Override
  public Integer call() throws CommandFailure {
    Path directory = data.directory(spec.commandLine().getErr());
    if (DataDirectory.isInUse(directory)) {
      throw new CommandFailure(
          ExitCode.FAILED, "a gateway runs on " + directory + "; stop it, or name another");
    }
    Restore.Restored restored;
    try {
      restored = Restore.into(directory, from);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(directory + " has " + String.join(", ", restored.files()) + " of " + from);
    if (restored.endedCommands() > 0) {
      out.println(restored.endedCommands() + " commands that waited are over; give them anew");
    }
    out.println("revoke again what was revoked after the backup was made");
    out.flush();
    return ExitCode.DONE;
  }
}
