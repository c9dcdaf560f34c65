package io.sluice.engine.fleet;

import io.sluice.api.fleet.FleetCommands;
import io.sluice.api.fleet.FleetCommands.Report;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.registry.command.SharedCommand;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How far commands have come of which the fleet is still to hear. One command is one entry, so that
 * there are no more than commands in hand, besides what is bounded by who notes it. {@link
 * #writeAll} blocks and is called by one thread; all else is thread-safe and never blocks.
 */
final class CommandReports {
  private static final int COMMANDS_A_TURN = 1_000;

  private final FleetCommands fleet;
  private final String gateway;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final ConcurrentMap<String, Pending> pending = new ConcurrentHashMap<>();

  /** How far one has come, and when that was noted: its ages are of then. */
  private record Pending(Report report, long atNanos) {}

  /**
   * @param clock of the gateway
   * @param nanoTime as {@link System#nanoTime}
   */
  CommandReports(FleetCommands fleet, String gateway, Clock clock, LongSupplier nanoTime) {
    this.fleet = fleet;
    this.gateway = gateway;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** How far a command of this gateway's queues has come. */
  Report of(SharedCommand command, boolean isReleased) {
    long now = TimeUnit.MILLISECONDS.toMicros(clock.millis());
    Long sent = command.sentMicros();
    Long answered = command.acknowledgedMicros();
    return new Report(
        command.id(),
        command.device().value(),
        command.state(),
        sent == null ? null : Long.valueOf(Math.max(0, now - sent)),
        answered == null ? null : Long.valueOf(Math.max(0, now - answered)),
        command.reasonCode(),
        command.isOver(),
        isReleased);
  }

  void note(Report report) {
    note(report.id(), () -> report);
  }

  /**
   * @param latest asked for while no other note of that command is taken
   */
  void note(String id, Supplier<Report> latest) {
    pending.compute(
        id,
        (_, before) -> {
          Report now = latest.get();
          return before != null && rank(before.report()) > rank(now)
              ? before
              : new Pending(now, nanoTime.getAsLong());
        });
  }

  /**
   * What is still to be written is replaced by nothing less: the device's answer, an end without
   * one, that it is given back and no more this gateway's to tell of, how far it has come.
   */
  private static int rank(Report report) {
    if (report.answeredMicros() != null) {
      return 3;
    }
    return report.isOver() ? 2 : report.isReleased() ? 1 : 0;
  }

  private static Report aged(Report report, long micros) {
    Long sent = report.sentMicros();
    Long answered = report.answeredMicros();
    return new Report(
        report.id(),
        report.device(),
        report.state(),
        sent == null ? null : Long.valueOf(sent + micros),
        answered == null ? null : Long.valueOf(answered + micros),
        report.reasonCode(),
        report.isOver(),
        report.isReleased());
  }

  /** How far a command has come of which the fleet is still to hear, or null. */
  @Nullable Report of(String id) {
    Pending known = pending.get(id);
    return known == null ? null : known.report();
  }

  int size() {
    return pending.size();
  }

  /**
   * Writes back what has changed.
   *
   * @throws StoreUnavailableException where the fleet's store is away: it is written later
   */
  void writeAll() {
    while (!pending.isEmpty()) {
      List<Pending> batch = pending.values().stream().limit(COMMANDS_A_TURN).toList();
      long now = nanoTime.getAsLong();
      fleet.report(
          gateway,
          batch.stream().map(each -> aged(each.report(), (now - each.atNanos()) / 1_000)).toList());
      // what has changed meanwhile is another, and stays
      batch.forEach(each -> pending.remove(each.report().id(), each));
    }
  }
}
