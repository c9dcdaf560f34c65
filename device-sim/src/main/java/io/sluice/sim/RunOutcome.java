package io.sluice.sim;

import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.alarm.AlarmBookAudit;
import io.sluice.sim.audit.coverage.CoverageAudit;
import io.sluice.sim.broker.BrokerBetween;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.report.Course;
import io.sluice.sim.report.LeakCheck;
import io.sluice.sim.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What became of a run.
 *
 * @param audit null where the far end was not read
 * @param alarms from an alarm's own time to the far end, microseconds
 * @param gateway null where the gateway was not asked
 * @param leak null where it was not asked for
 * @param broker between fleet and gateway, or null
 * @param troubles why something could not be found out
 */
record RunOutcome(
    FleetRun run,
    Course course,
    @Nullable AuditResult audit,
    Histogram alarms,
    GatewayAudits.@Nullable Result gateway,
    LeakCheck.@Nullable Verdict leak,
    List<String> troubles,
    @Nullable BrokerBetween broker) {
  /** Without a broker between. */
  RunOutcome(
      FleetRun run,
      Course course,
      @Nullable AuditResult audit,
      Histogram alarms,
      GatewayAudits.@Nullable Result gateway,
      LeakCheck.@Nullable Verdict leak,
      List<String> troubles) {
    this(run, course, audit, alarms, gateway, leak, troubles, null);
  }

  /** Of report.json; it grows by keys only, within one version. */
  private static final int REPORT_VERSION = 2;

  private static final String SCHEMA = "config/schema/report.schema.json";

  /** What does not hold, one line each. */
  List<String> failures() {
    List<String> failures = new ArrayList<>();
    if (audit != null && !audit.holds()) {
      failures.add("the far end is not what was sent");
    }
    if (gateway != null) {
      if (!gateway.coverage().holds()) {
        failures.add("coverage is not as it was");
      }
      if (!gateway.alarms().book().holds()) {
        failures.add("the alarm book is not as it was");
      }
      verdicts().stream()
          .filter(verdict -> !verdict.holds())
          .forEach(verdict -> failures.add(verdict.title() + ": not as it was"));
      if (!gateway.ledgerBalances()) {
        failures.add("the gateway's ledger does not balance");
      }
    }
    if (leak != null && leak.isLeaking()) {
      failures.add("the gateway leaks");
    }
    if (broker != null && !broker.holds()) {
      failures.add("no message came through the broker in time after it was back");
    }
    return failures;
  }

  /** Of escalations, silences, what others were told, and backlog. */
  private List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    if (gateway != null) {
      verdicts.addAll(gateway.alarms().verdicts());
      if (gateway.flow() != null) {
        verdicts.add(gateway.flow());
      }
    }
    return verdicts;
  }

  int exitCode() {
    if (!failures().isEmpty()) {
      return SimCommand.AUDIT_FAILED;
    }
    return troubles.isEmpty() ? SimCommand.DONE : SimCommand.FAILED;
  }

  /** As report.json has it. */
  String verdict() {
    return switch (exitCode()) {
      case SimCommand.DONE -> "holds";
      case SimCommand.AUDIT_FAILED -> "fails";
      default -> "unknown";
    };
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(run.snapshot()).append('\n');
    if (audit != null) {
      text.append(audit.text());
      run.refusals().forEach(refusal -> text.append("  refused: ").append(refusal).append('\n'));
    }
    if (alarms.getTotalCount() > 0) {
      text.append(alarmTimes()).append('\n');
    }
    if (gateway != null) {
      text.append(gateway.text());
    }
    if (leak != null) {
      text.append(leak.text()).append('\n');
    }
    if (broker != null) {
      text.append(broker.text());
    }
    troubles.forEach(trouble -> text.append("sim run: ").append(trouble).append('\n'));
    return text.toString();
  }

  private String alarmTimes() {
    return String.format(
        Locale.ROOT,
        "alarms at the far end: %,d, after p50 %.1f ms, p99 %.1f ms, at most %.1f ms",
        alarms.getTotalCount(),
        alarms.getValueAtPercentile(50) / 1e3,
        alarms.getValueAtPercentile(99) / 1e3,
        alarms.getMaxValue() / 1e3);
  }

  /** Writes report.html, report.txt and report.json. */
  void write(Path directory, Map<String, String> targets) throws IOException {
    Files.createDirectories(directory);
    List<String> notes = new ArrayList<>(failures());
    notes.addAll(troubles);
    if (alarms.getTotalCount() > 0) {
      notes.add(alarmTimes());
    }
    Files.writeString(
        directory.resolve("report.html"),
        new RunReport(
                run,
                course,
                audit,
                coverage(),
                alarmBook(),
                verdicts(),
                exitCode() == SimCommand.DONE,
                notes)
            .html());
    Files.writeString(directory.resolve("report.txt"), text());
    Files.writeString(
        directory.resolve("report.json"),
        new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json(targets)) + "\n");
  }

  private CoverageAudit.@Nullable Result coverage() {
    return gateway == null ? null : gateway.coverage();
  }

  private AlarmBookAudit.@Nullable Result alarmBook() {
    return gateway == null ? null : gateway.alarms().book();
  }

  private Map<String, Object> json(Map<String, String> targets) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("$schema", SCHEMA);
    json.put("version", REPORT_VERSION);
    json.put("verdict", verdict());
    json.put("exitCode", exitCode());
    json.put("failures", failures());
    json.put("troubles", troubles);
    json.put("scenario", run.scenario().name());
    json.put("seed", run.scenario().seed());
    json.put("started", run.startMillis());
    json.put("durationMillis", durationMillis());
    json.put("targets", targets);
    json.put("fleet", run.snapshot());
    json.put("refusals", run.refusals());
    json.put("faults", run.faults());
    json.put("silences", run.silences().all());
    json.put("course", course.points());
    json.put("audit", audit);
    json.put("holds", audit == null ? null : audit.holds());
    json.put("alarmTimes", alarms.getTotalCount() == 0 ? null : times());
    json.put("coverage", coverage());
    json.put("coverageHolds", gateway == null ? null : gateway.coverage().holds());
    json.put("alarmBook", alarmBook());
    json.put("alarmBookHolds", gateway == null ? null : gateway.alarms().book().holds());
    json.put("verdicts", verdicts());
    json.put("ledgerBalances", gateway == null ? null : gateway.ledgerBalances());
    json.put("leak", leak);
    return json;
  }

  private long durationMillis() {
    List<Course.Point> points = course.points();
    return points.isEmpty() ? run.elapsedMillis() : points.getLast().atMillis();
  }

  private Map<String, Object> times() {
    Map<String, Object> times = new LinkedHashMap<>();
    times.put("count", alarms.getTotalCount());
    times.put("p50Micros", alarms.getValueAtPercentile(50));
    times.put("p99Micros", alarms.getValueAtPercentile(99));
    times.put("maxMicros", alarms.getMaxValue());
    return times;
  }
}
