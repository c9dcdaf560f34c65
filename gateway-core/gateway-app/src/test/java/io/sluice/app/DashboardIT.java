package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * Each page of the dashboard in a real browser, over a real gateway with real devices. Screenshots
 * are left in {@code target/screenshots}. Needs Debian's chromium and chromium-driver; without them
 * it is skipped, except in CI, where {@code SLUICE_REQUIRE_TOOLS} is set.
 */
class DashboardIT {
  private static final Path BROWSER = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Path SHOTS = Path.of("target/screenshots");

  @TempDir static Path directory;

  private static GatewayProcess gateway;
  private static ChromeDriver browser;

  @BeforeAll
  static void open() throws Exception {
    boolean isThere = Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER);
    assumeTrue(
        isThere || System.getenv("SLUICE_REQUIRE_TOOLS") != null,
        "no browser: apt-get install chromium chromium-driver");
    gateway = GatewayProcess.start(new Setup(directory).config());
    for (int i = 0; i < 5; i++) {
      Tool.publish(gateway, "telemetry", "{\"voltage\":230." + i + ",\"power\":" + 10 * i + "}");
    }
    Tool.publish(
        gateway,
        "alarm",
        "{\"alarm\":\"over-voltage\",\"severity\":\"Severe\",\"text\":\"<b>over voltage</b>\"}");
    Tool.publish(gateway, "telemetry", "{broken");
    browser = browser();
  }

  private static ChromeDriver browser() {
    LoggingPreferences logging = new LoggingPreferences();
    logging.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(BROWSER.toFile());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--lang=en");
    options.setExperimentalOption("prefs", Map.of("intl.accept_languages", "en"));
    options.setCapability("goog:loggingPrefs", logging);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build();
    return new ChromeDriver(service, options);
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.quit();
    }
    if (gateway != null) {
      gateway.close();
    }
  }

  private static void look(int width, int height, boolean isDark) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
  }

  private static void go(String page) {
    browser.get("about:blank");
    browser.get("http://127.0.0.1:" + gateway.port("admin") + "/#" + page);
  }

  /** Asked in one step: an element would be stale when the page loads itself again. */
  private static String text(String element) {
    return String.valueOf(ask("document.querySelector('" + element + "')?.innerText ?? ''"))
        .strip();
  }

  private static String text() {
    return text("main");
  }

  private static void shoot(String name) throws IOException {
    Files.createDirectories(SHOTS);
    File shot = browser.getScreenshotAs(OutputType.FILE);
    Files.copy(
        shot.toPath(),
        SHOTS.resolve(name + ".png"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Neither an exception nor a violation of the content security policy. Chromium breaks off what
   * it loads when the machine gets or loses an address, as other tests' containers make it.
   */
  private static void assertNoComplaint() {
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
        .filteredOn(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .filteredOn(entry -> !entry.getMessage().contains("net::ERR_NETWORK_CHANGED"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "coverage, plant-a",
    "devices, meter-1",
    "devices/meter-1, voltage",
    "alarms, meter-1",
    "flow, balances",
    "letters, payload-invalid",
    "live, meter-1"
  })
  void eachPageShowsWhatTheGatewayHas(String page, String wanted) throws Exception {
    look(1280, 900, false);
    go(page);
    if (page.equals("live")) {
      await().until(() -> text().contains("waiting for records"));
      await()
          .until(() -> {
            Tool.publish(gateway, "telemetry", "{\"voltage\":231}");
            return text().contains(wanted);
          });
    }
    await().until(() -> text().contains(wanted));
    String name = page.replace('/', '-');
    shoot(name);
    look(390, 844, true);
    await().until(() -> text().contains(wanted));
    Object overflow =
        browser.executeScript(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assertThat(overflow).as("nothing is cut off on a phone").isEqualTo(0L);
    shoot(name + "-phone-dark");
    assertNoComplaint();
  }

  /**
   * A test in the page's own language; it has {@code load}, a module by name, and {@code equal}.
   */
  private static @Nullable Object inPage(String name) throws IOException {
    try (InputStream test = DashboardIT.class.getResourceAsStream("/dashboard/" + name + ".js")) {
      String text = new String(Objects.requireNonNull(test).readAllBytes(), StandardCharsets.UTF_8);
      return browser.executeAsyncScript(
          """
          const done = arguments[arguments.length - 1];
          const load = (name) => import("/assets/" + name);
          const equal = (is, shouldBe) => {
            const [a, b] = [JSON.stringify(is), JSON.stringify(shouldBe)];
            if (a !== b) throw new Error(a + " is not " + b);
          };
          (async () => {%s})().then(() => done(null), (fault) => done(fault.stack));
          """
              .formatted(text));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exact", "pages", "freshness", "streams", "words", "live", "trial"})
  void modulesOfThePageHoldToTheirRules(String name) throws Exception {
    go("live");
    await().until(() -> text().contains("class"));
    assertThat(inPage(name)).isNull();
  }

  private static Object ask(String expression) {
    return browser.executeScript("return " + expression);
  }

  private static String standing() {
    return String.valueOf(ask("document.getElementById('standing')?.innerText ?? ''"));
  }

  @Test
  void anotherTabsStreamIsEnoughAndAHiddenTabAsksForNothing() {
    go("flow");
    await().until(() -> text().contains("balances"));
    String opened =
        "performance.getEntriesByType('resource').filter(e => e.name.includes('/updates'))";
    assertThat(ask(opened + ".length")).as("the worker has the stream").isEqualTo(0L);
    browser.executeScript(
        """
        Object.defineProperty(document, "hidden", { get: () => true });
        window.asked = 0;
        const before = window.fetch;
        window.fetch = (...all) => { window.asked++; return before(...all); };
        document.dispatchEvent(new Event("visibilitychange"));
        location.hash = "#coverage";
        """);
    await().until(() -> text().contains("loading"));
    assertThat(ask("window.asked")).isEqualTo(0L);
  }

  @Test
  void aGatewayThatIsAwayIsNotReady() {
    go("devices");
    await().until(() -> text().contains("water-1") && standing().contains("ready"));
    browser.executeScript("window.fetch = () => Promise.reject(new TypeError('gone'))");
    browser.findElement(By.cssSelector("input[type=search]")).sendKeys("w");
    await()
        .untilAsserted(() -> {
          assertThat(standing()).contains("not reached");
          assertThat(text()).contains("cannot be reached", "water-1");
        });
  }

  @Test
  void theSkipLinkStaysOnThePage() {
    go("alarms");
    await().until(() -> text().contains("meter-1"));
    browser.findElement(By.id("skip")).sendKeys(Keys.ENTER);
    assertThat(browser.switchTo().activeElement().getAttribute("id")).isEqualTo("main");
    assertThat(browser.getCurrentUrl()).endsWith("#alarms");
  }

  @Test
  void aLinkThatIsCutOffLeadsToThePage() {
    for (String cut : List.of("devices/%", "devices/%E4%B8")) {
      go(cut);
      await().until(() -> text().contains("no devices") && text().contains("water-1"));
    }
    browser.manage().logs().get(LogType.BROWSER); // the browser notes that there is no such device
  }

  @Test
  void descriptionAndMetricsAreShownInThePage() {
    go("flow");
    await().until(() -> text().contains("balances"));
    browser.findElement(By.linkText("metrics")).click();
    await().until(() -> text().contains("sluice_connections"));
    browser.findElement(By.linkText("API")).click();
    await().until(() -> text().contains("openapi: 3"));
    assertNoComplaint();
  }

  @Test
  void alarmsAreFoundBySeverityAndText() {
    look(1280, 900, false);
    go("alarms");
    await().until(() -> text().contains("meter-1"));
    WebElement severity =
        browser.findElement(By.xpath("//main//label[normalize-space(text())='severity']/select"));
    severity.findElement(By.cssSelector("option[value=Extreme]")).click();
    await().until(() -> text().contains("no alarms"));
    severity.findElement(By.cssSelector("option[value='']")).click();
    await().until(() -> text().contains("meter-1"));
    browser.findElement(By.cssSelector("main input[type=search]")).sendKeys("no such words");
    await().until(() -> text().contains("no alarms"));
    assertNoComplaint();
  }

  @Test
  void everyRatioTellsItsFormula() {
    look(1280, 900, false);
    go("coverage");
    await().until(() -> text().contains("plant-a"));
    assertThat(browser.findElements(By.cssSelector(".tile abbr")))
        .hasSize(7)
        .allSatisfy(figure -> {
          assertThat(figure.getAttribute("title")).contains("÷");
          assertThat(figure.getAttribute("tabindex")).isEqualTo("0");
        });
  }

  @Test
  void theKeyboardReachesEveryPage() {
    look(1280, 900, false);
    go("flow");
    await().until(() -> text().contains("balances"));
    Set<String> reached = new HashSet<>();
    WebElement body = browser.findElement(By.tagName("body"));
    body.sendKeys(Keys.TAB);
    for (int i = 0; i < 13; i++) {
      WebElement focused = browser.switchTo().activeElement();
      reached.add(focused.getText().replaceFirst(" \\d+$", "")); // without the count of alarms
      focused.sendKeys(Keys.TAB);
    }
    assertThat(reached)
        .contains("Coverage", "Devices", "Alarms", "Flow", "Dead letters", "Live", "Try", "中文");
  }

  @Test
  void aDeviceCannotPutMarkupIntoThePage() {
    go("alarms");
    await().until(() -> text().contains("meter-1"));
    assertThat(browser.findElements(By.cssSelector("main b"))).isEmpty();
  }

  private static WebElement named(String name) {
    return browser.findElement(By.cssSelector("main form [name=" + name + "]"));
  }

  private static void press(String label) {
    browser.findElement(By.xpath("//main//button[normalize-space()='" + label + "']")).click();
  }

  @Test
  void anApprovedStopIsAddedAndEnded() throws Exception {
    look(1280, 1800, false);
    go("coverage");
    await().until(() -> text().contains("Approved stops"));
    named("key").sendKeys("depot");
    named("reason").sendKeys("sensor exchange");
    press("add stop");
    await().until(() -> text().contains("sensor exchange"));
    assertThat(gateway.get("/api/v1/coverage/stops").get("stops").get(0).get("key").stringValue())
        .isEqualTo("depot");
    shoot("coverage-stops");
    press("end stop");
    await().until(() -> text().contains("over"));
    assertNoComplaint();
  }

  @Test
  void aPasswordIsRotatedAndBothAreGoodForAWhile() throws Exception {
    look(1280, 1200, false);
    go("devices/hub-1");
    await().until(() -> text().contains("new password"));
    named("password").sendKeys("secret-of-22-now");
    press("rotate password");
    browser.switchTo().alert().accept();
    await().until(() -> text().contains("credentials: yes"));
    shoot("device-rotate");
    for (String password : List.of("secret-1", "secret-of-22-now")) {
      Tool.publish(gateway, "hub-1", password, "telemetry", "{\"load\":5}").succeeded();
    }
    assertNoComplaint();
  }

  @Test
  void aPageThatDidNotLoadWholeIsLoadedAgain() {
    browser.executeCdpCommand("Network.enable", Map.of());
    browser.executeCdpCommand(
        "Network.setBlockedURLs", Map.of("urls", List.of("*/assets/show.js")));
    go("devices");
    assertThat(text()).isEmpty();
    browser.executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of()));
    await().until(() -> text().contains("meter-1"));
    browser.executeCdpCommand("Network.disable", Map.of());
    browser.manage().logs().get(LogType.BROWSER);
  }

  @Test
  void searchFindsADeviceByAPartOfItsName() {
    look(1280, 900, false);
    go("devices");
    await().until(() -> text().contains("water-1"));
    browser.findElement(By.cssSelector("input[type=search]")).sendKeys("TER-1");
    await()
        .untilAsserted(
            () -> assertThat(text()).contains("meter-1", "water-1").doesNotContain("child-1"));
  }

  @Test
  void anAlarmIsAcknowledgedWithANote() throws Exception {
    look(1280, 900, false);
    go("alarms");
    await().until(() -> text().contains("meter-1"));
    browser
        .findElement(By.xpath("//main//tr[contains(., 'meter-1')]//button[.='acknowledge']"))
        .click();
    browser.switchTo().alert().sendKeys("on my way");
    browser.switchTo().alert().accept();
    await().until(() -> text().contains("on my way"));
    shoot("alarms-acknowledged");
    assertNoComplaint();
  }

  @Test
  void aPayloadIsTriedAndItsRecordOrItsFaultIsShownInItsPlace() throws Exception {
    look(1280, 1100, false);
    go("trial");
    await().until(() -> text().contains("Try a payload"));
    named("name").sendKeys("energy-meter");
    named("payload").sendKeys("{\"voltage\":231.5,\"odd\":1}");
    press("try");
    await().until(() -> text().contains("231.5"));
    assertThat(text()).contains("energy-meter", "no metric takes: odd", "did not come: ");
    shoot("trial");
    named("payload").clear();
    named("payload").sendKeys("{\"voltage\":nul}");
    press("try");
    await().until(() -> text().contains("payload-invalid"));
    assertThat(text("main mark")).isNotEmpty();
    shoot("trial-fault");
    look(390, 844, true);
    assertThat(ask("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
        .isEqualTo(0L);
    shoot("trial-phone-dark");
    assertNoComplaint();
  }

  @ParameterizedTest
  @ValueSource(strings = {"coverage", "flow"})
  void chineseIsAClickAway(String page) throws Exception {
    look(1280, 900, false);
    go(page);
    await().until(() -> !text().isEmpty());
    browser.findElement(By.cssSelector("header .tools button:last-child")).click();
    await().until(() -> text("nav").contains("覆盖率"));
    assertThat(browser.findElement(By.tagName("html")).getAttribute("lang")).isEqualTo("zh-CN");
    shoot(page + "-zh");
    browser.findElement(By.cssSelector("header .tools button:last-child")).click();
    assertNoComplaint();
  }
}
