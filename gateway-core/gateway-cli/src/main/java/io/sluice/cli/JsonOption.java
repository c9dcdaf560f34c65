package io.sluice.cli;

import java.io.PrintWriter;
import java.util.function.BiConsumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The option {@code --json}, for commands that print a list of the admin API. */
public final class JsonOption {
  @Option(names = "--json", description = "Print the API's JSON.")
  private boolean json;

  /**
   * Asks for a list and prints it: the API's JSON where that is wanted, else by {@code table}.
   *
   * @return the exit code
   */
  public int print(
      CommandSpec spec, AdminOptions admin, String path, BiConsumer<JsonNode, PrintWriter> table)
      throws CommandFailure {
    JsonNode answer;
    try (AdminClient client = admin.client()) {
      answer = client.get(path);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Show.json(answer, out);
    } else {
      table.accept(answer, out);
      out.flush();
    }
    return ExitCode.DONE;
  }
}
