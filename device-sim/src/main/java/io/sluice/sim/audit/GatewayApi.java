package io.sluice.sim.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a gateway says of itself over its admin API. Blocks; of one thread. */
public final class GatewayApi implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int ALARMS_A_PAGE = 1_000;

  private final URI base;
  private final @Nullable String token;
  private final JsonMapper json = new JsonMapper();
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  /**
   * @param token null where the gateway wants none
   */
  public GatewayApi(URI base, @Nullable String token) {
    this.base = base;
    this.token = token;
  }

  /** Where devices are counted. */
  public record Site(String sector, String site) implements Comparable<Site> {
    @Override
    public int compareTo(Site other) {
      int bySector = sector.compareTo(other.sector);
      return bySector != 0 ? bySector : site.compareTo(other.site);
    }

    @Override
    public String toString() {
      return sector + "/" + site;
    }
  }

  /**
   * Coverage of a site in a month, until now.
   *
   * @param devices most that were expected on a day
   */
  public record SiteCounts(
      long devices, long due, long filled, long good, long received, long timely) {
    static final SiteCounts NONE = new SiteCounts(0, 0, 0, 0, 0, 0);
  }

  /** Coverage of every site in a month, as the gateway counts it. */
  public Map<Site, SiteCounts> coverage(YearMonth month) throws IOException, InterruptedException {
    Map<Site, SiteCounts> sites = new TreeMap<>();
    for (JsonNode row : get("/api/v1/coverage/month?month=" + month).path("sites")) {
      sites.put(
          new Site(row.path("sector").asString(""), row.path("site").asString("")),
          new SiteCounts(
              row.path("devices").asLong(0),
              row.path("due").asLong(0),
              row.path("filled").asLong(0),
              row.path("good").asLong(0),
              row.path("received").asLong(0),
              row.path("timely").asLong(0)));
    }
    return sites;
  }

  /** When the gateway was away, by its own word. */
  List<OutageAudit.Outage> outages() throws IOException, InterruptedException {
    List<OutageAudit.Outage> outages = new ArrayList<>();
    for (JsonNode each : get("/api/v1/coverage/outages").path("outages")) {
      outages.add(
          new OutageAudit.Outage(
              each.path("from").asLong(0) / 1_000, each.path("to").asLong(0) / 1_000));
    }
    return outages;
  }

  /** Whether accepted = delivered + queued + dropped, of every upstream and lane. */
  public boolean ledgerBalances() throws IOException, InterruptedException {
    return get("/api/v1/ledger").path("balances").asBoolean(false);
  }

  public long deadLetters() throws IOException, InterruptedException {
    return get("/api/v1/dead-letters?limit=1").path("count").asLong(0);
  }

  /** Every alarm of a device that is in the book. */
  BookedAlarms alarms() throws IOException, InterruptedException {
    return BookedAlarms.read(after ->
        get(
            "/api/v1/alarms?kind=device&limit="
                + ALARMS_A_PAGE
                + (after == null ? "" : "&after=" + URLEncoder.encode(after, UTF_8))));
  }

  /** Coverage in its several places, at one moment or nearly so. */
  CoverageConsistency everyCoverage(YearMonth month) throws IOException, InterruptedException {
    return new CoverageConsistency(
        get("/api/v1/coverage/month?month=" + month),
        window("all"),
        window("sector"),
        window("site"),
        window("model"),
        text("/metrics"));
  }

  private JsonNode window(String by) throws IOException, InterruptedException {
    return get("/api/v1/coverage?window=1h&by=" + by);
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    String body = text(path);
    try {
      return json.readTree(body);
    } catch (JacksonException e) {
      throw new IOException(base + " is no admin API of a gateway", e);
    }
  }

  private String text(String path) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<String> answer;
    try {
      answer = http.send(request.build(), BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw new IOException(base + " does not answer; is the gateway up?", e);
    }
    if (answer.statusCode() == 401) {
      throw new IOException(
          base + " wants another token; give it by --admin-token-file or SLUICE_ADMIN_TOKEN");
    }
    if (answer.statusCode() != 200) {
      throw new IOException(base.resolve(path) + " answered " + answer.statusCode());
    }
    return answer.body();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
