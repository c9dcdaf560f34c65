package io.sluice.fleet.run;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an instance answers over its admin listener. */
record Asked(HttpClient http, int port) {
  Asked(int port) {
    this(HttpClient.newHttpClient(), port);
  }

  String text(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
    return http.send(request, BodyHandlers.ofString()).body();
  }

  JsonNode get(String path) throws Exception {
    return JsonMapper.shared().readTree(text(path));
  }

  boolean isReady() throws Exception {
    return get("/health/ready").path("ready").asBoolean();
  }
}
