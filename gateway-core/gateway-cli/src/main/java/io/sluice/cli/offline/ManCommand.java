package io.sluice.cli.offline;

import io.sluice.cli.ExitCode;
import io.sluice.cli.Version;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "man", description = "Prints the manual page: sluice man | man -l -")
public final class ManCommand implements Callable<Integer> {
  private final Supplier<CommandLine> all;
  @Spec private CommandSpec spec;

  /**
   * @param all the command line with every command
   */
  public ManCommand(Supplier<CommandLine> all) {
    this.all = all;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(ManPage.of(all.get(), Version.current()));
    out.flush();
    return ExitCode.DONE;
  }
}
