package io.sluice.trial.audit;

import io.sluice.sim.audit.Audit;
import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.audit.AuditTerms;
import io.sluice.sim.audit.FarEnd;
import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.audit.coverage.FleetCoverageAudit;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.trial.stage.Member;
import io.sluice.trial.stage.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a run that has stopped has left behind: sent, acknowledged and found on the topics, the
 * ledgers of the gateways, the coverage that each instance tells.
 *
 * @param topics all that lies there
 * @param records sent and acknowledged against found
 * @param ledgers what does not balance, or waits still, a line each
 * @param strangers who has records there, and is neither a device nor a gateway
 * @param coverage what an instance of the view tells, of each
 */
public record FleetAudit(
    FleetTopics topics,
    AuditResult records,
    List<String> ledgers,
    List<String> strangers,
    List<FleetCoverageAudit.Result> coverage) {
  private static final long RETRY_MILLIS = 1_000;
  private static final long QUIET_SECONDS = 60;
  private static final long COVERED_SECONDS = 90;

  /**
   * Waits until gateways have passed on all that they have, and the view has read it, then judges.
   *
   * @param backlogs how often records had to wait for Kafka, or in a gateway that was away
   */
  public static FleetAudit of(Stage stage, FleetRun run, long backlogs)
      throws IOException, InterruptedException {
    List<String> ledgers = quiet(stage);
    FleetTopics topics =
        FleetTopics.read(stage.broker().address(), stage.directory().resolve("found"));
    AuditTerms terms = new AuditTerms(false, false, backlogs, Long.MAX_VALUE);
    AuditResult records = Audit.of(run, topics.directory(), terms);
    FarEnd far = Audit.farEnd(run, topics.directory());
    List<FleetCoverageAudit.Result> coverage = new ArrayList<>();
    for (Member view : stage.views()) {
      coverage.add(covered(view, run, far, topics));
    }
    List<String> strangers = new ArrayList<>(records.strangers().keySet());
    // alarms of a gateway about itself are its own
    stage.gateways().forEach(each -> strangers.remove(each.name()));
    return new FleetAudit(topics, records, ledgers, strangers, coverage);
  }

  private static FleetCoverageAudit.Result covered(
      Member view, FleetRun run, FarEnd far, FleetTopics topics)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(COVERED_SECONDS);
    try (GatewayApi api = new GatewayApi(view.api().address(), null)) {
      while (true) {
        FleetCoverageAudit.Result result = FleetCoverageAudit.compare(api, run, far, topics);
        if (result.holds() || System.nanoTime() > until) {
          return result;
        }
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      }
    }
  }

  /** Waits until nothing is queued; returns what is wrong with the ledgers then. */
  private static List<String> quiet(Stage stage) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
    while (true) {
      List<String> wrong = new ArrayList<>();
      for (Member gateway : stage.gateways()) {
        ledger(gateway, wrong);
      }
      if (wrong.isEmpty() || System.nanoTime() > until) {
        return wrong;
      }
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
    }
  }

  private static void ledger(Member gateway, List<String> wrong)
      throws IOException, InterruptedException {
    JsonNode ledger = gateway.api().get("/api/v1/ledger");
    if (!ledger.path("balances").asBoolean(false)) {
      wrong.add(gateway + ": the ledger does not balance");
    }
    for (JsonNode line : ledger.path("ledger")) {
      if (line.path("queued").asLong(0) > 0) {
        wrong.add(
            "%s: %d records of lane %s wait for %s"
                .formatted(
                    gateway,
                    line.path("queued").asLong(0),
                    line.path("lane").asString(""),
                    line.path("upstream").asString("")));
      }
      if (line.path("dropped").isObject() && !line.path("dropped").isEmpty()) {
        wrong.add(gateway + ": dropped " + line.path("dropped"));
      }
    }
  }

  public boolean holds() {
    return records.holds()
        && strangers.isEmpty()
        && ledgers.isEmpty()
        && coverage.stream().allMatch(FleetCoverageAudit.Result::holds);
  }

  /** Of the instance whose figure differs; else of the first. */
  public FleetCoverageAudit.@Nullable Result worst() {
    return coverage.stream()
        .filter(each -> !each.holds())
        .findFirst()
        .orElse(coverage.isEmpty() ? null : coverage.getFirst());
  }

  /** Aligned lines. */
  public String text() {
    StringBuilder text = new StringBuilder(records.text());
    text.append(
        "topics: %,d records, %,d there once more under their id; %,d of the devices roamed, %,d changes of gateway%n"
            .formatted(topics.records(), topics.repeated(), topics.roamed(), topics.moves()));
    if (ledgers.isEmpty()) {
      text.append("ledgers: all gateways' balance, nothing waits\n");
    } else {
      ledgers.forEach(each -> text.append("LEDGER: ").append(each).append('\n'));
    }
    strangers.forEach(
        each -> text.append(each).append(" is no device of the fleet, and has records\n"));
    FleetCoverageAudit.Result worst = worst();
    if (worst != null) {
      text.append(worst.text());
    }
    return text.toString();
  }
}
