package io.sluice.sim.audit.coverage;

import io.sluice.sim.audit.GatewayApi;
import java.io.IOException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What a gateway's API says of coverage. */
record CoverageApi(GatewayApi api) {
  /** Where devices are counted. */
  record Site(String sector, String site) implements Comparable<Site> {
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
  record SiteCounts(long devices, long due, long filled, long good, long received, long timely) {
    static final SiteCounts NONE = new SiteCounts(0, 0, 0, 0, 0, 0);
  }

  /** Coverage of every site in a month, as the gateway counts it. */
  Map<Site, SiteCounts> coverage(YearMonth month) throws IOException, InterruptedException {
    Map<Site, SiteCounts> sites = new TreeMap<>();
    for (JsonNode row : api.get("/api/v1/coverage/month?month=" + month).path("sites")) {
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
    for (JsonNode each : api.get("/api/v1/coverage/outages").path("outages")) {
      outages.add(
          new OutageAudit.Outage(
              each.path("from").asLong(0) / 1_000, each.path("to").asLong(0) / 1_000));
    }
    return outages;
  }

  /** Coverage in its several places, at one moment or nearly so. */
  CoverageConsistency everywhere(YearMonth month) throws IOException, InterruptedException {
    return new CoverageConsistency(
        api.get("/api/v1/coverage/month?month=" + month),
        window("all"),
        window("sector"),
        window("site"),
        window("model"),
        api.text("/metrics"));
  }

  private JsonNode window(String by) throws IOException, InterruptedException {
    return api.get("/api/v1/coverage?window=1h&by=" + by);
  }
}
