package io.sluice.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What became of a program that was run to its end.
 *
 * @param exitCode 127 where there is no such program
 * @param output of both streams
 */
public record Program(int exitCode, String output) {
  private static final int NONE = 127;

  /**
   * Runs it, and kills it with all that it started where it takes longer.
   *
   * @param environment added to this process's own
   * @throws IOException where it fails; the message has what it said
   */
  public static String succeed(Duration limit, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Program ended = run(limit, environment, command);
    if (ended.exitCode != 0) {
      throw new IOException(
          "%s ended with %d:%n%s"
              .formatted(String.join(" ", command), ended.exitCode, ended.output));
    }
    return ended.output;
  }

  /**
   * Runs it, and kills it with all that it started where it takes longer.
   *
   * @param environment added to this process's own
   */
  public static Program run(Duration limit, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("program", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process;
      try {
        process = builder.start();
      } catch (IOException e) {
        return new Program(NONE, e.toString());
      }
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      // a program of another character set than ours is shown as well as it can be
      String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
      return new Program(process.exitValue(), said);
    } finally {
      Files.delete(output);
    }
  }
}
