package io.sluice.app;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The gateway as a process of its own that is started again when it has ended, as systemd does with
 * {@code Restart=on-failure} and {@code RestartPreventExitStatus=2}. Each start adds to one log.
 */
final class SupervisedGateway implements AutoCloseable {
  /** More starts than any test wants: a loop is a fault. */
  private static final int MOST = 8;

  private static final Pattern READY = Pattern.compile("ready (.*)\\R");
  private static final JsonMapper JSON = new JsonMapper();

  private final Path config;
  private final Path log;
  private final Path out;
  private final List<Integer> codes = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Thread supervisor =
      Thread.ofPlatform().daemon().name("supervisor").unstarted(this::supervise);
  private final AtomicReference<@Nullable Act> beforeNext = new AtomicReference<>();
  private volatile List<String> options = List.of();
  private volatile Process process;
  private volatile boolean isOver;

  /** What is done to a box that does not run. */
  @FunctionalInterface
  interface Act {
    void run() throws IOException, InterruptedException;
  }

  private SupervisedGateway(Path config) {
    this.config = config;
    this.log = config.resolveSibling("gateway.log");
    this.out = config.resolveSibling("gateway.out");
  }

  static SupervisedGateway start(Path config) throws IOException {
    SupervisedGateway gateway = new SupervisedGateway(config);
    gateway.process = gateway.launch();
    gateway.supervisor.start();
    return gateway;
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-Dsluice.home=" + Path.of("..", ".."),
            "-cp",
            System.getProperty("java.class.path"),
            "io.sluice.app.Main",
            "run",
            "--config",
            config.toString()));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
        .start();
  }

  private void supervise() {
    try {
      while (!isOver) {
        int code = process.waitFor();
        if (isOver || code == 0 || code == 2 || codes.size() == MOST) {
          return;
        }
        codes.add(code);
        Act before = beforeNext.getAndSet(null);
        if (before != null) {
          before.run();
        }
        launchAgain();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void launchAgain() throws IOException {
    if (!isOver) {
      process = launch();
    }
  }

  /**
   * Has something done when it has ended, and before it is started again. Once.
   *
   * @param more of the virtual machine's options, from then on
   */
  void beforeNextStart(Act act, String... more) {
    options = List.of(more);
    beforeNext.set(act);
  }

  /** The exit codes of those that have ended. */
  List<Integer> codes() {
    return codes;
  }

  /** How often it has been ready. */
  int starts() throws IOException {
    return (int) READY.matcher(Files.readString(out)).results().count();
  }

  void awaitStarts(int count) {
    await().atMost(Duration.ofSeconds(90)).until(() -> starts() >= count);
  }

  String log() throws IOException {
    return Files.readString(log) + Files.readString(out);
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** The address of a listener of the latest start, {@code host:port}. */
  String address(String listener) throws IOException {
    Matcher ready = READY.matcher(Files.readString(out));
    String latest = "";
    while (ready.find()) {
      latest = ready.group(1);
    }
    Matcher address = Pattern.compile("\\b" + listener + "=(\\S+)").matcher(latest);
    return address.find() ? address.group(1) : latest;
  }

  /** Asks the admin listener of the latest start. */
  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(
        http.send(
                HttpRequest.newBuilder(URI.create("http://" + address("admin") + path)).build(),
                BodyHandlers.ofString(StandardCharsets.UTF_8))
            .body());
  }

  @Override
  public synchronized void close() {
    isOver = true;
    process.destroyForcibly().onExit().join();
    http.close();
  }
}
