package io.sluice.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real broker, and a real subscriber to everything on it. */
public final class Mosquitto implements AutoCloseable {
  private static final String BINARY =
      Files.exists(Path.of("/usr/sbin/mosquitto")) ? "/usr/sbin/mosquitto" : "mosquitto";

  /** Exit status of Mosquitto's clients. */
  private static final int CONN_LOST = 7;

  private static final int WAIT_SECONDS = 60;

  private final Path directory;
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final List<Process> subscribers = new ArrayList<>();
  private final Path configuration;
  private final Process process;
  public final int port;

  /** On a free port. */
  public Mosquitto(Path directory, String... options) throws IOException {
    this(directory, FreePort.next(), options);
  }

  public Mosquitto(Path directory, int port, String... options) throws IOException {
    this.directory = directory;
    this.port = port;
    configuration = directory.resolve("mosquitto.conf");
    List<String> lines =
        new ArrayList<>(
            List.of(
                "listener " + port + " 127.0.0.1",
                "persistence false",
                "max_queued_messages 0",
                "max_inflight_messages 0",
                "user root",
                "log_type error"));
    lines.addAll(List.of(options));
    if (lines.stream().noneMatch(line -> line.startsWith("allow_anonymous"))) {
      lines.add("allow_anonymous true");
    }
    Files.write(configuration, lines);
    process = start();
  }

  private Process start() throws IOException {
    Process started =
        new ProcessBuilder(BINARY, "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("mosquitto.log").toFile()))
            .start();
    Awaitility.await().atMost(WAIT_SECONDS, TimeUnit.SECONDS).until(this::listens);
    return started;
  }

  private boolean listens() {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Connects under a client id that is in use, and leaves again. */
  public void takeOver(String clientId) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder(
                "mosquitto_pub",
                "-i",
                clientId,
                "-q",
                "1",
                "-p",
                String.valueOf(port),
                "-t",
                "sluice/probe",
                "-m",
                "probe")
            .start()
            .waitFor();
    // CONN_LOST: who was cut off has come back and taken over in its turn.
    if (status != 0 && status != CONN_LOST) {
      throw new IOException("mosquitto_pub ended with " + status);
    }
  }

  public void stop() {
    // Nothing that it keeps is looked at after its end, so it need not save it.
    process.destroyForcibly();
    Process ended = process.onExit().orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join();
    assert !ended.isAlive();
  }

  /** Stops its process from running, and lets it go on again: a far end that hangs. */
  public void signal(String name) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    if (status != 0) {
      throw new IOException("kill -" + name + " ended with " + status);
    }
  }

  /** Begins to collect: one string a message, in mosquitto_sub's output format. */
  public void subscribe(String format) throws IOException {
    Process subscriber =
        new ProcessBuilder(
                List.of(
                    "mosquitto_sub",
                    "-V",
                    "5",
                    "-c",
                    "-x",
                    "600",
                    "-i",
                    "check",
                    "-q",
                    "1",
                    "-p",
                    String.valueOf(port),
                    "-t",
                    "sluice/#",
                    "-F",
                    format))
            .redirectErrorStream(true)
            .start();
    subscribers.add(subscriber);
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (var lines = subscriber.inputReader()) {
            lines.lines().forEach(received::add);
          } catch (IOException | UncheckedIOException end) {
            // of the subscriber: thrown from here it would fail whoever awaits something then
          }
        });
    Awaitility.await()
        .atMost(WAIT_SECONDS, TimeUnit.SECONDS)
        .until(() -> {
          new ProcessBuilder(
                  "mosquitto_pub",
                  "-q",
                  "1",
                  "-p",
                  String.valueOf(port),
                  "-t",
                  "sluice/probe",
                  "-m",
                  "probe")
              .start()
              .waitFor();
          return !received.isEmpty();
        });
  }

  public List<String> received() {
    return received;
  }

  @Override
  public void close() {
    subscribers.forEach(Process::destroyForcibly);
    stop();
  }
}
