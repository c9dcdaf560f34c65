package io.sluice.fleet.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.fleet.ApiDocument;
import io.sluice.fleet.run.Fleet;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The pages of the fleet's view in a real browser, over two instances and a real broker.
 * Screenshots are left in {@code target/screenshots}. Needs Debian's chromium and chromium-driver;
 * without them it is skipped, except in CI.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FleetPagesIT {
  private static final Path SHOTS = Path.of("target/screenshots");
  private static final int GATEWAYS = 30;

  @TempDir private static Path directory;
  private static City city;
  private static Browser browser;

  @BeforeAll
  static void open() throws Exception {
    assumeTrue(Browser.isThere(), "no browser: apt-get install chromium chromium-driver");
    city = new City(directory, GATEWAYS);
    browser = new Browser();
    await()
        .atMost(240, TimeUnit.SECONDS)
        .pollInterval(1, TimeUnit.SECONDS)
        .until(() ->
            get("/api/v1/alarms").body().contains("\"total\":6")
                && JsonMapper.shared()
                    .readTree(get("/api/v1/status").body())
                    .at("/fleet/instances")
                    .valueStream()
                    .map(JsonNode::asInt)
                    .toList()
                    .equals(List.of(2, 2)));
  }

  @AfterAll
  static void close() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (city != null) {
      city.close();
    }
  }

  private static ConditionFactory patiently() {
    return await().atMost(120, TimeUnit.SECONDS).pollInterval(500, TimeUnit.MILLISECONDS);
  }

  private static String address(Fleet fleet) {
    return "http://127.0.0.1:" + fleet.address().getPort() + "/";
  }

  private static void awaitText(String text) {
    awaitText("main", text);
  }

  private static void awaitText(String selector, String text) {
    patiently().until(() -> browser.text(selector).contains(text));
  }

  private static void choose(String label, String value) throws Exception {
    browser.run(
        """
        const label = [...document.querySelectorAll("label")].find((l) => l.textContent.trim().startsWith("%s"));
        const select = label.querySelector("select");
        select.value = "%s";
        select.dispatchEvent(new Event("change"));
        """
            .formatted(label, value));
  }

  private static HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create(address(city.a) + path.substring(1));
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  /** Each path of the document that reads, with an answer for each part of its schema. */
  @Test
  @Order(0)
  void everyAnswerIsAsTheDocumentSays() throws Exception {
    ApiDocument document = new ApiDocument(get("/api/v1/openapi.yaml").body());
    String alarm =
        JsonMapper.shared().readTree(get("/api/v1/alarms").body()).at("/alarms/0/id").asString();
    Map<String, String> asked =
        Map.ofEntries(
            Map.entry("/api/v1/status", ""),
            Map.entry("/api/v1/gateways", ""),
            Map.entry("/api/v1/devices", "?limit=3&gateway=edge-001"),
            Map.entry("/api/v1/devices/{id}", ""),
            Map.entry("/api/v1/devices/{id}/coverage", ""),
            Map.entry("/api/v1/coverage", "?by=site&gateway=edge-001"),
            Map.entry("/api/v1/coverage/trend", ""),
            Map.entry("/api/v1/coverage/devices", "?order=id&limit=2"),
            Map.entry("/api/v1/coverage/changes", ""),
            Map.entry("/api/v1/coverage/outages", ""),
            Map.entry("/api/v1/coverage/stops", ""),
            Map.entry("/api/v1/alarms", "?gateway=edge-001&limit=1"),
            Map.entry("/api/v1/alarms/{alarm}", ""),
            Map.entry("/health/live", ""),
            Map.entry("/health/ready", ""),
            Map.entry("/api/v1/notice", ""),
            Map.entry("/api/v1/me", ""));
    for (Map.Entry<String, String> each : asked.entrySet()) {
      String path = each.getKey().replace("{id}", "meter-0").replace("{alarm}", alarm);
      HttpResponse<String> answer = get(path + each.getValue());
      assertThat(answer.statusCode()).as(path + answer.body()).isEqualTo(200);
      assertThat(
              document.faults(
                  "get", each.getKey(), 200, JsonMapper.shared().readTree(answer.body())))
          .as(path)
          .isEmpty();
    }
    String commands = "/api/v1/devices/{id}/commands";
    HttpResponse<String> refused = get(commands.replace("{id}", "meter-0"));
    assertThat(refused.statusCode()).isEqualTo(501);
    assertThat(document.faults("get", commands, 501, JsonMapper.shared().readTree(refused.body())))
        .isEmpty();
    assertThat(get("/api/v1/coverage/month?month=2026-10").statusCode()).isEqualTo(400);
  }

  @Test
  @Order(1)
  void thoseInTroubleComeFirstAndNothingIsCutOffOnAPhone() throws Exception {
    browser.look(1280, 900, false);
    browser.go(address(city.a) + "#gateways");
    awaitText("tbody", City.SILENT); // above the table it is named before that is there
    assertThat(
            browser
                .run(
                    "return [...document.querySelectorAll('tbody td.name')].slice(0, 2).map((td) => td.innerText)")
                .values())
        .extracting(node -> node.asString().strip())
        .containsExactly(City.SILENT, City.NOT_READY);
    assertThat(browser.text("main"))
        .doesNotContain("-0 s")
        .contains("silent 1", "not-ready 1", "ready 28", "the spool's disk is full");
    browser.shoot(SHOTS.resolve("fleet-gateways.png"));
    browser.look(390, 844, true);
    for (String page : List.of("gateways", "coverage", "devices", "alarms", "devices/meter-0")) {
      browser.go(address(city.a) + "#" + page);
      awaitText(
          page.equals("gateways") ? City.SILENT : page.equals("coverage") ? "plant-a" : "meter-0");
      assertThat(
              browser
                  .run(
                      "const { scrollWidth, clientWidth } = document.documentElement; return scrollWidth - clientWidth")
                  .asInt())
          .as(page)
          .isZero();
      browser.shoot(SHOTS.resolve("fleet-" + page.replace('/', '-') + "-phone-dark.png"));
    }
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  @Order(2)
  void theFilterReachesEachPageAndStaysInTheAddress() throws Exception {
    browser.look(1280, 900, false);
    browser.go(address(city.a) + "#alarms");
    awaitText("hall 6");
    choose("gateway", "edge-002");
    patiently().until(() -> !browser.text("main").contains("hall 1"));
    assertThat(browser.text("main")).contains("hall 2", "hall 5").doesNotContain("hall 3");
    assertThat(browser.url()).endsWith("/?gateway=edge-002#alarms");
    assertThat(browser.text("nav .chip")).as("of that gateway").isEqualTo("2");
    for (String page : List.of("devices", "coverage", "gateways")) {
      browser.run("document.querySelector('nav a[href=\"#" + page + "\"]').click()");
      awaitText(
          page.equals("coverage") ? "plant-b" : page.equals("devices") ? "meter-1" : "edge-002");
      assertThat(browser.text("main"))
          .as(page)
          .doesNotContain("meter-0", "plant-a", City.NOT_READY);
    }
    browser.go(address(city.b) + "?gateway=edge-002#alarms");
    awaitText("hall 2");
    assertThat(browser.text("main")).doesNotContain("hall 1");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  @Order(3)
  void whatIsAcknowledgedAtOneInstanceIsSeenAtTheOther() throws Exception {
    browser.go(address(city.a) + "#alarms");
    awaitText("hall 4");
    browser.run(
        """
        window.prompt = () => "on my way";
        [...document.querySelectorAll("tbody tr")].find((row) => row.innerText.includes("hall 4"))
          .querySelector("button").click();
        """);
    awaitText("on my way");
    browser.go(address(city.b) + "#alarms");
    awaitText("on my way");
    assertThat(
            browser
                .run(
                    "return [...document.querySelectorAll('tbody tr')].find((row) => row.innerText.includes('hall 4')).innerText")
                .asString())
        .contains("acknowledged · anonymous");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  @Order(4)
  void aShareThatIsMissingIsSaidBeforeAnythingElse() throws Exception {
    browser.look(1280, 900, false);
    browser.go(address(city.a) + "#coverage");
    // a half that is just being taken over, or slow, is missing for a moment
    patiently()
        .until(() -> {
          String missing = browser.text("#missing");
          return missing.contains("silent: " + City.SILENT) && !missing.contains("not in it");
        });
    String other = "127.0.0.1:" + city.b.address().getPort();
    city.b.close();
    patiently().until(() -> browser.text("#missing").contains("50 % of the fleet is not in it"));
    patiently().until(() -> browser.text("#missing").contains("does not answer: " + other));
    patiently()
        .until(() ->
            browser.run("return document.querySelectorAll('.tiles.part .tile').length").asInt()
                > 0);
    browser.shoot(SHOTS.resolve("fleet-provisional.png"));
    browser.look(390, 844, true);
    browser.go(address(city.a) + "#devices");
    patiently().until(() -> browser.text("#missing").contains("is not in it"));
    browser.shoot(SHOTS.resolve("fleet-provisional-phone-dark.png"));
    assertThat(browser.complaints()).isEmpty();
  }
}
