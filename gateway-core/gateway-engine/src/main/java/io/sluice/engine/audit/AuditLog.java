package io.sluice.engine.audit;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log of a directory. Events wait in a queue of {@link #QUEUE_ENTRIES}; one thread of its
 * own takes what has gathered, folds what repeats, writes it and syncs once. What the queue or the
 * disk does not take is counted, and one event {@code audit.omitted} says how many there were.
 */
public final class AuditLog implements AuditTrail, AutoCloseable {
  public static final int QUEUE_ENTRIES = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final int MAX_BATCH = 1_000;
  private static final long WAIT_MILLIS = 250;
  private static final long CLOSE_MILLIS = 5_000;

  private final AuditWriter writer;
  private final AuditFold fold;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final ArrayBlockingQueue<AuditEntry> queue = new ArrayBlockingQueue<>(QUEUE_ENTRIES);
  private final AtomicLong omitted = new AtomicLong();
  private final Thread thread;
  private final List<AuditEntry> lines = new ArrayList<>();
  private volatile boolean closing;
  private volatile Head head;
  private final Guarded fault = Guarded.of("audit");
  private boolean isFailing;

  /**
   * Where the log ends on disk.
   *
   * @param seq number of the last event, 0 where there is none
   * @param hash its hash: noted elsewhere, it shows later whether the log was cut
   */
  public record Head(long seq, String hash) {}

  AuditLog(AuditSettings settings, AuditWriter writer, Clock clock, LongSupplier nanoTime) {
    this.writer = writer;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.fold = new AuditFold(settings, nanoTime.getAsLong());
    this.head = new Head(writer.seq(), writer.head());
    this.thread =
        Thread.ofPlatform().daemon().name("audit").unstarted(Guarded.thread("audit", this::run));
  }

  /**
   * Opens the log and starts its thread. A line that a crash tore is set aside and noted; a chain
   * that does not hold is noted, and a new file begins.
   *
   * @param directory made where there is none
   * @throws IOException where it cannot be read or written, or another gateway has it
   */
  public static AuditLog open(AuditSettings settings, Path directory, Clock clock)
      throws IOException {
    AuditWriter.Opened opened = AuditWriter.open(settings, directory, clock);
    AuditLog log = new AuditLog(settings, opened.writer(), clock, System::nanoTime);
    log.report(opened.tail());
    log.start();
    return log;
  }

  void start() {
    thread.start();
  }

  private void report(AuditTail tail) {
    AuditBreak broken = tail.broken();
    if (broken != null) {
      LOG.warn("the audit log does not hold, a new file begins: {}", broken);
      own(
          "broken",
          Result.FAILED,
          broken.file().getFileName() + ":" + broken.line() + ": " + broken.what());
    }
    if (tail.tornBytes() > 0) {
      String detail = tail.tornBytes() + " bytes of a line that a crash cut off were set aside";
      LOG.warn("audit log: {}", detail);
      own("recovered", Result.DONE, detail);
    }
  }

  private void own(String action, Result result, String detail) {
    offer(AuditEntry.own(clock.instant(), action, result, detail, 1));
  }

  @Override
  public void record(AuditEvent event) {
    offer(new AuditEntry(clock.instant(), event, 1));
  }

  /** What is taken here is before the thread's last look: {@link #end} waits for it. */
  private synchronized void offer(AuditEntry entry) {
    if (closing || !queue.offer(entry)) {
      omitted.incrementAndGet();
    }
  }

  private synchronized void end() {
    closing = true;
  }

  /** What is on disk. Any thread. */
  public Head head() {
    return head;
  }

  private void run() {
    boolean last = false;
    while (!last) {
      last = closing;
      try {
        step(last);
      } catch (InterruptedException e) {
        end(); // nobody interrupts it but a runtime that is coming down
      } catch (RuntimeException | Error e) {
        // the thread's top: one event that cannot be written must not end the log
        fault.caught(e);
      }
    }
  }

  /** Takes what has gathered, waiting a while for the first, and writes it. */
  private void step(boolean all) throws InterruptedException {
    List<AuditEntry> taken = new ArrayList<>();
    AuditEntry first = all ? null : queue.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
    if (first != null) {
      taken.add(first);
    }
    queue.drainTo(taken, all ? QUEUE_ENTRIES : MAX_BATCH);
    long now = nanoTime.getAsLong();
    taken.forEach(entry -> fold.take(entry, now, lines::add));
    fold.flush(now, all, lines::add);
    write();
  }

  private void write() {
    long missed = omitted.getAndSet(0);
    if (missed > 0) {
      lines.add(
          AuditEntry.own(
              clock.instant(),
              "omitted",
              Result.FAILED,
              "events that neither queue nor disk took",
              missed));
    }
    if (lines.isEmpty()) {
      return;
    }
    long before = writer.seq();
    try {
      writer.append(lines);
      isFailing = false;
    } catch (IOException e) {
      failed(e, writer.seq() - before);
    }
    lines.clear();
    head = new Head(writer.seq(), writer.head());
  }

  private void failed(IOException e, long written) {
    lines.stream().skip(written).mapToLong(AuditEntry::times).forEach(omitted::addAndGet);
    if (!isFailing) {
      LOG.warn(
          "audit log: cannot be written, events are counted only: {}; check the space and rights"
              + " of its directory",
          e.getMessage());
    }
    isFailing = true;
  }

  /** Writes what waits, at most for 5 s, and says where the log ends. */
  @Override
  public void close() throws IOException {
    close(CLOSE_MILLIS);
  }

  /** As the other, at most for so many milliseconds. */
  void close(long mostMillis) throws IOException {
    end();
    try {
      thread.join(mostMillis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn("audit log: the disk does not answer; the last events may be missing");
      return;
    }
    writer.close();
    LOG.info("audit log ends with event {}, hash {}", head.seq(), head.hash());
  }
}
