package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The gateway as its user runs it: a process of its own, a configuration file, its ready line. */
final class GatewayProcess implements AutoCloseable {
  /** What the launcher runs, not the tests' class path: a library that is missing there shows. */
  private static final String PACKAGED = Path.of("target", "sluice", "lib", "*").toString();

  static final JsonMapper JSON = new JsonMapper();

  private static final Pattern LISTENER = Pattern.compile("(\\w+)=[^ ]*:(\\d+)");

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, Integer> ports = new HashMap<>();
  private final Path log;

  private GatewayProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts {@code run --config} and waits for the ready line.
   *
   * @param under a command to start it by, such as prlimit
   */
  static GatewayProcess start(Path config, String... under) throws IOException {
    return start(PACKAGED, config, under);
  }

  /** The same with a jar that the archive has not. */
  static GatewayProcess startWith(Path jar, Path config) throws IOException {
    return start(PACKAGED + File.pathSeparator + jar, config);
  }

  /** Runs a command that ends, with a jar that the archive has not. */
  static Tool runWith(Path jar, String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dsluice.home=" + Path.of("..", ".."),
                "-cp",
                PACKAGED + File.pathSeparator + jar,
                "io.sluice.app.Main"));
    command.addAll(List.of(arguments));
    return Tool.run(command.toArray(String[]::new));
  }

  private static GatewayProcess start(String classPath, Path config, String... under)
      throws IOException {
    Path log = config.resolveSibling("gateway.log");
    List<String> command = new ArrayList<>(List.of(under));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx384m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath,
            "io.sluice.app.Main",
            "run",
            "--config",
            config.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    GatewayProcess gateway = new GatewayProcess(process, log);
    gateway.awaitReady();
    return gateway;
  }

  private void awaitReady() throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    while (line != null && !line.startsWith("ready ")) {
      line = out.readLine();
    }
    assertThat(line).as(() -> "no ready line; the log says:\n" + log()).isNotNull();
    Matcher listener = LISTENER.matcher(line);
    while (listener.find()) {
      ports.put(listener.group(1), Integer.valueOf(listener.group(2)));
    }
  }

  int port(String listener) {
    assertThat(ports).containsKey(listener);
    return ports.get(listener);
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  long pid() {
    return process.pid();
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM, then the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends within 60 s").isTrue();
    return process.exitValue();
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(send(request(path).GET()).body());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port("admin") + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    http.close();
  }
}
