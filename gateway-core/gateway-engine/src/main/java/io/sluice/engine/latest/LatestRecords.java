package io.sluice.engine.latest;

import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.RejectReason;
import io.sluice.api.health.Guarded;
import io.sluice.api.operator.LatestValues;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.spool.Terms;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.SpscArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last values and the last refusals of devices. The spool's writer thread only hands
 * records over; a thread of its own reads them, a few milliseconds later. What comes faster than it
 * can read is left out and counted: the device's next record puts it right.
 */
public final class LatestRecords implements LatestValues, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LatestRecords.class);

  /** About 80 ms at 200,000 records per second. */
  private static final int QUEUE_RECORDS = 16 << 10;

  private static final long QUEUE_MAX_BYTES = 8 << 20;
  private static final long PAUSE_NANOS = 20_000_000;

  /** A record that was stored. */
  private record Stored(String device, byte[] body) {}

  private final Terms terms;
  private final boolean isKept;
  private final LatestTable table;
  private final RecentRefusals refusals = new RecentRefusals();
  private final SpscArrayQueue<Stored> queue = new SpscArrayQueue<>(QUEUE_RECORDS);
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicLong missed = new AtomicLong();
  private final EncodedRecord view = new EncodedRecord();
  private final Thread reader;
  private volatile boolean closing;

  /**
   * @param maxBytes about the memory that values may hold; with 0 no value is kept
   * @param terms what the records of this run name by number
   */
  public LatestRecords(long maxBytes, Terms terms) {
    this.terms = terms;
    isKept = maxBytes > 0;
    table = new LatestTable(maxBytes);
    reader =
        Thread.ofPlatform()
            .daemon()
            .name("latest-values")
            .start(Guarded.loop("latest-values", this::run, () -> closing));
  }

  /** A record is on disk. Called by one thread, the spool's writer; never blocks. */
  public void stored(DeviceId device, byte[] body) {
    if (!isKept) {
      return;
    }
    boolean isRoom = queuedBytes.get() + body.length <= QUEUE_MAX_BYTES;
    if (isRoom && queue.offer(new Stored(device.value(), body))) {
      queuedBytes.addAndGet(body.length);
    } else {
      missed.incrementAndGet();
    }
  }

  /** Something of a registered device was refused. On any thread. */
  public void refused(
      DeviceId device, long atMicros, RejectReason reason, String detail, String topic) {
    refusals.add(device.value(), atMicros, reason, detail, topic);
  }

  private void run() {
    while (!closing) {
      Stored stored = queue.poll();
      if (stored == null) {
        LockSupport.parkNanos(PAUSE_NANOS);
      } else {
        queuedBytes.addAndGet(-stored.body().length);
        take(stored);
      }
    }
  }

  private void take(Stored stored) {
    try {
      view.wrap(stored.body(), 0, stored.body().length, Lane.TELEMETRY, 0, "", terms);
      table.take(stored.device(), view);
    } catch (CorruptRecordException e) {
      LOG.error("a record of {} cannot be read back: {}", stored.device(), e.getMessage());
    }
  }

  @Override
  public List<MetricView> metrics(DeviceId device) {
    return table.metrics(device.value());
  }

  @Override
  public List<RefusalView> refusals(DeviceId device) {
    return refusals.of(device.value());
  }

  @Override
  public long missedRecords() {
    return missed.get();
  }

  /** Ends the thread; what is queued is left. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(reader);
  }
}
