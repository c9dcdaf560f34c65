package io.sluice.sim.reference;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A reference server in a process of its own, so that its CPU time is its own too. */
public final class ReferenceProcess implements AutoCloseable {
  private final Process process;
  private final URI uri;

  private ReferenceProcess(Process process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  /**
   * Starts one on a free port and waits until it is ready.
   *
   * @param protocol mqtt, coap or http
   */
  public static ReferenceProcess start(String protocol) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms64m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.sluice.sim.SimCommand",
                "reference",
                protocol,
                "--port",
                "0")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line;
    while ((line = out.readLine()) != null) {
      if (line.startsWith("ready ")) {
        return new ReferenceProcess(process, URI.create(line.substring("ready ".length()).strip()));
      }
    }
    process.destroy();
    throw new IOException("the reference server did not start");
  }

  public URI uri() {
    return uri;
  }

  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
