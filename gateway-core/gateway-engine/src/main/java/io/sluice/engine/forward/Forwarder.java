package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.api.health.Guarded;
import io.sluice.api.operator.Operations.UpstreamView;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolReader;
import java.io.IOException;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one upstream what it has not yet: read, send, then commit, back off or set aside. One
 * thread and one reader per upstream, so that none slows another.
 *
 * <p>A lane is read only when those before it have nothing unsent: alarms, events, telemetry.
 * Within a lane, live before backlog at the configured share. Batches of one lane may be under way
 * together and be committed in the order in which they were read. At least once: after a lost
 * connection or a crash, what was not committed is sent again, with the same record ids.
 *
 * <p>Thread-safe: {@link #start} once, the queries from any thread, {@link #close} once.
 */
public final class Forwarder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
  private static final long IDLE_WAIT_MILLIS = 250;

  /** Verdicts do not end {@link SpoolReader#awaitReadable}: this bounds how late they are seen. */
  private static final long VERDICT_WAIT_MILLIS = 10;

  private static final long BACKOFF_STEP_MILLIS = 50;

  private final Target target;
  private final SpoolReader reader;
  private final ForwardLimits limits;
  private final Timing timing;
  private final ReadOrder order;
  private final ForwardMeters meters;
  private final BatchWindow window;
  private final Suspects suspects;
  private final Resends resends;
  private final LineStatus status;
  private final Backoff backoff;
  private final Thread thread;
  private final BatchSize batchSize;
  private final Guarded fault;

  /** Guards {@link #opening} against {@link #stop}: only a blocked open may be interrupted. */
  private final Object phase = new Object();

  private boolean opening;
  private volatile boolean stopping;
  private volatile boolean paused;

  // Of the forwarding thread alone.
  private long lastProgressNanos;
  private long lastProgress;
  private long telemetryNotBeforeNanos;
  private boolean isNothingToSend;
  private boolean isEndExplained;

  /**
   * Where to.
   *
   * @param type of the upstream, as configured
   * @param encoder makes a spooled batch readable in the upstream's format
   */
  public record Target(
      String name, String type, Upstream upstream, Function<SpoolBatch, OutboundBatch> encoder) {}

  /**
   * What time and chance a Forwarder goes by.
   *
   * @param clock for ages of records
   * @param nanoTime monotonic, for time limits and rates
   */
  public record Timing(InstantSource clock, LongSupplier nanoTime, RandomGenerator random) {
    /** By the machine's time, but for the ages of records. */
    public static Timing by(InstantSource clock) {
      return new Timing(clock, System::nanoTime, RandomGenerator.of("L64X128MixRandom"));
    }
  }

  /** Owns the reader and the upstream from here on; both are closed with it. */
  public Forwarder(
      Target target,
      SpoolReader reader,
      ForwardSettings settings,
      ForwardLimits limits,
      DeadLetterSink deadLetters,
      Timing timing) {
    this.target = target;
    this.reader = reader;
    this.paused = reader.isPaused();
    this.limits = limits;
    this.timing = timing;
    this.batchSize = new BatchSize(settings.batchRecords());
    this.order = new ReadOrder(reader, settings.liveShare(), limits.batchBytes());
    this.meters = new ForwardMeters(timing.nanoTime());
    Refusals refusals = new Refusals(target.name(), timing.nanoTime());
    this.suspects =
        new Suspects(
            TimeUnit.MILLISECONDS.toNanos(limits.backoffMinMillis()),
            TimeUnit.MILLISECONDS.toNanos(limits.backoffMaxMillis()));
    this.resends = new Resends(record -> target.encoder().apply(record.batch()));
    this.status = new LineStatus(target.name(), refusals);
    this.window =
        new BatchWindow(
            target,
            reader,
            deadLetters,
            meters,
            batchSize,
            refusals,
            suspects,
            limits.windowBatches());
    this.backoff =
        new Backoff(timing.random(), limits.backoffMinMillis(), limits.backoffMaxMillis());
    this.fault = Guarded.of("forward-" + target.name());
    this.thread =
        Thread.ofPlatform()
            .name("forward-" + target.name())
            .unstarted(Guarded.loop("forward-" + target.name(), this::run, () -> stopping));
  }

  public void start() {
    thread.start();
  }

  /** Asks it to stop without waiting, so that several stop at the same time. */
  public void stop() {
    stopping = true;
    synchronized (phase) {
      if (opening) {
        thread.interrupt();
      }
    }
    LockSupport.unpark(thread);
  }

  /**
   * Stops reading, waits a bounded time for what is under way, commits what arrived, and closes the
   * upstream and the reader.
   */
  @Override
  public void close() {
    stop();
    boolean interrupted = false;
    try {
      if (!thread.join(java.time.Duration.ofMillis(limits.drainMillis() + 1_000))) {
        LOG.warn("upstream {}: does not stop; it is interrupted", target.name());
        thread.interrupt();
        thread.join(1_000);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    reader.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends the connection as {@link #stop} does, and sends nothing until it is resumed, also after a
   * restart. Any thread; waits for the disk.
   *
   * @throws IOException where it cannot be kept on disk: it is paused until the next start
   */
  public void pause() throws IOException {
    paused(true);
  }

  /**
   * Any thread; waits for the disk.
   *
   * @throws IOException where it cannot be kept on disk: it is resumed until the next start
   */
  public void resume() throws IOException {
    paused(false);
  }

  private void paused(boolean isPaused) throws IOException {
    paused = isPaused;
    LockSupport.unpark(thread);
    reader.pause(isPaused);
  }

  /**
   * Sends a record that the upstream refused once more, with the id that it had. Any thread; does
   * not wait. Not counted again: the ledger has it as refused.
   *
   * @return done within a few milliseconds of the far end's answer: empty once it has the record,
   *     else why it was not taken. Who waits no longer completes it
   */
  public CompletableFuture<Optional<String>> resend(SetAsideRecord record) {
    CompletableFuture<Optional<String>> outcome = resends.add(record);
    LockSupport.unpark(thread);
    return outcome;
  }

  public String name() {
    return target.name();
  }

  /** Records of a lane that arrived, since start. */
  public long forwarded(Lane lane) {
    return meters.forwarded(lane);
  }

  /** Records of a lane that the far end refused, since start. */
  public long refused(Lane lane) {
    return meters.refused(lane);
  }

  public boolean isConnected() {
    return status.state() == UpstreamState.CONNECTED;
  }

  /** Names of destinations that are not there: their records wait. */
  public List<String> missingDestinations() {
    return status.absent();
  }

  public UpstreamView view() {
    long queued = 0;
    long backlog = 0;
    Map<Lane, Double> lags = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      queued += reader.queued(lane);
      backlog += reader.backlog(lane);
      lags.put(lane, lagMillis(lane) / 1e3);
    }
    return new UpstreamView(
        target.name(),
        target.type(),
        status.state().jsonName(),
        status.detail(),
        meters.perSecond(),
        queued,
        meters.drainSeconds(backlog),
        lags,
        status.reconnects(),
        status.absent());
  }

  private void run() {
    try {
      while (!stopping) {
        if (paused) {
          status.paused();
          resends.fail("it is paused");
          park(BACKOFF_STEP_MILLIS);
          continue;
        }
        status.resumed();
        SessionEnd end = session();
        if (end != null && !stopping) {
          waitBeforeReopening(end);
        }
      }
    } catch (InterruptedException e) {
      // Only stop() and close() interrupt, and both have said so before.
      LOG.debug("upstream {}: interrupted", target.name());
    } finally {
      resends.fail("the gateway stops");
    }
  }

  /** From opening to closing; returns why it ended, or null where it was asked to stop. */
  private @Nullable SessionEnd session() throws InterruptedException {
    try {
      connection();
      return null;
    } catch (SessionEnd e) {
      return e;
    } catch (IOException e) {
      return new SessionEnd(UpstreamState.WAITING, messageOf(e), 0);
    } catch (RuntimeException | Error e) {
      // At the thread's top: a fault in one upstream's code must not end its forwarding for good,
      // nor may an OutOfMemoryError of direct memory, which Java code throws and no JVM option
      // sees.
      fault.caught(e);
      return new SessionEnd(UpstreamState.WAITING, "internal fault: " + e, 0);
    }
  }

  private void connection() throws IOException, InterruptedException, SessionEnd {
    String cause = null;
    try {
      open();
      forward();
    } catch (SessionEnd e) {
      cause = e.getMessage();
      throw e;
    } finally {
      try {
        target.upstream().close();
      } finally {
        resends.fail(cause == null ? "its connection was ended" : cause);
        isEndExplained = window.end(cause, timing.nanoTime().getAsLong());
        reader.rewind();
      }
    }
  }

  private void open() throws IOException, InterruptedException {
    status.opening();
    synchronized (phase) {
      if (stopping) {
        return;
      }
      opening = true;
    }
    try {
      target.upstream().open();
    } finally {
      synchronized (phase) {
        opening = false;
        Thread.interrupted();
      }
    }
    batchSize.restart();
    isNothingToSend = false;
    lastProgressNanos = timing.nanoTime().getAsLong();
    lastProgress = target.upstream().progress();
    setBacklogApart();
    status.opened(lastProgressNanos);
  }

  /** So that live records flow while what an outage left behind drains. */
  private void setBacklogApart() {
    for (Lane lane : Lane.values()) {
      if (lagMillis(lane) >= limits.backlogMillis()) {
        reader.splitBacklog(lane);
      }
    }
  }

  private void forward() throws IOException, InterruptedException, SessionEnd {
    while (!stopping && !paused) {
      settle();
      if (!resends.isIdle()) {
        resends.step(target.upstream());
      }
      boolean isHeldSent = window.sendHeld(timing.nanoTime().getAsLong(), isNothingToSend);
      if (sendNext() || isHeldSent) {
        isNothingToSend = false;
      } else {
        awaitWork();
      }
    }
    drain();
  }

  private void settle() throws SessionEnd, InterruptedException {
    long now = timing.nanoTime().getAsLong();
    long progress = target.upstream().progress();
    if (window.settle(now)) {
      status.confirmed();
      lastProgressNanos = now;
    } else if (progress != lastProgress || window.isIdle()) {
      lastProgressNanos = now;
    } else if (now - lastProgressNanos > TimeUnit.MILLISECONDS.toNanos(limits.stallMillis())) {
      throw new SessionEnd(
          UpstreamState.STALLED,
          "connected, but nothing was confirmed for " + limits.stallMillis() / 1_000.0 + " s",
          0);
    }
    lastProgress = progress;
    if (!suspects.isIdle()) {
      suspects.age(now);
    }
    status.held(suspects);
    String ended = target.upstream().ended();
    if (ended != null) {
      throw new SessionEnd(UpstreamState.WAITING, ended, 0);
    }
  }

  /** Sends one batch: of the first lane that has any. */
  private boolean sendNext() throws IOException {
    long now = timing.nanoTime().getAsLong();
    if (!window.hasRoom(true, now)) {
      return false;
    }
    SpoolBatch batch = order.read(Lane.ALARM, batchSize.most());
    if (batch == null && window.hasRoom(false, now)) {
      batch = order.read(Lane.EVENT, batchSize.records());
      if (batch == null) {
        batch = readTelemetry();
      }
    }
    if (batch == null) {
      return false;
    }
    window.send(batch, now);
    return true;
  }

  private @Nullable SpoolBatch readTelemetry() throws IOException {
    long now = timing.nanoTime().getAsLong();
    if (now - telemetryNotBeforeNanos < 0) {
      return null;
    }
    SpoolBatch batch = order.read(Lane.TELEMETRY, batchSize.records());
    boolean trickle = batch != null && batch.count() < batchSize.records() / 2;
    telemetryNotBeforeNanos =
        trickle ? now + TimeUnit.MILLISECONDS.toNanos(limits.lingerMillis()) : now;
    return batch;
  }

  private void awaitWork() throws InterruptedException {
    long now = timing.nanoTime().getAsLong();
    if (!window.hasRoom(true, now) || !window.hasRoom(false, now)) {
      isNothingToSend = window.isIdle();
      park(VERDICT_WAIT_MILLIS);
    } else if (telemetryNotBeforeNanos - now > 0) {
      // Unread telemetry must wait; what goes before it need not.
      reader.awaitUpTo(Lane.EVENT, millisUntil(telemetryNotBeforeNanos, now));
    } else {
      boolean idle = window.isIdle();
      boolean rests = idle && window.isEmpty();
      boolean readable = reader.awaitReadable(rests ? IDLE_WAIT_MILLIS : VERDICT_WAIT_MILLIS);
      isNothingToSend = idle && !readable;
      if (rests && !readable) {
        window.nothingLeft();
      }
      status.holds(isNothingToSend, now);
    }
  }

  private void drain() throws InterruptedException {
    long until =
        timing.nanoTime().getAsLong() + TimeUnit.MILLISECONDS.toNanos(limits.drainMillis());
    while (!window.isIdle() && timing.nanoTime().getAsLong() - until < 0) {
      try {
        window.settle(timing.nanoTime().getAsLong());
      } catch (SessionEnd e) {
        return;
      }
      if (!window.isIdle()) {
        park(VERDICT_WAIT_MILLIS);
      }
    }
  }

  private void waitBeforeReopening(SessionEnd end) {
    if (status.isWorthASoonAttempt(isEndExplained, timing.nanoTime().getAsLong())) {
      backoff.reset();
    }
    long delay = Math.max(end.afterMillis(), backoff.nextMillis());
    status.failed(end, target.upstream().hintWhenShortLived(), delay);
    long until = timing.nanoTime().getAsLong() + TimeUnit.MILLISECONDS.toNanos(delay);
    long left = delay;
    while (!stopping && !paused && left > 0) {
      resends.fail("it is not connected: " + end.getMessage());
      park(Math.min(left, BACKOFF_STEP_MILLIS));
      left = TimeUnit.NANOSECONDS.toMillis(until - timing.nanoTime().getAsLong());
    }
  }

  private static long millisUntil(long nanos, long now) {
    return Math.max(1, Math.ceilDiv(nanos - now, TimeUnit.MILLISECONDS.toNanos(1)));
  }

  private static void park(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private long lagMillis(Lane lane) {
    Long oldest = reader.oldestMicros(lane);
    return oldest == null ? 0 : Math.max(0, timing.clock().millis() - oldest / 1_000);
  }

  private static String messageOf(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
