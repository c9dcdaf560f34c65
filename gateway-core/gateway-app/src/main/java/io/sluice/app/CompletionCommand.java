package io.sluice.app;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Prints the completion for bash and zsh: source <(sluice completion)")
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    CommandLine all = Main.commandLine();
    // the generator writes its own name and moment into the script
    AutoComplete.bash("sluice", all)
        .lines()
        .filter(line -> !line.startsWith("#") || line.startsWith("#!"))
        .forEach(out::println);
    out.flush();
    return ExitCode.DONE;
  }
}
