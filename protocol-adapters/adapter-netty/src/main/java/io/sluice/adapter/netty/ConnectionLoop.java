package io.sluice.adapter.netty;

import io.netty.channel.EventLoop;
import io.sluice.api.adapter.Drain;
import io.sluice.api.health.Guarded;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop of a listener: they are looked at twice a second, and ended
 * together at a stop. An adapter extends it by its way of receipts back to the loop. Confined to
 * the event loop, except {@link #loop}.
 */
// what runs on an event loop is guarded: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
public class ConnectionLoop {
  /** What a peer has, at a stop, to read the last answers and to close. */
  private static final long FAREWELL_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

  private static final int STOP_TURN_MILLIS = 20;
  private static final int SWEEP_MILLIS = 500;
  private static final int DRAIN_TURN_MILLIS = 100;

  private final EventLoop loop;
  private final String protocol;
  private final Set<SocketConnection> connections = new HashSet<>();
  private @Nullable DrainTurns drain;
  private final BeforeAdmission.Waiting waiting = new BeforeAdmission.Waiting();

  /**
   * @param protocol the first word of its tasks' names
   */
  public ConnectionLoop(EventLoop loop, String protocol) {
    this.loop = loop;
    this.protocol = protocol;
  }

  /** The event loop. Thread-safe. */
  public final EventLoop loop() {
    return loop;
  }

  /** Those of them that have not signed in. */
  public final BeforeAdmission.Waiting waiting() {
    return waiting;
  }

  /** Takes up a connection whose socket is open. */
  public final void opened(SocketConnection connection) {
    connections.add(connection);
  }

  /** Lets go of a connection that needs the loop no more. */
  public final void closed(SocketConnection connection) {
    connections.remove(connection);
  }

  /** Those that are open now. */
  final List<SocketConnection> connections() {
    return List.copyOf(connections);
  }

  /** Begins to look after the connections. Once. */
  final void start() {
    loop.scheduleWithFixedDelay(
        Guarded.task(protocol + "-sweep", this::sweep),
        SWEEP_MILLIS,
        SWEEP_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    long now = System.nanoTime();
    for (SocketConnection connection : connections()) {
      connection.checkTimes(now);
    }
  }

  /** Ends the open connections, spread over the drain's time. */
  final void drain(Drain how) {
    resume();
    DrainTurns turns = new DrainTurns(how, connections(), System.nanoTime());
    drain = turns;
    drainOn(turns);
  }

  private void drainOn(DrainTurns turns) {
    if (drain == turns) {
      turns.turn(connections(), System.nanoTime());
      loop.schedule(
          Guarded.task(protocol + "-drain", () -> drainOn(turns)),
          DRAIN_TURN_MILLIS,
          TimeUnit.MILLISECONDS);
    }
  }

  /** Ends no further connections for a drain. */
  final void resume() {
    DrainTurns turns = drain;
    drain = null;
    if (turns != null) {
      turns.callOff();
    }
  }

  /**
   * Takes nothing more, answers what is in hand as far as the deadline allows, then ends every
   * connection.
   *
   * @param deadlineNanos by {@link System#nanoTime}
   * @param done completes when the peers have closed, or their time is up
   */
  final void shutDown(long deadlineNanos, CompletableFuture<Void> done) {
    boolean isIdle = true;
    for (SocketConnection connection : connections()) {
      isIdle &= connection.quiesce();
    }
    if (!isIdle && System.nanoTime() - deadlineNanos < 0) {
      again(() -> shutDown(deadlineNanos, done));
      return;
    }
    for (SocketConnection connection : connections()) {
      connection.shutDown();
    }
    awaitGone(System.nanoTime() + FAREWELL_NANOS, done);
  }

  /** Until the peers have taken what was sent last, and closed. */
  private void awaitGone(long deadlineNanos, CompletableFuture<Void> done) {
    if (connections.isEmpty() || System.nanoTime() - deadlineNanos >= 0) {
      done.complete(null);
    } else {
      again(() -> awaitGone(deadlineNanos, done));
    }
  }

  private void again(Runnable turn) {
    loop.schedule(Guarded.task(protocol + "-stop", turn), STOP_TURN_MILLIS, TimeUnit.MILLISECONDS);
  }
}
