package io.sluice.engine.alarm;

import io.sluice.api.Lane;
import io.sluice.api.health.Guarded;
import io.sluice.api.health.Health;
import io.sluice.api.operator.LatestValues;
import io.sluice.engine.ingest.AlarmWatch;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.spool.Spool;
import io.sluice.spool.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of the alarms. The spool's writer hands over each stored record of the alarm lane
 * through a queue of {@value #QUEUE_RECORDS}; what does not fit, and what was stored while no
 * gateway ran, is read again from the spool (at most {@value #CATCH_UP_RECORDS} records back), so
 * that each record counts once. Once a second it asks its duties what is due.
 */
public final class AlarmEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlarmEngine.class);
  static final int QUEUE_RECORDS = 1_024;
  static final int CATCH_UP_RECORDS = 10_000;
  private static final int AT_ONCE = 256;
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int PRUNE_TICKS = 600;
  private static final long STOP_MILLIS = 5_000;

  /** A record of the alarm lane, on disk. */
  private record Stored(long sequence, byte[] body, Terms terms) {}

  private final AlarmBook book;
  private final Spool spool;
  private volatile Profiles profiles;
  private final LiveReadings live;
  private final AlarmOutbox outbox;
  private final LongSupplier nanoTime;
  private final BlockingQueue<Stored> queue = new ArrayBlockingQueue<>(QUEUE_RECORDS);
  private final List<Runnable> duties = new CopyOnWriteArrayList<>();
  private final EncodedRecord view = new EncodedRecord();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile boolean isBehind = true;

  /** The book was damaged and has lost what it knew: of the database, taken by the thread. */
  private volatile boolean isBegunAnew;

  private long takenUpTo;
  private long ticks;
  private boolean isFailing;
  private boolean isStarted;
  private boolean isPublished;

  /**
   * @param profiles by which records are judged
   * @param latest values of devices, to which back-fill is held
   * @param nanoTime monotonic, as {@link System#nanoTime}
   */
  public AlarmEngine(
      AlarmBook book, Spool spool, Profiles profiles, LatestValues latest, LongSupplier nanoTime) {
    this.live = new LiveReadings(latest);
    this.book = book;
    this.profiles = profiles;
    book.openAlarms().judgeBy(profiles, spool.terms());
    this.spool = spool;
    this.outbox = new AlarmOutbox(book.database(), spool);
    this.nanoTime = nanoTime;
    this.takenUpTo = book.takenUpTo(spool.epoch());
    book.database().onBegunAnew(() -> isBegunAnew = true);
    this.thread =
        Thread.ofPlatform()
            .name("alarms")
            .daemon()
            .unstarted(Guarded.loop("alarms", this::run, () -> stopping));
  }

  /** Has records judged by these from now on. Any thread. */
  public void use(Profiles others) {
    profiles = others;
    book.openAlarms().judgeBy(others, spool.terms());
  }

  /** Has this done each second, on the alarm thread, from now on. */
  public void eachSecond(Runnable duty) {
    duties.add(duty);
  }

  /** Starts the thread; no device may be heard before. */
  public void start() {
    try {
      publish();
    } catch (AlarmException e) {
      isPublished = false;
      LOG.error("which alarms are open is not known yet: {}", e.getMessage());
    }
    thread.start();
  }

  /** Says what is open, and of which devices the book has still to take records. */
  private void publish() {
    OpenAlarms open = book.openAlarms();
    open.takenUpTo(takenUpTo);
    for (Spool.StoredEntry entry : spool.newest(Lane.ALARM, CATCH_UP_RECORDS)) {
      if (entry.sequence() > takenUpTo) {
        open.stored(deviceOf(entry), entry.sequence());
      }
    }
    book.publishOpen();
    isPublished = true;
  }

  private String deviceOf(Spool.StoredEntry entry) {
    byte[] body = entry.body();
    try {
      return view.wrap(body, 0, body.length, Lane.ALARM, entry.sequence(), "", entry.terms())
          .device();
    } catch (CorruptRecordException e) {
      return ""; // told when the book takes it
    }
  }

  /** A record of the alarm lane is on disk. Never blocks; called by the spool's writer. */
  public void stored(long sequence, byte[] body) {
    if (!queue.offer(new Stored(sequence, body, spool.terms()))) {
      isBehind = true;
    }
  }

  private void run() {
    long nextTick = nanoTime.getAsLong();
    try {
      while (!stopping) {
        long wait = nextTick - nanoTime.getAsLong();
        Stored first = queue.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
        boolean isTaken = guarded(() -> take(first));
        if (nanoTime.getAsLong() - nextTick >= 0) {
          isFailing = !guarded(this::tick) || !isTaken;
          nextTick += TICK_NANOS;
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the alarm thread was asked to end");
    }
  }

  // The thread's top: no fault of one second may end supervision for good.
  private boolean guarded(Runnable step) {
    try {
      step.run();
      return true;
    } catch (AlarmException e) {
      isBehind = true;
      if (!isFailing) {
        LOG.error("alarms are not kept, and tried again each second: {}", e.getMessage());
        isFailing = true;
      }
    } catch (RuntimeException | Error e) {
      isBehind = true;
      Health.ofProcess().fault("alarms");
      if (!isFailing) {
        LOG.error("alarms are not kept: {}; tried again each second", e.getMessage(), e);
        isFailing = true;
      }
    }
    return false;
  }

  private void take(@Nullable Stored first) {
    if (first == null) {
      return;
    }
    List<Stored> batch = new ArrayList<>();
    batch.add(first);
    queue.drainTo(batch, AT_ONCE);
    take(batch);
  }

  private void take(List<Stored> batch) {
    if (isBehind || batch.getFirst().sequence() > takenUpTo + 1) {
      catchUp();
    }
    List<Signal> signals = new ArrayList<>();
    long last = takenUpTo;
    for (Stored each : batch) {
      if (each.sequence() > last) {
        read(each, signals);
        last = each.sequence();
      }
    }
    if (last > takenUpTo) {
      book.take(signals, spool.epoch(), last);
      takenUpTo = last;
    }
  }

  /** Takes in from the spool what did not come through the queue. */
  private void catchUp() {
    isBehind = false;
    if (isBegunAnew) {
      isBegunAnew = false;
      takenUpTo = -1;
      isPublished = false;
      outbox.begunAnew();
    }
    List<Stored> missed = new ArrayList<>();
    List<Spool.StoredEntry> newest = spool.newest(Lane.ALARM, CATCH_UP_RECORDS);
    if (!isStarted) {
      outbox.forgetStored(newest);
      isStarted = true;
    }
    for (Spool.StoredEntry entry : newest.reversed()) {
      if (entry.sequence() > takenUpTo) {
        missed.add(new Stored(entry.sequence(), entry.body(), entry.terms()));
      }
    }
    List<Signal> signals = new ArrayList<>();
    missed.forEach(each -> read(each, signals));
    if (!missed.isEmpty()) {
      book.take(signals, spool.epoch(), missed.getLast().sequence());
      takenUpTo = missed.getLast().sequence();
    }
    if (!isPublished) {
      publish();
    }
  }

  /** Which alarms of devices are open, for the pipeline. */
  public AlarmWatch watch() {
    return book.openAlarms();
  }

  private void read(Stored stored, List<Signal> signals) {
    byte[] body = stored.body();
    try {
      String epoch = spool.epoch(Lane.ALARM, stored.sequence());
      view.wrap(body, 0, body.length, Lane.ALARM, stored.sequence(), epoch, stored.terms());
      if (!view.isOfGateway()) {
        Profile profile = profiles.find(view.model());
        List<Signal> said = AlarmReading.of(view, profile);
        said.stream()
            .filter(signal -> profile == null || !live.contradict(signal, profile))
            .forEach(signals::add);
      }
    } catch (CorruptRecordException e) {
      LOG.warn("alarm record {} cannot be read: {}", stored.sequence(), e.getMessage());
    }
  }

  /** What is due each second. */
  void tick() {
    if (isBehind) {
      catchUp();
    }
    duties.forEach(Runnable::run);
    book.escalate();
    outbox.flush();
    if (ticks++ % PRUNE_TICKS == 0) {
      book.prune();
    }
  }

  /** Ends the thread; the book is closed by its owner. */
  @Override
  public void close() {
    stopping = true;
    thread.interrupt();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
