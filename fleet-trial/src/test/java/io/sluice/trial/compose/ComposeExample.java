package io.sluice.trial.compose;

import io.sluice.testkit.FreePort;
import io.sluice.testkit.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A copy of config/deploy with the Compose example, of a project of its own, run by images made of
 * what is packaged. However this process ends, its containers, networks, volumes and images go.
 */
final class ComposeExample implements AutoCloseable {
  private static final long PID = ProcessHandle.current().pid();

  /** For benchmarks (RFC 2544), of 128 to 254: the engine of build/images gives out those below. */
  private static final String NETWORK = "198.18." + (128 + PID % 127) + ".";

  private static final Duration MAKING = Duration.ofMinutes(10);
  private static final Duration LIMIT = Duration.ofMinutes(4);

  /** Told by the end of its input, which comes with this process's end at the latest. */
  private static final String REMOVE =
      """
      cat >/dev/null
      docker-compose kill
      docker-compose down -v --remove-orphans -t 1 || exit
      for image in "$SLUICE_IMAGE" "$SLUICE_FLEET_IMAGE"; do
        [ -z "$(docker image ls -q "$image")" ] || docker image rm "$image" || exit
      done
      """;

  private final Path home;
  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();
  private final Process remover;
  private final Path removed;

  final int mqttPort;
  final int viewPort;

  /**
   * Copies it.
   *
   * @param home the root of the checkout
   * @param directory empty
   */
  ComposeExample(Path home, Path directory) throws IOException {
    this.home = home;
    copy(home.resolve("config/deploy"), directory);
    folder = directory.resolve("compose");
    mqttPort = publish("SLUICE_MQTT");
    publish("SLUICE_WS");
    publish("SLUICE_HTTP");
    viewPort = publish("SLUICE_VIEW");
    String own = "sluice-test-" + PID;
    environment.put("COMPOSE_PROJECT_NAME", own);
    environment.put("COMPOSE_FILE", folder.resolve("compose.yaml").toString());
    environment.put("SLUICE_IMAGE", own + ":gateway");
    environment.put("SLUICE_FLEET_IMAGE", own + ":fleet");
    removed = directory.resolve("removed.out");
    ProcessBuilder builder =
        new ProcessBuilder("setsid", "sh", "-c", REMOVE)
            .redirectErrorStream(true)
            .redirectOutput(removed.toFile());
    builder.environment().putAll(environment);
    remover = builder.start();
  }

  private int publish(String name) throws IOException {
    int port = FreePort.next();
    environment.put(name, "127.0.0.1:" + port);
    return port;
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(from)) {
      all = found.toList();
    }
    for (Path each : all) {
      Path copy = to.resolve(from.relativize(each).toString());
      if (Files.isDirectory(each)) {
        Files.createDirectories(copy);
      } else {
        Files.copy(each, copy);
      }
    }
  }

  /**
   * Changes a file of the copy.
   *
   * @throws IOException also where it does not have that text
   */
  private void change(String file, String from, String to) throws IOException {
    Path path = folder.resolve(file);
    String text = Files.readString(path);
    if (!text.contains(from)) {
      throw new IOException(path + " has no " + from);
    }
    Files.writeString(path, text.replace(from, to));
  }

  /** Makes images and secrets, and starts all. */
  void start() throws IOException, InterruptedException {
    for (String file :
        List.of("compose.yaml", "gateway.yaml", "fleet.yaml", "../haproxy/haproxy.cfg")) {
      change(file, "10.0.0.", NETWORK);
    }
    // more than the hard limit of some machines that tests run on
    change("compose.yaml", "  ulimits: { nofile: 65536 }\n", "");
    // both halves of the figure, however busy the machine is
    change("fleet.yaml", "  advertise:", "  peer-timeout: 20s\n  advertise:");
    Program.succeed(
        MAKING,
        environment,
        home.resolve("build/images").toString(),
        "--packaged",
        "kafka",
        "postgres",
        "haproxy",
        "gateway",
        "fleet");
    Program.succeed(LIMIT, environment, folder.resolve("make-secrets").toString());
    compose("up", "-d");
  }

  String token() throws IOException {
    return Files.readString(folder.resolve("secrets/admin-token")).strip();
  }

  /** Where the admin listener of a gateway is, {@code 1} to {@code 3}. */
  String gateway(int number) {
    return "http://" + NETWORK + (10 + number) + ":8080";
  }

  /** Runs docker-compose. */
  String compose(String... command) throws IOException, InterruptedException {
    String[] whole = new String[command.length + 1];
    whole[0] = "docker-compose";
    System.arraycopy(command, 0, whole, 1, command.length);
    return Program.succeed(LIMIT, environment, whole);
  }

  /** The last of what each container said, or why that is not known. */
  String logs() throws InterruptedException {
    try {
      return compose("logs", "--no-color", "--tail=40");
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Removes all that is of it. */
  @Override
  public void close() throws IOException {
    remover.getOutputStream().close();
    boolean hasEnded;
    try {
      hasEnded = remover.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the containers were removed", e);
    }
    if (!hasEnded || remover.exitValue() != 0) {
      throw new IOException("the containers are not removed: " + Files.readString(removed));
    }
  }
}
