package io.sluice.trial.stage;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process of the stage, with its log beside its configuration. The terminal's Ctrl-C does not
 * reach it: the stage ends it, and kill -9 does where the stage ends without that. It can be
 * started again as often as it ended. Of one thread, with which it ends, but {@link #isAlive}.
 */
final class Child {
  private static final long LOOK_MILLIS = 25;
  private static final int LAST_LINES = 15;

  private final String name;
  private final Path directory;
  private final List<String> command;
  private final Path log;
  private volatile @Nullable Process process;
  private long logFrom;

  /**
   * @param name as messages call it
   */
  Child(String name, Path directory, List<String> command) {
    this.name = name;
    this.directory = directory;
    this.command = new ArrayList<>(List.of("setsid", "setpriv", "--pdeathsig", "KILL"));
    this.command.addAll(command);
    this.log = directory.resolve("process.log");
  }

  /** Starts it, and does not wait until it serves. */
  void begin() throws IOException {
    logFrom = Files.exists(log) ? Files.size(log) : 0;
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().merge("SLUICE_OPTS", "-Xmx512m", (given, ours) -> ours + " " + given);
    process = builder.start();
  }

  /**
   * Waits for a line of its log that begins so.
   *
   * @throws IOException where it ended, or was not ready in time; the message has its last lines
   */
  void await(String line, long seconds) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (said().lines().noneMatch(each -> each.startsWith(line))) {
      if (!isAlive() || System.nanoTime() > until) {
        throw new IOException(
            "%s %s; its log, %s, ends with:%n%s"
                .formatted(
                    name,
                    isAlive() ? "is not ready after " + seconds + " s" : "has ended",
                    log,
                    lastLines()));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /**
   * Waits until it has done what it is for.
   *
   * @throws IOException where it fails, or takes longer; the message has its last lines
   */
  void awaitDone(long seconds) throws IOException, InterruptedException {
    Process running = process;
    boolean isDone = false;
    try {
      isDone =
          running != null && running.waitFor(seconds, TimeUnit.SECONDS) && running.exitValue() == 0;
    } finally {
      if (!isDone) {
        kill();
      }
    }
    if (!isDone) {
      throw new IOException(name + " failed; " + log + " ends with:\n" + lastLines());
    }
  }

  /** What it has said since it was started last. */
  private String said() throws IOException {
    byte[] all = Files.readAllBytes(log);
    return new String(
        all, (int) logFrom, (int) Math.max(0, all.length - logFrom), StandardCharsets.UTF_8);
  }

  private String lastLines() throws IOException {
    List<String> lines = said().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** kill -9. */
  void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  /** SIGTERM. */
  void terminate() {
    if (process != null) {
      process.destroy();
    }
  }

  /**
   * SIGTERM, then kill -9 where that is not enough.
   *
   * @return whether it ended in time
   */
  boolean end(long seconds) throws InterruptedException {
    if (process == null) {
      return true;
    }
    process.destroy();
    boolean hasEnded = process.waitFor(seconds, TimeUnit.SECONDS);
    kill();
    return hasEnded;
  }
}
