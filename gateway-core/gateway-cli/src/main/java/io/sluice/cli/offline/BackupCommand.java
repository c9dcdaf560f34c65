package io.sluice.cli.offline;

import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Version;
import io.sluice.cli.config.DataOption;
import io.sluice.engine.backup.Backup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "backup",
    description =
        "Writes registry, keys, alarms and coverage of a gateway into one file, while it runs or"
            + " not. The file holds credentials: keep it as you keep keys.")
public final class BackupCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOption data;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      required = true,
      description = "The file to write, which is not there yet.")
  private Path to;

  @Override
  public Integer call() throws CommandFailure {
    Path directory = data.directory(spec.commandLine().getErr());
    List<String> files;
    try {
      files = Backup.write(directory, to, Version.current(), Instant.now());
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(ExitCode.USAGE, to + " is there already; name another by --to", e);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(to + " has " + String.join(", ", files) + " of " + directory);
    out.flush();
    return ExitCode.DONE;
  }
}
