package io.sluice.sim;

import io.sluice.sim.audit.AlarmRecord;
import io.sluice.sim.audit.AuditResult;
import io.sluice.sim.audit.FarEnd;
import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.alarm.AlarmAudit;
import io.sluice.sim.audit.alarm.EscalationPlan;
import io.sluice.sim.audit.alarm.WebhookReceiver;
import io.sluice.sim.audit.coverage.CoverageAudit;
import io.sluice.sim.audit.coverage.OutageAudit;
import io.sluice.sim.audit.flow.FlowAudit;
import io.sluice.sim.fleet.FleetRun;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a gateway says of itself, judged against what the fleet knows: coverage, alarms,
 * backlog, ledger. Blocks; of one thread.
 */
public final class GatewayAudits {
  private final GatewayApi api;
  private final CoverageAudit coverage;
  private final AlarmAudit alarms;
  private final @Nullable FlowAudit flow;

  /**
   * What was found.
   *
   * @param flow null where the far end was not read, or it is not known which upstream writes there
   * @param ledgerBalances whether the gateway's ledger does
   */
  public record Result(
      CoverageAudit.Result coverage,
      AlarmAudit.Result alarms,
      @Nullable Verdict flow,
      boolean ledgerBalances) {
    /** A few aligned lines. */
    public String text() {
      return coverage.text()
          + alarms.text()
          + (flow == null ? "" : flow.text())
          + (ledgerBalances ? "" : "THE GATEWAY'S LEDGER DOES NOT BALANCE\n");
    }
  }

  /** Reads the far end, record by record, as it is now. */
  public interface FarEndReader {
    FarEnd read() throws IOException;

    /** Holds it against what the fleet sent. */
    AuditResult audit() throws IOException;
  }

  private GatewayAudits(
      GatewayApi api, CoverageAudit coverage, AlarmAudit alarms, @Nullable FlowAudit flow) {
    this.api = api;
    this.coverage = coverage;
    this.alarms = alarms;
    this.flow = flow;
  }

  /**
   * Takes down what the gateway says before the fleet plays.
   *
   * @param clock that of fleet and gateway
   * @param webhook null: nobody listens to what the gateway tells of alarms
   * @param upstream the one that writes to the far end; empty: the only one
   * @param arrived how many records the far end has got; null where it is not followed
   */
  public static GatewayAudits begin(
      GatewayApi api,
      Clock clock,
      EscalationPlan plan,
      @Nullable WebhookReceiver webhook,
      String upstream,
      @Nullable LongSupplier arrived)
      throws IOException, InterruptedException {
    return new GatewayAudits(
        api,
        CoverageAudit.begin(api, clock),
        AlarmAudit.begin(api, plan, webhook),
        arrived == null ? null : FlowAudit.begin(api, upstream, arrived, clock));
  }

  /** Takes down what the gateway says now; called each second or so. */
  public void look(FleetRun run) throws IOException, InterruptedException {
    coverage.look();
    if (flow != null) {
      flow.look(run);
    }
  }

  /**
   * How often records had to wait for the far end, by what fleet and far end know, and as the
   * gateway was away.
   */
  public long backlogs(FleetRun run) throws IOException, InterruptedException {
    long outages =
        OutageAudit.of(api).stream()
            .filter(outage -> outage.toMillis() > run.startMillis())
            .count();
    return flow == null ? 0 : flow.backlogs() + outages;
  }

  /**
   * Judges a stopped run, each audit until it holds or that time is over.
   *
   * @param reader null where the far end is not read
   */
  public Result settled(FleetRun run, @Nullable FarEndReader reader, Duration within)
      throws IOException, InterruptedException {
    FarEnd far = reader == null ? null : reader.read();
    CoverageAudit.Result covered =
        coverage.withCourse(coverage.settled(run, far, within), run, far);
    AlarmAudit.FarRecords records = reader == null ? null : () -> records(reader);
    AlarmAudit.Result booked = alarms.settled(run, records, within);
    Verdict flowed =
        flow == null || reader == null
            ? null
            : flow.settled(run, () -> others(reader.audit()), within);
    return new Result(covered, booked, flowed, api.ledgerBalances());
  }

  private static List<AlarmRecord> records(FarEndReader reader) throws IOException {
    return reader.read().alarmRecords();
  }

  /** Records at the far end that are not of the fleet's messages, and what is there again. */
  private static long others(AuditResult audit) {
    return audit.ofGateway()
        + audit.foreign()
        + audit.duplicated()
        + audit.doubled()
        + audit.doubledAfterResend()
        + audit.invented();
  }
}
