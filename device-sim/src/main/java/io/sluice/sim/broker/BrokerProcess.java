package io.sluice.sim.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of Mosquitto that keeps sessions and messages in a folder (mosquitto.conf(5)): what it
 * has is saved each second, and when it ends in order. Not safe for use by several threads.
 */
final class BrokerProcess implements AutoCloseable {
  /** What it was given later than this before it is killed may be gone with it. */
  static final long UNSAVED_MILLIS = 6_000;

  private static final List<Path> PLACES =
      List.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"), Path.of("/opt/homebrew/sbin"));
  private static final long STARTS_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long ENDS_WITHIN_SECONDS = 20;
  private static final long LOOK_MILLIS = 20;

  private final String program;
  private final Path folder;
  private final Process process;
  private final int port;

  private BrokerProcess(String program, Path folder, Process process, int port) {
    this.program = program;
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it on a free port of the loopback interface.
   *
   * @param program its file, or its name
   * @param folder where it keeps what it has
   * @throws IOException if it cannot be started, with the remedy
   */
  static BrokerProcess start(String program, Path folder) throws IOException, InterruptedException {
    return start(program, folder, LoopbackPort.next());
  }

  /** The same again, with what it kept. */
  BrokerProcess again(boolean isElsewhere) throws IOException, InterruptedException {
    return start(program, folder, isElsewhere ? LoopbackPort.next() : port);
  }

  private static BrokerProcess start(String program, Path folder, int port)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path configuration = folder.resolve("mosquitto.conf");
    Files.write(
        configuration,
        List.of(
            "listener " + port + " 127.0.0.1",
            "allow_anonymous true",
            "persistence true",
            "persistence_location " + folder.toAbsolutePath() + "/",
            "autosave_interval 1",
            "max_queued_messages 0",
            "user " + System.getProperty("user.name")));
    Process process;
    try {
      process =
          new ProcessBuilder(found(program), "-c", configuration.toString())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(folder.resolve("mosquitto.log").toFile()))
              .start();
    } catch (IOException e) {
      throw new IOException(
          "broker: `%s` cannot be started (%s); install Mosquitto, or write its file as `broker: { program: ... }`"
              .formatted(program, e.getMessage()),
          e);
    }
    BrokerProcess broker = new BrokerProcess(program, folder, process, port);
    broker.awaitListening();
    return broker;
  }

  private static String found(String program) {
    return PLACES.stream()
        .map(place -> place.resolve(program))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse(program);
  }

  private void awaitListening() throws IOException, InterruptedException {
    long until = System.nanoTime() + STARTS_WITHIN_NANOS;
    while (!listens()) {
      if (!process.isAlive() || System.nanoTime() > until) {
        close();
        throw new IOException("broker: it does not listen; see " + folder.resolve("mosquitto.log"));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  private boolean listens() {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false; // not yet
    }
  }

  int port() {
    return port;
  }

  /** SIGKILL: it saves nothing. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS);
  }

  /** SIGTERM: it saves what it has. */
  void end() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
      kill();
    }
  }

  /** SIGSTOP: its connections stay, and nothing comes over them. */
  void hang() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** SIGCONT. */
  void goOn() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    if (status != 0) {
      throw new IOException("broker: kill -" + name + " ended with " + status);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
