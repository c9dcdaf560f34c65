package io.sluice.fleet;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A command line of the fleet that has been run.
 *
 * @param out what it printed
 * @param err what it said beside that
 */
public record CommandLines(int code, String out, String err) {
  /** Runs one in this process. */
  public static CommandLines run(String[] further, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of(further));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), all);
    return new CommandLines(code, out.toString(), err.toString());
  }
}
