package io.sluice.fleet.page;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Debian's Chromium without a window, by its driver (W3C WebDriver). */
final class Browser implements AutoCloseable {
  private static final Path BROWSER = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process driver;
  private final String base;

  Browser() throws Exception {
    driver = new ProcessBuilder(DRIVER.toString(), "--port=0").redirectErrorStream(true).start();
    base = "http://127.0.0.1:" + port(driver) + "/session";
    Map<String, Object> options =
        Map.of(
            "binary",
            BROWSER.toString(),
            "args",
            List.of("--headless=new", "--no-sandbox", "--disable-gpu", "--lang=en"),
            "prefs",
            Map.of("intl.accept_languages", "en"));
    Map<String, Object> wanted =
        Map.of("goog:chromeOptions", options, "goog:loggingPrefs", Map.of("browser", "ALL"));
    JsonNode session = send("", Map.of("capabilities", Map.of("alwaysMatch", wanted)));
    id = "/" + session.path("sessionId").asString();
  }

  private String id = "";

  /** Whether both are on this machine; in CI they have to be. */
  static boolean isThere() {
    return System.getenv("SLUICE_REQUIRE_TOOLS") != null
        || (Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER));
  }

  private static String port(Process driver) throws IOException {
    BufferedReader said = driver.inputReader(StandardCharsets.UTF_8);
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      Matcher matcher = PORT.matcher(line);
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
    throw new IOException("chromedriver has not said its port");
  }

  private JsonNode send(String path, @Nullable Map<String, ?> body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + id + path)).timeout(PATIENCE);
    if (body != null) {
      request.POST(BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(body)));
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(path + ": " + answer.body());
    }
    return JsonMapper.shared().readTree(answer.body()).path("value");
  }

  void look(int width, int height, boolean isDark) throws Exception {
    command(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
    command(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
  }

  private void command(String name, Map<String, ?> parameters) throws Exception {
    send("/goog/cdp/execute", Map.of("cmd", name, "params", parameters));
  }

  void go(String url) throws Exception {
    send("/url", Map.of("url", "about:blank"));
    send("/url", Map.of("url", url));
  }

  String url() throws Exception {
    return send("/url", null).asString();
  }

  /** Runs statements in the page. */
  JsonNode run(String script) throws Exception {
    return send("/execute/sync", Map.of("script", script, "args", List.of()));
  }

  /** Asked in one step: an element would be stale when the page draws itself again. */
  String text(String selector) throws Exception {
    return run("return document.querySelector('" + selector + "')?.innerText ?? ''").asString();
  }

  void shoot(Path file) throws Exception {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(send("/screenshot", null).asString()));
  }

  /**
   * What it complained of since it was asked last: exceptions, violations of the content security
   * policy, answers that are errors.
   */
  List<String> complaints() throws Exception {
    List<String> all = new ArrayList<>();
    for (JsonNode entry : send("/se/log", Map.of("type", "browser"))) {
      String message = entry.path("message").asString();
      if (List.of("WARNING", "SEVERE").contains(entry.path("level").asString())
          && !message.contains("net::ERR_NETWORK_CHANGED")) {
        all.add(message);
      }
    }
    return all;
  }

  @Override
  public void close() {
    HttpRequest end = HttpRequest.newBuilder(URI.create(base + id)).DELETE().build();
    try {
      var _ =
          http.sendAsync(end, BodyHandlers.discarding())
              .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .join();
    } finally {
      driver.destroy();
      var _ = driver.onExit().join();
    }
  }
}
