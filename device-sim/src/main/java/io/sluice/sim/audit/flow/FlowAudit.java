package io.sluice.sim.audit.flow;

import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.audit.Verdict;
import io.sluice.sim.fleet.FleetRun;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Backlog, ledger and hours left as a gateway reports them, from the moment of {@link #begin} on.
 * Blocks; of one thread.
 */
public final class FlowAudit {
  private static final int MOST_LOOKS = 600;
  private static final long RETRY_MILLIS = 500;

  private final GatewayApi api;
  private final String upstream;
  private final LongSupplier arrived;
  private final Clock clock;
  private final List<FlowLook> looks = new ArrayList<>();
  private int calls;
  private int callsALook = 1;

  /** Counts records at the far end that are not of the fleet, and repetitions. */
  public interface Others {
    long count() throws IOException;
  }

  private FlowAudit(GatewayApi api, String upstream, LongSupplier arrived, Clock clock) {
    this.api = api;
    this.upstream = upstream;
    this.arrived = arrived;
    this.clock = clock;
  }

  /**
   * Takes down what the gateway says before the fleet plays.
   *
   * @param upstream the one that writes to the far end; empty: the only one
   * @param arrived how many records the far end has got since somebody counts
   * @param clock that of fleet and gateway
   * @return null where the gateway has several upstreams and none is named, or not that one
   */
  public static @Nullable FlowAudit begin(
      GatewayApi api, String upstream, LongSupplier arrived, Clock clock)
      throws IOException, InterruptedException {
    FlowAudit audit = new FlowAudit(api, upstream, arrived, clock);
    FlowLook first = audit.ask(null);
    if (first == null) {
      return null;
    }
    audit.looks.add(first);
    return audit;
  }

  private @Nullable FlowLook ask(@Nullable FleetRun run) throws IOException, InterruptedException {
    long from = clock.millis();
    long acked = run == null ? 0 : run.messagesAcked();
    JsonNode flow = api.get("/api/v1/flow");
    FlowLook.Said said = FlowLook.Said.of(flow, upstream);
    return said == null
        ? null
        : new FlowLook(
            from,
            clock.millis(),
            acked,
            run == null ? 0 : run.messages(),
            arrived.getAsLong(),
            said);
  }

  /** Takes down what it says now; of those after the first every second one goes at the bound. */
  public void look(FleetRun run) throws IOException, InterruptedException {
    if (calls++ % callsALook != 0) {
      return;
    }
    FlowLook look = ask(run);
    if (look != null) {
      looks.add(look);
    }
    if (looks.size() == MOST_LOOKS) {
      for (int i = MOST_LOOKS - 1; i > 0; i -= 2) {
        looks.remove(i);
      }
      callsALook *= 2;
    }
  }

  /**
   * Compares a stopped run; looks again until it holds or that time is over.
   *
   * @param others records at the far end that are not of the fleet, and repetitions
   */
  public Verdict settled(FleetRun run, Others others, Duration within)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + within.toNanos();
    Verdict verdict = compare(run, others);
    while (!verdict.holds() && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      verdict = compare(run, others);
    }
    return verdict;
  }

  /** How often records had to wait for the far end until now, by what fleet and far end know. */
  public long backlogs() {
    return new FlowTruth(looks, 0).backlogs();
  }

  private Verdict compare(FleetRun run, Others others) throws IOException, InterruptedException {
    List<FlowLook> all = new ArrayList<>(looks);
    FlowLook last = ask(run);
    if (last != null) {
      all.add(last);
    }
    return new FlowTruth(all, others.count()).verdict();
  }
}
