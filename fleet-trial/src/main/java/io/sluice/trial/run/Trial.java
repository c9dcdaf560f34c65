package io.sluice.trial.run;

import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import io.sluice.trial.audit.FleetAudit;
import io.sluice.trial.audit.FleetTopics.Outage;
import io.sluice.trial.run.Steps.Step;
import io.sluice.trial.stage.Member;
import io.sluice.trial.stage.Stage;
import io.sluice.trial.stage.Waiting;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Devices roam over a stage and are told commands while its parts are killed and upgraded, one
 * after the other; what is left of all that has to be right.
 */
public final class Trial {
  private static final long MOST_SECONDS = 240;
  private static final double BACK_SHARE = 0.85;
  private static final double STEADY_SECONDS = 3;

  /** How much longer than it was away a gateway may say that it was. */
  private static final long BEGIN_MILLIS = 12_000;

  private static final long END_MILLIS = 5_000;

  private final Stage stage;
  private final Scenario scenario;
  private final boolean isShort;
  private final PrintStream out;
  private final List<Row> rows = new ArrayList<>();
  private final Map<String, List<long[]>> away = new HashMap<>();
  private final List<long[]> kills = new ArrayList<>();

  /**
   * A line of the table; times are seconds from the blow on.
   *
   * @param back until 85 % of the devices have a session again
   * @param emptied until the gateways have passed on what they have
   * @param whole until the view's figure is not provisional any more; 0 where it never was
   * @param notWhole how long it was provisional, or nobody told it
   * @param silence the longest time in which no device was acknowledged anything
   */
  record Row(
      String name,
      double down,
      double back,
      double emptied,
      double whole,
      double notWhole,
      double silence) {}

  /**
   * @param isShort with shorter times, and one gateway upgraded
   */
  public Trial(Stage stage, Scenario scenario, boolean isShort, PrintStream out) {
    this.stage = stage;
    this.scenario = scenario;
    this.isShort = isShort;
    this.out = out;
  }

  /**
   * Runs all of it.
   *
   * @return whether all held
   * @throws IOException where a part does not come back
   */
  public boolean run() throws IOException, InterruptedException {
    List<String> devices = scenario.devices().stream().map(DeviceSpec::id).toList();
    List<Member> members = new ArrayList<>(stage.gateways());
    members.addAll(stage.views());
    Known.await(stage, devices.size());
    try (FleetRun fleet = FleetRun.start(scenario, new Endpoints(stage.mqtt(), null));
        Watch views = Watch.begin("view-watch", 300, () -> isWhole(devices.size()));
        Watch sessions = Watch.begin("session-watch", 100, () -> isBack(fleet, devices.size()));
        Commands commands = Commands.begin(members, devices, isShort ? 100 : 50)) {
      Waiting.until("the devices are connected", MOST_SECONDS, () -> isBack(fleet, devices.size()));
      rest(fleet, isShort ? 5 : 20);
      for (Step step : Steps.of(stage, isShort)) {
        play(step, fleet, views, sessions);
        rest(fleet, isShort ? 1 : 10);
      }
      commands.end();
      told(commands, fleet);
      fleet.stop();
      out.println("the devices have stopped; what they were acknowledged is looked for in Kafka");
      FleetAudit audit = FleetAudit.of(stage, fleet, rows.size());
      return report(fleet, audit, commands.result(fleet.told(), kills));
    }
  }

  /** Whether each instance of the view that is there says that its figure is whole. */
  private boolean isWhole(int devices) throws IOException, InterruptedException {
    boolean isAny = false;
    for (Member view : stage.views()) {
      if (view.isAlive()) {
        isAny = true;
        if (!Known.isWhole(view, devices)) {
          return false;
        }
      }
    }
    return isAny;
  }

  private static boolean isBack(FleetRun fleet, int devices) {
    return fleet.snapshot().connected() >= devices * BACK_SHARE;
  }

  private void rest(FleetRun fleet, int seconds) throws InterruptedException {
    TimeUnit.SECONDS.sleep(seconds);
    out.println("  " + fleet.snapshot());
  }

  private void play(Step step, FleetRun fleet, Watch views, Watch sessions)
      throws IOException, InterruptedException {
    out.println(step.name());
    long began = System.nanoTime();
    long beganMillis = System.currentTimeMillis();
    step.blow().run();
    TimeUnit.SECONDS.sleep(step.downSeconds());
    step.mend().run();
    double down = since(began);
    if (!step.gateway().isEmpty()) {
      long[] span = {beganMillis, System.currentTimeMillis()};
      away.computeIfAbsent(step.gateway(), any -> new ArrayList<>()).add(span);
      if (step.isKill()) {
        kills.add(span);
      }
    }
    String after = "after the " + step.name() + ", ";
    Waiting.until(
        after + "the devices are connected", MOST_SECONDS, () -> sessions.wellForSeconds() > 1);
    Waiting.until(
        after + "the gateways have passed on what they have", MOST_SECONDS, this::isEmptied);
    double emptied = since(began);
    Waiting.until(
        after + "the view is whole", MOST_SECONDS, () -> views.wellForSeconds() >= STEADY_SECONDS);
    Row row =
        new Row(
            step.name(),
            down,
            sessions.wellAfterSeconds(began),
            emptied,
            views.wellAfterSeconds(began),
            views.unwellSeconds(began),
            silence(fleet, beganMillis));
    rows.add(row);
    out.printf(
        "  down %.1f s; devices back after %.1f s, queues empty after %.1f s, view whole after %.1f s%n",
        row.down, row.back, row.emptied, row.whole);
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static double silence(FleetRun fleet, long sinceMillis) {
    return fleet.silences().all().stream()
            .filter(each -> each.toMillis() > sinceMillis)
            .mapToLong(each -> each.toMillis() - Math.max(sinceMillis, each.fromMillis()))
            .max()
            .orElse(0)
        / 1e3;
  }

  /** Whether no gateway has records that are older than those that come in each moment. */
  private boolean isEmptied() throws IOException, InterruptedException {
    for (Member gateway : stage.gateways()) {
      double lag =
          gateway.api().get("/api/v1/upstreams").path("upstreams").findValues("lagSeconds").stream()
              .flatMap(each -> each.valueStream())
              .mapToDouble(each -> each.asDouble(0))
              .max()
              .orElse(0);
      if (lag > STEADY_SECONDS) {
        return false;
      }
    }
    return true;
  }

  /** Waits until each command that was taken has come to its device. */
  private void told(Commands commands, FleetRun fleet) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (commands.result(fleet.told(), kills).never() > 0 && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private boolean report(FleetRun fleet, FleetAudit audit, Commands.Result commands) {
    out.println();
    out.print(audit.text());
    List<String> faults = outageFaults(audit);
    out.printf(
        "commands: %,d taken, %,d told once, %,d never, %,d again after the kill of a gateway, %,d more than once, %,d that nobody gave; %,d refused, %,d without a clear answer%n",
        commands.taken(),
        commands.once(),
        commands.never(),
        commands.again(),
        commands.repeated(),
        commands.invented(),
        commands.refused(),
        commands.unknown());
    commands.faults().forEach(each -> out.println("  " + each));
    commands.refusals().forEach((why, times) -> out.println("  " + times + " times: " + why));
    out.println(
        faults.isEmpty()
            ? "outages: each gateway says when it was away, as it was"
            : "OUTAGES NOT AS THEY WERE");
    faults.forEach(each -> out.println("  " + each));
    fleet.refusals().forEach(refusal -> out.println("  refused: " + refusal));
    out.printf(
        "%n%-44s %8s %8s %8s %8s %12s %8s%n",
        "seconds", "down", "devices", "queues", "view", "provisional", "nobody");
    out.printf(
        "%-44s %8s %8s %8s %8s %12s %8s%n", "", "for", "back", "empty", "whole", "for", "heard");
    for (Row row : rows) {
      out.printf(
          "%-44s %8.1f %8.1f %8.1f %8.1f %12.1f %8.1f%n",
          row.name, row.down, row.back, row.emptied, row.whole, row.notWhole, row.silence);
    }
    boolean holds = audit.holds() && commands.holds() && faults.isEmpty();
    out.printf(
        "%nTHE TRIAL %s: %,d devices, %,d sent, %,d acknowledged, %,d of them lost%n",
        holds ? "HOLDS" : "DOES NOT HOLD",
        scenario.devices().size(),
        audit.records().sent(),
        audit.records().acked(),
        audit.records().lost());
    return holds;
  }

  /** What gateways say of when they took no data, against when they were killed and upgraded. */
  private List<String> outageFaults(FleetAudit audit) {
    List<String> faults = new ArrayList<>();
    Map<String, List<Outage>> said = audit.topics().outages();
    said.forEach((gateway, outages) -> {
      for (Outage outage : outages) {
        boolean isTrue =
            away.getOrDefault(gateway, List.of()).stream()
                .anyMatch(each ->
                    outage.from() / 1_000 >= each[0] - BEGIN_MILLIS
                        && outage.to() / 1_000 <= each[1] + END_MILLIS);
        if (!isTrue) {
          faults.add(
              "%s says that it was away for %.1f s, and was not"
                  .formatted(gateway, (outage.to() - outage.from()) / 1e6));
        }
      }
    });
    away.forEach((gateway, times) -> {
      if (said.getOrDefault(gateway, List.of()).size() < times.size()) {
        faults.add(
            "%s was away %d times, and tells of %d"
                .formatted(gateway, times.size(), said.getOrDefault(gateway, List.of()).size()));
      }
    });
    return faults;
  }
}
