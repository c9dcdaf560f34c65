package io.sluice.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Shows a view of the gateway once, or again and again until the program is ended. */
public final class WatchOption {
  private static final int LONGEST_SECONDS = 3_600;

  @Option(
      names = "--watch",
      arity = "0..1",
      fallbackValue = "2",
      paramLabel = "SECONDS",
      description = "Shows it again each so many seconds (1 to 3600, else 2), until Ctrl-C.")
  private @Nullable Integer seconds;

  /** What is shown; answers the exit code. */
  public interface View {
    int print(AdminClient client, PrintWriter out) throws CommandFailure;
  }

  public int show(AdminOptions admin, PrintWriter out, View view) throws CommandFailure {
    if (seconds == null) {
      try (AdminClient client = admin.client()) {
        return view.print(client, out);
      }
    }
    if (seconds < 1 || seconds > LONGEST_SECONDS) {
      throw new CommandFailure(
          ExitCode.USAGE, "--watch " + seconds + " is none; give 1 to 3600 seconds, as --watch=5");
    }
    return watch(admin, out, view, seconds);
  }

  private static int watch(AdminOptions admin, PrintWriter out, View view, int seconds)
      throws CommandFailure {
    boolean isInteractive = Terminal.isInteractive();
    CountDownLatch stopped = new CountDownLatch(1);
    Shutdown.run(() -> {}, stopped);
    try (AdminClient client = admin.client()) {
      do {
        String frame = frame(client, view);
        String head = Instant.now().truncatedTo(ChronoUnit.SECONDS) + "  each " + seconds + " s";
        // in one piece, from the top left: the screen does not flicker
        out.print(
            isInteractive
                ? "\u001b[H\u001b[2J\u001b[3J" + head + "\n\n" + frame
                : head + "\n" + frame + "\n");
        out.flush();
      } while (!stopped.await(seconds, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ExitCode.DONE;
  }

  /** A gateway that cannot be reached now may be there again the next time. */
  private static String frame(AdminClient client, View view) throws CommandFailure {
    StringWriter frame = new StringWriter();
    try {
      view.print(client, new PrintWriter(frame));
    } catch (CommandFailure e) {
      if (e.exitCode() != ExitCode.FAILED) {
        throw e;
      }
      return e.getMessage() + "\n";
    }
    return frame.toString();
  }
}
