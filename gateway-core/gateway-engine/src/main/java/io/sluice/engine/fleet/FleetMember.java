package io.sluice.engine.fleet;

import io.sluice.api.GatewayTime;
import io.sluice.api.adapter.Commands;
import io.sluice.api.adapter.Sessions;
import io.sluice.api.fleet.FleetCommands;
import io.sluice.api.fleet.FleetSessions;
import io.sluice.api.fleet.GatewayLeases;
import io.sluice.api.fleet.GatewayLeases.GatewayRow;
import io.sluice.api.fleet.GatewayLeases.Run;
import io.sluice.api.fleet.MembershipState;
import io.sluice.api.health.Guarded;
import io.sluice.api.operator.CommandService;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.registry.Registry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This gateway as one of a fleet. One thread renews its lease, another writes sign-ins, takes
 * commands and writes back how far they have come: one connection each, however many devices come
 * back at once. Where the store is away, what is to be written waits, by device and by command, and
 * is tried again after 1 s to 30 s. Thread-safe.
 */
public final class FleetMember implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FleetMember.class);
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE_MAX_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int EXPIRE_TICKS = 60;
  private static final int ORPHAN_TICKS = 15;
  private static final int ORPHANS_A_TURN = 1_000;
  private static final int EXPIRED_A_TURN = 1_000;

  private final FleetCommands store;
  private final GatewayLease lease;
  private final RoamingSessions sessions;
  private final RoamingCommands commands;
  private final RoamingCommandService service;
  private final Signal work = new Signal();
  private final Signal beats = new Signal();
  private final Thread worker;
  private final Thread heart;
  private volatile boolean closed;
  private volatile boolean recheck;
  private volatile boolean isAway;

  // of the worker
  private long tickedNanos = System.nanoTime();
  private int ticks;
  private long pauseNanos;

  /** Wakes a thread that waits. */
  private static final class Signal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private boolean isSet;

    void set() {
      lock.lock();
      try {
        isSet = true;
        woken.signal();
      } finally {
        lock.unlock();
      }
    }

    /** Returns when it was set, or after so long; false where the thread is to end. */
    boolean await(long nanos) {
      lock.lock();
      try {
        long left = nanos;
        while (!isSet && left > 0) {
          left = woken.awaitNanos(left);
        }
        isSet = false;
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      } finally {
        lock.unlock();
      }
    }
  }

  /** What the fleet keeps. */
  public record Stores(GatewayLeases leases, FleetSessions sessions, FleetCommands commands) {}

  private FleetMember(Stores stores, Run run, Registry registry, GatewayTime time) {
    this.store = stores.commands();
    this.lease = new GatewayLease(stores.leases(), run, time.clock(), System::nanoTime);
    this.sessions =
        new RoamingSessions(
            registry.presence(), stores.sessions(), run.id(), System::nanoTime, work::set);
    this.commands =
        new RoamingCommands(
            new RoamingCommands.Parts(
                registry.commands(),
                registry.fleetQueues(),
                stores.commands(),
                lease,
                registry.presence(),
                registry::find,
                run.id()),
            time.clock(),
            System::nanoTime,
            work::set);
    this.service =
        new RoamingCommandService(
            registry.commandService(), registry.fleetQueues(), stores.commands(), commands);
    registry.fleetQueues().shareBy(commands);
    registry.listen(commands);
    this.worker =
        Thread.ofPlatform()
            .name("fleet-work")
            .daemon()
            .unstarted(Guarded.loop("fleet-work", this::work, () -> closed));
    this.heart =
        Thread.ofPlatform()
            .name("fleet-lease")
            .daemon()
            .unstarted(Guarded.loop("fleet-lease", this::renew, () -> closed));
  }

  /**
   * Joins the fleet; goes on without it where its store is away.
   *
   * @param registry of the gateway; closed after this
   * @throws IOException where another gateway runs with this id; the message names both
   */
  public static FleetMember join(Stores stores, Run run, Registry registry, GatewayTime time)
      throws IOException {
    FleetMember member = new FleetMember(stores, run, registry, time);
    member.lease.start();
    member.worker.start();
    member.heart.start();
    return member;
  }

  /** Sessions, for adapters. */
  public Sessions sessions() {
    return sessions;
  }

  /** Commands, for adapters. */
  public Commands commands() {
    return commands;
  }

  /** Commands, for operators. */
  public CommandService commandService() {
    return service;
  }

  /** A notice for this gateway has come. Never blocks. */
  public void heard(String notice) {
    List<String> words = List.of(notice.split(" ", -1));
    if (words.size() == 4 && words.getFirst().equals("s")) {
      sessions.lost(words.get(1), Long.parseLong(words.get(2)), words.get(3));
    } else if (words.size() == 2 && words.getFirst().equals("c")) {
      commands.waits(words.get(1));
    } else if (words.size() == 3 && words.getFirst().equals("x")) {
      commands.over(words.get(2), words.get(1));
    } else {
      LOG.debug("a notice of the fleet's store that is not understood: {}", notice);
    }
  }

  /** The store is there again: notices may have been missed. Never blocks. */
  public void storeIsBack() {
    isAway = false;
    service.away(false);
    recheck = true;
    beats.set();
    commands.behind();
  }

  /** The store does not answer. Never blocks. */
  public void storeIsAway() {
    isAway = true;
    service.away(true);
  }

  public MembershipState state() {
    GatewayRow other = lease.other();
    return new MembershipState(
        lease.isHeld(),
        other == null ? null : other.host() + " (instance " + other.instance() + ")",
        lease.offsetMillis(),
        sessions.takenOver(),
        commands.taken(),
        commands.reports().size());
  }

  private void renew() {
    while (!closed && beats.await(lease.pause().toNanos())) {
      if (!closed && lease.beat() && commands.isBehind()) {
        work.set();
      }
    }
  }

  private void work() {
    while (!closed && work.await(pauseNanos > 0 ? pauseNanos : TICK_NANOS)) {
      long now = System.nanoTime();
      boolean isTick = now - tickedNanos >= TICK_NANOS;
      if (isTick) {
        tickedNanos = now;
        ticks++;
        commands.giveBack();
      }
      turn(isTick && ticks % EXPIRE_TICKS == 0, isTick && ticks % ORPHAN_TICKS == 0);
    }
  }

  private void turn(boolean expires, boolean releases) {
    try {
      if (isAway || !lease.isHeld()) {
        commands.away();
        return;
      }
      while (sessions.isUnwritten()) {
        commands.wantAll(sessions.write());
      }
      if (recheck) {
        recheck = false;
        recheck();
      }
      if (commands.isBehind()) {
        commands.reconcile();
        commands.wantAll(sessions.devices());
      }
      commands.reports().writeAll();
      commands.takeAll();
      if (releases) {
        // whoever sees first that a gateway is gone tells those that have its devices now
        long _ = store.releaseOrphans(ORPHANS_A_TURN);
      }
      if (expires) {
        store.expire(EXPIRED_A_TURN);
      }
      pauseNanos = 0;
    } catch (StoreUnavailableException e) {
      commands.away();
      long most = Math.min(PAUSE_MAX_NANOS, Math.max(TICK_NANOS, 2 * pauseNanos));
      pauseNanos = ThreadLocalRandom.current().nextLong(most / 2, most + 1);
      LOG.debug("sessions and commands of the fleet wait: {}", e.getMessage()); // the store tells
    }
  }

  private void recheck() {
    boolean isDone = false;
    try {
      sessions.recheck();
      isDone = true;
    } finally {
      if (!isDone) {
        recheck = true;
      }
    }
  }

  /** Gives back what no device of this gateway has, and its id. */
  @Override
  public void close() {
    closed = true;
    work.set();
    beats.set();
    join(worker);
    join(heart);
    if (lease.isHeld()) {
      commands.giveBack();
      try {
        commands.reports().writeAll();
      } catch (StoreUnavailableException e) {
        LOG.info("how far some commands have come is not written: {}", e.getMessage());
      }
    }
    lease.close();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
