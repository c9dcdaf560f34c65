package io.sluice.sim.report;

import io.sluice.sim.figures.FleetSnapshot;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.load.ProcessUsage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * How a run went over time. A point a second at first; at {@value #MOST_POINTS} points every second
 * one is left out and the step doubles, so that a run of any length has its course in bounded
 * memory. Of one thread.
 */
public final class Course {
  static final int MOST_POINTS = 1_800;

  private static final ProcessUsage NOTHING = new ProcessUsage(0, 0, 0);

  /**
   * One step.
   *
   * @param atMillis end of the step, since the run's start
   * @param p50Micros of the acknowledgements within the step; 0 where there was none
   * @param simBytes resident memory of this process
   * @param gatewayBytes the same of the gateway, or 0 where it is not known or away
   * @param gatewayCpuMicros used since its start
   * @param gatewayDescriptors open now
   */
  public record Point(
      long atMillis,
      long sent,
      long acked,
      long refused,
      long connected,
      long p50Micros,
      long p99Micros,
      long maxMicros,
      long simBytes,
      long gatewayBytes,
      long gatewayCpuMicros,
      long gatewayDescriptors) {}

  private final FleetRun run;
  private final PidSource gatewayPid;
  private final List<Point> points = new ArrayList<>();
  private final Histogram whole = new Histogram(3);
  private long steps;
  private long stepsAPoint = 1;
  private Histogram step = new Histogram(3);

  /** Where the gateway's process is; it changes when the gateway is restarted. */
  @FunctionalInterface
  public interface PidSource {
    /** Null where there is none. */
    @Nullable Long get() throws IOException;
  }

  /**
   * @param gatewayPid of a gateway on this machine
   */
  public Course(FleetRun run, PidSource gatewayPid) {
    this.run = run;
    this.gatewayPid = gatewayPid;
  }

  /** Takes down the second that has passed. */
  public void look() throws IOException {
    Histogram second = run.latencies();
    step.add(second);
    whole.add(second);
    if (++steps % stepsAPoint == 0) {
      points.add(point());
      step = new Histogram(3);
      if (points.size() == MOST_POINTS) {
        thin();
      }
    }
  }

  private Point point() throws IOException {
    FleetSnapshot now = run.snapshot();
    ProcessUsage own = ProcessUsage.of(ProcessHandle.current().pid());
    ProcessUsage gateway = gateway();
    return new Point(
        run.elapsedMillis(),
        now.sent(),
        now.acked(),
        now.refused(),
        now.connected(),
        step.getValueAtPercentile(50),
        step.getValueAtPercentile(99),
        step.getMaxValue(),
        own.residentBytes(),
        gateway.residentBytes(),
        gateway.cpuMicros(),
        gateway.descriptors());
  }

  /** Nothing while it is away: a gap in the course. */
  private ProcessUsage gateway() {
    try {
      Long pid = gatewayPid.get();
      return pid == null ? NOTHING : ProcessUsage.of(pid);
    } catch (IOException e) {
      return NOTHING; // it is restarted, perhaps
    }
  }

  private void thin() {
    List<Point> kept = new ArrayList<>();
    for (int i = 1; i < points.size(); i += 2) {
      kept.add(points.get(i));
    }
    points.clear();
    points.addAll(kept);
    stepsAPoint *= 2;
  }

  public List<Point> points() {
    return List.copyOf(points);
  }

  /** From dispatch to acknowledgement, microseconds, of the whole run. */
  public Histogram latencies() {
    return whole.copy();
  }
}
