package io.sluice.testkit;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A real broker and controller in a process of its own, which can be killed and started again on
 * what it has written.
 */
public final class KafkaProcess implements AutoCloseable {
  private static final String READY = "ready";
  private static final int WAIT_SECONDS = 90;

  private final Path directory;
  private final int controllerPort;
  private final Map<String, String> further;
  private Process process;
  public final int port;

  /**
   * Starts it on free ports. The terminal's Ctrl-C does not reach it.
   *
   * @param further properties
   */
  public KafkaProcess(Path directory, Map<String, String> further) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.further = new TreeMap<>(further);
    this.port = FreePort.next();
    this.controllerPort = FreePort.next();
    this.process = start();
  }

  /** In the process itself: folder, ports, properties. */
  public static void main(String[] arguments) throws Exception {
    Map<String, String> further = new TreeMap<>();
    for (int i = 3; i < arguments.length; i++) {
      int at = arguments[i].indexOf('=');
      further.put(arguments[i].substring(0, at), arguments[i].substring(at + 1));
    }
    Thread end = Thread.ofPlatform().name("end").start(KafkaProcess::endWithItsStarter);
    KafkaBroker broker =
        new KafkaBroker(
            Path.of(arguments[0]),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]),
            "127.0.0.1",
            further);
    new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)
        .println(READY + " " + broker.address());
    end.join();
  }

  /** At once, also where that comes while the broker starts: nobody is left to wait for it. */
  private static void endWithItsStarter() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      System.getLogger(KafkaProcess.class.getName())
          .log(System.Logger.Level.WARNING, "its starter cannot be watched: {0}", e.getMessage());
    }
    Runtime.getRuntime().halt(0);
  }

  private Process start() throws IOException {
    Path log = log();
    Files.deleteIfExists(log);
    List<String> command =
        new ArrayList<>(
            List.of(
                "setsid",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KafkaProcess.class.getName(),
                directory.toString(),
                String.valueOf(port),
                String.valueOf(controllerPort)));
    further.forEach((key, value) -> command.add(key + "=" + value));
    Process started =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean isUp = false;
    try {
      Awaitility.await()
          .atMost(WAIT_SECONDS, TimeUnit.SECONDS)
          .until(
              () -> !started.isAlive() || said().lines().anyMatch(line -> line.startsWith(READY)));
      isUp = true;
    } finally {
      if (!isUp) {
        started.destroyForcibly();
      }
    }
    if (!started.isAlive()) {
      throw new IOException("Kafka does not start: " + said());
    }
    return started;
  }

  private Path log() {
    return directory.resolve("broker.log");
  }

  /** What it has said. */
  public String said() throws IOException {
    return Files.exists(log()) ? Files.readString(log(), StandardCharsets.UTF_8) : "";
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** kill -9. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it once more on what it has, at the same port. */
  public void startAgain() throws IOException {
    process = start();
  }

  @Override
  public void close() {
    kill();
  }
}
