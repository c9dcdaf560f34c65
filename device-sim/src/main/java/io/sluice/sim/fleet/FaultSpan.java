package io.sluice.sim.fleet;

import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One time in which a fault was on.
 *
 * @param kind as scenarios write it
 * @param scope whom it hits, in words
 * @param devices how many those are
 * @param fromMillis since the run's start
 * @param toMillis since the run's start; the run's end at the latest
 */
public record FaultSpan(String kind, String scope, int devices, long fromMillis, long toMillis) {
  /** Of a fault that comes again and again, this many are listed. */
  private static final int MOST_REPEATS = 1_000;

  static List<FaultSpan> of(Scenario scenario, List<DeviceSpec> specs, long endMillis) {
    List<FaultSpan> spans = new ArrayList<>();
    for (int number = 0; number < scenario.faults().size(); number++) {
      ScenarioFault fault = scenario.faults().get(number);
      int hit = number;
      int devices = (int) specs.stream().filter(spec -> fault.hits(spec, hit)).count();
      Duration every = fault.every();
      long from = fault.at().toMillis();
      for (int i = 0; i < MOST_REPEATS && from < endMillis; i++) {
        Duration length = fault.length();
        long to = length == null ? endMillis : Math.min(endMillis, from + length.toMillis());
        spans.add(new FaultSpan(fault.kind().label(), fault.scope().toString(), devices, from, to));
        from = every == null ? Long.MAX_VALUE : from + every.toMillis();
      }
    }
    spans.sort(Comparator.comparingLong(FaultSpan::fromMillis));
    return spans;
  }
}
