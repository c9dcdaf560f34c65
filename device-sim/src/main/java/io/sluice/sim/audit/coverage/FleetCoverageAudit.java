package io.sluice.sim.audit.coverage;

import io.sluice.sim.audit.FarEnd;
import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.audit.coverage.CoverageApi.Site;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.DeviceGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Coverage of the last hour as the view of many gateways tells it, against coverage as it was, by
 * site, to the slot. The truth is of the run: which samples were sent, and which of them are at the
 * far end. Its slots are those of coverage.md. The run has to be younger than an hour.
 */
public final class FleetCoverageAudit {
  private static final int MOST_DEVICES = 20;
  private static final int PAGE = 500;
  private static final long LEAST_MICROS = 1_000_000;

  private FleetCoverageAudit() {}

  /** What there is to know of a device beside what it sent. */
  public interface Register {
    /** Since when it is expected to report, microseconds since the epoch. */
    long sinceMicros(String device);

    /** Whether the gateway at which the device was took no data then. */
    boolean isExcused(String device, long micros);
  }

  /** Slots of all metrics. */
  public record Counts(long due, long filled, long good) {
    static final Counts NONE = new Counts(0, 0, 0);

    Counts plus(Counts more) {
      return new Counts(due + more.due, filled + more.filled, good + more.good);
    }
  }

  /** One site. */
  public record SiteResult(
      String sector, String site, long devicesTold, long devices, Counts told, Counts truth) {
    boolean holds() {
      return devicesTold == devices && told.equals(truth);
    }
  }

  /**
   * What was found.
   *
   * @param provisional why the figure is not final yet, as the view says; empty where it is
   * @param devices those that differ, in words; the first of them
   */
  public record Result(List<SiteResult> sites, String provisional, List<String> devices) {
    public boolean holds() {
      return provisional.isEmpty() && sites.stream().allMatch(SiteResult::holds);
    }

    /** All sites together, as they were. */
    public Counts truth() {
      return sites.stream().map(SiteResult::truth).reduce(Counts.NONE, Counts::plus);
    }

    /** All sites together, as they are told. */
    public Counts told() {
      return sites.stream().map(SiteResult::told).reduce(Counts.NONE, Counts::plus);
    }

    /** A few aligned lines. */
    public String text() {
      StringBuilder text = new StringBuilder("coverage of the fleet: ");
      text.append(holds() ? "as it was, to the slot" : "NOT AS IT WAS").append('\n');
      text.append(
          "  %-30s %14s %20s %20s %20s%n".formatted("", "devices", "due", "filled", "good"));
      for (SiteResult each : sites) {
        text.append(
            "  %-30s %14s %20s %20s %20s%s%n"
                .formatted(
                    each.sector + "/" + each.site,
                    pair(each.devicesTold, each.devices),
                    pair(each.told.due, each.truth.due),
                    pair(each.told.filled, each.truth.filled),
                    pair(each.told.good, each.truth.good),
                    each.holds() ? "" : "  differs (in brackets: as it was)"));
      }
      if (!provisional.isEmpty()) {
        text.append("  the figure is provisional: ").append(provisional).append('\n');
      }
      devices.forEach(each -> text.append("  ").append(each).append('\n'));
      return text.toString();
    }

    private static String pair(long told, long truth) {
      return told == truth ? "%,d".formatted(told) : "%,d (%,d)".formatted(told, truth);
    }
  }

  /**
   * Compares; the run has stopped.
   *
   * @param api of one instance of the view
   * @param far all that arrived
   */
  public static Result compare(GatewayApi api, FleetRun run, FarEnd far, Register register)
      throws IOException, InterruptedException {
    JsonNode answer = api.get("/api/v1/coverage?window=1h&by=site");
    long end = answer.path("end").asLong(0);
    long start = answer.path("start").asLong(0);
    Map<Site, Long> devices = new TreeMap<>();
    Map<Site, Counts> truth = new TreeMap<>();
    Map<String, Counts> byDevice = new HashMap<>();
    for (Played played : run.ledger()) {
      DeviceGroup group = played.device().spec().group();
      Site site = new Site(group.sector(), group.site());
      Counts counts = of(run, played, far, register, start, end);
      byDevice.put(played.device().spec().id(), counts);
      devices.merge(site, played.device().spec().isConcentrator() ? 0L : 1L, Long::sum);
      truth.merge(site, counts, Counts::plus);
    }
    List<SiteResult> sites = new ArrayList<>();
    for (JsonNode row : answer.path("groups")) {
      Site site = new Site(row.path("sector").asString(""), row.path("site").asString(""));
      sites.add(
          new SiteResult(
              site.sector(),
              site.site(),
              row.path("expected").asLong(0),
              Objects.requireNonNullElse(devices.remove(site), 0L),
              counts(row),
              Objects.requireNonNullElse(truth.remove(site), Counts.NONE)));
    }
    truth.forEach((site, counts) -> {
      long there = Objects.requireNonNullElse(devices.get(site), 0L);
      sites.add(new SiteResult(site.sector(), site.site(), 0, there, Counts.NONE, counts));
    });
    Result result = new Result(sites, provisional(answer.path("fleet")), List.of());
    return sites.stream().allMatch(SiteResult::holds)
        ? result
        : new Result(sites, result.provisional, differing(api, byDevice));
  }

  private static Counts counts(JsonNode row) {
    return new Counts(
        row.path("due").asLong(0), row.path("filled").asLong(0), row.path("good").asLong(0));
  }

  private static String provisional(JsonNode share) {
    return share.path("provisional").asBoolean(true) ? share.toString() : "";
  }

  private static List<String> differing(GatewayApi api, Map<String, Counts> truth)
      throws IOException, InterruptedException {
    List<String> differing = new ArrayList<>();
    String after = "";
    while (differing.size() < MOST_DEVICES) {
      JsonNode rows =
          api.get(
                  "/api/v1/coverage/devices?window=1h&order=id&limit="
                      + PAGE
                      + (after.isEmpty() ? "" : "&after=" + after))
              .path("devices");
      for (JsonNode row : rows) {
        after = row.path("device").asString("");
        Counts real = truth.getOrDefault(after, Counts.NONE);
        Counts told = counts(row);
        if (!told.equals(real) && differing.size() < MOST_DEVICES) {
          differing.add(
              "%s: due %d, filled %d, good %d are told; really %d, %d, %d"
                  .formatted(
                      after, told.due, told.filled, told.good, real.due, real.filled, real.good));
        }
      }
      if (rows.size() < PAGE) {
        break;
      }
    }
    return differing;
  }

  private static Counts of(
      FleetRun run, Played played, FarEnd far, Register register, long start, long end) {
    String id = played.device().spec().id();
    DeviceGroup group = played.device().spec().group();
    if (played.device().spec().isConcentrator() || group.profile().id().equals("plc")) {
      return Counts.NONE;
    }
    long interval = Math.max(LEAST_MICROS, group.interval().toNanos() / 1_000);
    long since = register.sinceMicros(id);
    long from = Math.max(since, start);
    int metrics = group.profile().metrics().size();
    ValueQuality quality = new ValueQuality(run.scenario(), played);
    SentLog log = played.log();
    Map<Long, Long> slots = new HashMap<>();
    long anchor = since;
    boolean isFirst = true;
    for (int i = 0; i < log.size(); i++) {
      if (log.badAt(i) || !far.has(played, i)) {
        continue;
      }
      long micros = (run.startMillis() + log.millisAt(i)) * 1_000;
      if (isFirst) {
        anchor = micros;
        isFirst = false;
      }
      long slot = Math.floorDiv(micros - anchor + interval / 2, interval);
      long centre = anchor + slot * interval;
      if (centre >= from && centre < end && !register.isExcused(id, centre)) {
        slots.merge(slot, quality.certain(i, far.latenessMicros(played, i)), (a, b) -> a | b);
      }
    }
    long due = 0;
    long last = Math.floorDiv(end - 1 - anchor, interval);
    for (long slot = Math.ceilDiv(from - anchor, interval); slot <= last; slot++) {
      due += register.isExcused(id, anchor + slot * interval) ? 0 : 1;
    }
    return new Counts(
        due * metrics,
        (long) slots.size() * metrics,
        slots.values().stream().mapToLong(Long::bitCount).sum());
  }
}
