package io.sluice.sim.audit.alarm;

import io.sluice.sim.audit.AlarmRecord;
import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.coverage.OutageAudit;
import io.sluice.sim.fleet.FleetRun;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway makes of alarms, from the moment of {@link #begin} on: its book, escalations,
 * silences, and what it tells others. Blocks; of one thread.
 */
public final class AlarmAudit {
  private static final long RETRY_MILLIS = 500;

  private final GatewayApi api;
  private final EscalationPlan plan;
  private final @Nullable WebhookReceiver webhook;
  private final BookedAlarms before;

  /** Reads what the far end was told of alarms. */
  public interface FarRecords {
    List<AlarmRecord> read() throws IOException;
  }

  /**
   * What was found.
   *
   * @param verdicts of escalations, supervision, and what the far end and the webhook were told, as
   *     far as they were asked
   */
  public record Result(AlarmBookAudit.Result book, List<Verdict> verdicts) {
    /** Whether all is as it was. */
    public boolean holds() {
      return book.holds() && verdicts.stream().allMatch(Verdict::holds);
    }

    /** A few aligned lines. */
    public String text() {
      StringBuilder text = new StringBuilder(book.text());
      verdicts.forEach(verdict -> text.append(verdict.text()));
      return text.toString();
    }
  }

  private AlarmAudit(
      GatewayApi api, EscalationPlan plan, @Nullable WebhookReceiver webhook, BookedAlarms before) {
    this.api = api;
    this.plan = plan;
    this.webhook = webhook;
    this.before = before;
  }

  /**
   * Takes down what is in the book before the run.
   *
   * @param plan after how long the gateway escalates
   * @param webhook where it tells of that; null: nobody listens
   */
  public static AlarmAudit begin(
      GatewayApi api, EscalationPlan plan, @Nullable WebhookReceiver webhook)
      throws IOException, InterruptedException {
    return new AlarmAudit(api, plan, webhook, BookedAlarms.of(api));
  }

  /**
   * Compares a stopped run until it holds or that time is over: the gateway may lag behind.
   *
   * @param far null where the far end is not read
   */
  public Result settled(FleetRun run, @Nullable FarRecords far, Duration within)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + within.toNanos();
    Result result = compare(run, far);
    while (!result.holds() && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      result = compare(run, far);
    }
    return result;
  }

  private Result compare(FleetRun run, @Nullable FarRecords far)
      throws IOException, InterruptedException {
    long asked = run.time().millis() * 1_000;
    List<AlarmRecord> records = far == null ? List.of() : far.read();
    List<WebhookPost> posts = webhook == null ? List.of() : webhook.posts();
    AlarmScene scene =
        new AlarmScene(
            run.ledger(),
            before,
            BookedAlarms.of(api),
            plan,
            OutageAudit.of(api).stream()
                .filter(outage -> outage.toMillis() > run.startMillis())
                .toList(),
            asked);
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(EscalationAudit.of(scene));
    verdicts.add(SupervisionAudit.of(scene));
    if (far != null) {
      verdicts.add(AlarmRecordAudit.of(scene, records));
    }
    if (webhook != null) {
      verdicts.add(NotificationAudit.of(scene, posts, webhook.beyond()));
    }
    return new Result(AlarmBookAudit.of(scene), List.copyOf(verdicts));
  }
}
