package io.sluice.sim.broker;

import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioFault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The broker of a scenario: the fleet publishes to it and the gateway subscribes to it, both by one
 * address, and it is killed, hung, restarted and moved as the scenario says. Safe for use by any
 * thread.
 */
public final class BrokerBetween implements AutoCloseable {
  /** How soon messages have to come again after the broker is back. */
  public static final Duration FOUND_WITHIN = Duration.ofSeconds(30);

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("sim-broker").factory());
  private final BrokerRelay relay;
  private final List<Return> returns = new ArrayList<>();
  private volatile BrokerProcess process;
  private volatile @Nullable String trouble;
  private volatile boolean isClosed;

  /** Held while a fault is on. */
  private final Object playing = new Object();

  private volatile boolean isResting;
  private volatile long restNanos;

  /** When the broker was back from a fault, and when a message came through it again. */
  private static final class Return {
    final String fault;
    final long backNanos;
    long before = -1;
    long afterMillis = -1;

    Return(String fault, long backNanos) {
      this.fault = fault;
      this.backNanos = backNanos;
    }
  }

  private BrokerBetween(BrokerRelay relay, BrokerProcess process) {
    this.relay = relay;
    this.process = process;
  }

  /**
   * Starts the scenario's broker.
   *
   * @param folder where it keeps what it has
   * @throws IOException if it cannot be started, or its port is taken
   */
  public static BrokerBetween start(Scenario.Broker broker, Path folder)
      throws IOException, InterruptedException {
    BrokerRelay relay = new BrokerRelay(broker.port());
    try {
      BrokerProcess process = BrokerProcess.start(broker.program(), folder);
      relay.target(process.port());
      return new BrokerBetween(relay, process);
    } catch (IOException | InterruptedException e) {
      relay.close();
      throw e;
    }
  }

  /** Where fleet and gateway connect. */
  public URI uri() {
    return URI.create("tcp://127.0.0.1:" + relay.port());
  }

  /** Plays its faults from now on; the fleet is told what a kill took with it. */
  public void play(FleetRun fleet) {
    for (ScenarioFault fault : fleet.scenario().faults()) {
      if (fault.kind().isOfBroker()) {
        schedule(fault, fault.at(), fleet);
      }
    }
  }

  private void schedule(ScenarioFault fault, Duration after, FleetRun fleet) {
    try {
      var _ = timer.schedule(() -> strike(fault, fleet), after.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      trouble = isClosed ? trouble : String.valueOf(e.getMessage());
    }
  }

  /**
   * No more faults: to be called while the fleet still plays. Waits until the one that is on is
   * over.
   */
  public void rest() {
    synchronized (playing) {
      restNanos = System.nanoTime();
      isResting = true;
    }
  }

  private void strike(ScenarioFault fault, FleetRun fleet) {
    synchronized (playing) {
      if (!isResting) {
        befall(fault, fleet);
      }
    }
  }

  private void befall(ScenarioFault fault, FleetRun fleet) {
    try {
      switch (fault.kind()) {
        case BROKER_KILL -> {
          process.kill();
          fleet.brokerForgot(BrokerProcess.UNSAVED_MILLIS);
        }
        case BROKER_HANG -> process.hang();
        default -> process.end();
      }
      Duration length = fault.length();
      TimeUnit.MILLISECONDS.sleep(length == null ? 0 : length.toMillis());
      if (fault.kind() == ScenarioFault.Kind.BROKER_HANG) {
        process.goOn();
      } else {
        process = process.again(fault.kind() == ScenarioFault.Kind.BROKER_MOVE);
        relay.target(process.port());
      }
      synchronized (returns) {
        returns.add(new Return(fault.kind().label(), System.nanoTime()));
      }
      Duration every = fault.every();
      if (every != null && length != null) {
        schedule(fault, every.minus(length), fleet);
      }
    } catch (IOException e) {
      trouble = e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the run is over
    }
  }

  /**
   * Looks whether messages come through again.
   *
   * @param arrived how many have come through until now
   */
  public void look(long arrived) {
    long now = System.nanoTime();
    synchronized (returns) {
      for (Return each : returns) {
        if (each.before < 0) {
          each.before = arrived;
        } else if (each.afterMillis < 0 && arrived > each.before) {
          each.afterMillis = TimeUnit.NANOSECONDS.toMillis(now - each.backNanos);
        }
      }
    }
  }

  /** Why the faults could not be played as they are written; null where they could. */
  public @Nullable String trouble() {
    return trouble;
  }

  /** Whether messages came again in time each time; what the run's end cut short is left out. */
  public boolean holds() {
    synchronized (returns) {
      return returns.stream().noneMatch(this::isTooLate);
    }
  }

  private boolean isTooLate(Return each) {
    long end = isResting ? restNanos : System.nanoTime();
    long millis =
        each.afterMillis >= 0
            ? each.afterMillis
            : TimeUnit.NANOSECONDS.toMillis(end - each.backNanos);
    return millis > FOUND_WITHIN.toMillis();
  }

  /** For people: a line for each time. */
  public String text() {
    StringBuilder text = new StringBuilder();
    synchronized (returns) {
      for (Return each : returns) {
        String found =
            each.afterMillis < 0
                ? "nothing came through again until the end"
                : String.format(
                    Locale.ROOT, "found again after %.1f s", each.afterMillis / 1_000.0);
        text.append(
            "broker: %s, %s%s%n".formatted(each.fault, found, isTooLate(each) ? ": TOO LATE" : ""));
      }
    }
    return text.toString();
  }

  @Override
  public void close() {
    isClosed = true;
    timer.shutdownNow();
    relay.close();
    process.close();
  }
}
