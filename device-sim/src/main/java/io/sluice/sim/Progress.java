package io.sluice.sim;

import io.sluice.sim.figures.FleetSnapshot;
import java.io.Console;
import java.io.PrintWriter;

/**
 * How a run is going: on a terminal one line that changes each second, elsewhere a plain line each
 * ten seconds.
 */
final class Progress {
  private static final long PLAIN_SECONDS = 10;

  private final PrintWriter err;
  private final boolean isTerminal;
  private String said = "";
  private long nextSecond = PLAIN_SECONDS;

  Progress(PrintWriter err) {
    this(err, isAtTerminal());
  }

  @SuppressWarnings("SystemConsoleNull") // it is, where neither end is a terminal
  private static boolean isAtTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  Progress(PrintWriter err, boolean isTerminal) {
    this.err = err;
    this.isTerminal = isTerminal;
  }

  void show(long second, FleetSnapshot snapshot) {
    if (isTerminal) {
      err.print("\r" + second + " s: " + snapshot + "\u001b[K");
    } else if (second >= nextSecond) {
      nextSecond += PLAIN_SECONDS;
      err.println(second + " s: " + snapshot);
    }
    err.flush();
  }

  /** One line for itself; the same one is not repeated. */
  void say(String line) {
    if (!line.equals(said)) {
      said = line;
      err.println((isTerminal ? "\n" : "") + line);
      err.flush();
    }
  }

  void end() {
    if (isTerminal) {
      err.println();
      err.flush();
    }
  }
}
