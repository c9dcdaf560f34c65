package io.sluice.cli.offline;

import io.sluice.cli.ExitCode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Prints the completion for bash and zsh: source <(sluice completion)")
public final class CompletionCommand implements Callable<Integer> {
  private final Supplier<CommandLine> all;
  @Spec private CommandSpec spec;

  /**
   * @param all the command line with every command
   */
  public CompletionCommand(Supplier<CommandLine> all) {
    this.all = all;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    // the generator writes its own name and moment into the script
    AutoComplete.bash("sluice", all.get())
        .lines()
        .filter(line -> !line.startsWith("#") || line.startsWith("#!"))
        .forEach(out::println);
    out.flush();
    return ExitCode.DONE;
  }
}
