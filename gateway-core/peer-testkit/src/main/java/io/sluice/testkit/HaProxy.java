package io.sluice.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real balancer, run by a configuration in a folder of its own. */
public final class HaProxy implements AutoCloseable {
  private static final String BINARY =
      Files.exists(Path.of("/usr/sbin/haproxy")) ? "/usr/sbin/haproxy" : "haproxy";

  /** Within it HAProxy ends where it cannot run. */
  private static final long FAULT_MILLIS = 500;

  private final Path log;
  private final Process process;

  /**
   * Starts it; it listens soon after.
   *
   * @throws IOException where the configuration is refused; the message says why
   */
  public HaProxy(Path directory, String configuration) throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("haproxy.cfg"), configuration);
    String faults = check(file);
    if (!faults.isEmpty()) {
      throw new IOException(faults);
    }
    log = directory.resolve("haproxy.log");
    process =
        new ProcessBuilder(command(file))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (process.waitFor(FAULT_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IOException("HAProxy does not start: " + log());
    }
  }

  /** Whether it is on this machine. */
  public static boolean isInstalled() {
    return Files.isExecutable(Path.of("/usr/sbin/haproxy"))
        || Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(each -> Files.isExecutable(Path.of(each, "haproxy")));
  }

  /** What runs a configuration in the foreground. */
  public static List<String> command(Path file) {
    return List.of(BINARY, "-db", "-f", file.toString());
  }

  /** What the balancer itself finds wrong with a configuration, warnings too; else empty. */
  public static String check(Path file) throws IOException, InterruptedException {
    Process checking =
        new ProcessBuilder(BINARY, "-c", "-f", file.toString()).redirectErrorStream(true).start();
    String said =
        new String(checking.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    boolean isGood = checking.waitFor() == 0 && !said.contains("[WARNING]");
    return isGood ? "" : said;
  }

  /** What it has said. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
