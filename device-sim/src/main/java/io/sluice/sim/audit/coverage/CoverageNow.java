package io.sluice.sim.audit.coverage;

import io.sluice.sim.audit.coverage.CoverageApi.Site;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.DeviceGroup;
import io.sluice.sim.scenario.ScenarioFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What a gateway says of its sites' devices now, against the fleet: how many, and who reports. */
final class CoverageNow {
  private final FleetRun run;
  private final CoverageTruth.Arrival arrival;

  /** Of one site. */
  private static final class Devices {
    long all;
    long reporting;
    long maybeReporting;
  }

  CoverageNow(FleetRun run, CoverageTruth.Arrival arrival) {
    this.run = run;
    this.arrival = arrival;
  }

  /**
   * What differs, in words.
   *
   * @param bySite answer of {@code /api/v1/coverage?window=1h&by=site}
   */
  List<String> faults(JsonNode bySite) {
    long startMillis = bySite.path("start").asLong(0) / 1_000 - run.startMillis();
    Map<Site, Devices> sites = new TreeMap<>();
    for (Played played : run.ledger()) {
      if (!played.device().spec().isConcentrator()) { // it is not expected to report
        count(played, startMillis, sites);
      }
    }
    List<String> faults = new ArrayList<>();
    for (JsonNode row : bySite.path("groups")) {
      Site site = new Site(row.path("sector").asString(""), row.path("site").asString(""));
      Devices devices = sites.remove(site);
      if (devices != null) {
        compare(site, row, devices, faults);
      }
    }
    sites.keySet().forEach(site -> faults.add("by site: " + site + " is missing"));
    return faults;
  }

  private void count(Played played, long startMillis, Map<Site, Devices> sites) {
    DeviceGroup group = played.device().spec().group();
    Devices devices =
        sites.computeIfAbsent(new Site(group.sector(), group.site()), site -> new Devices());
    devices.all++;
    SentLog log = played.log();
    boolean isCertain = false;
    boolean isPossible = false;
    for (int i = 0; i < log.size() && !isCertain; i++) {
      CoverageTruth.Outcome outcome =
          log.badAt(i) ? CoverageTruth.Outcome.LOST : arrival.of(played, i);
      isPossible |= outcome != CoverageTruth.Outcome.LOST;
      isCertain =
          outcome == CoverageTruth.Outcome.ARRIVED
              && log.millisAt(i) >= startMillis
              && !isSkewed(played);
    }
    devices.reporting += isCertain ? 1 : 0;
    devices.maybeReporting += isPossible ? 1 : 0;
  }

  private boolean isSkewed(Played played) {
    List<ScenarioFault> faults = run.scenario().faults();
    for (int number = 0; number < faults.size(); number++) {
      if (faults.get(number).kind() == ScenarioFault.Kind.SKEW
          && faults.get(number).hits(played.device().spec(), number)) {
        return true;
      }
    }
    return false;
  }

  private static void compare(Site site, JsonNode row, Devices devices, List<String> faults) {
    for (String field : List.of("expected", "planned", "commissioned")) {
      long there = row.path(field).asLong(0);
      if (there != devices.all) {
        faults.add(
            "by site: %s of %s is %,d, really %,d".formatted(field, site, there, devices.all));
      }
    }
    long reporting = row.path("reporting").asLong(0);
    if (reporting < devices.reporting || reporting > devices.maybeReporting) {
      faults.add(
          "by site: %,d devices of %s report, really %,d to %,d"
              .formatted(reporting, site, devices.reporting, devices.maybeReporting));
    }
  }
}
