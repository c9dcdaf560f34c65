package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.api.PerLane;
import io.sluice.spool.SpoolBatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a Forwarder tells about its work. One thread writes, any reads. */
final class ForwardMeters {
  private final PerLane<LongAdder> forwarded = PerLane.of(lane -> new LongAdder());
  private final PerLane<LongAdder> refused = PerLane.of(lane -> new LongAdder());
  private final RateMeter delivered;
  private final RateMeter backlogDone;

  ForwardMeters(LongSupplier nanoTime) {
    delivered = new RateMeter(nanoTime);
    backlogDone = new RateMeter(nanoTime);
  }

  void committed(SpoolBatch batch, int refusedRecords) {
    int arrived = batch.count() - refusedRecords;
    forwarded.get(batch.lane()).add(arrived);
    refused.get(batch.lane()).add(refusedRecords);
    delivered.add(arrived);
    if (batch.stream() == SpoolBatch.Stream.BACKLOG) {
      backlogDone.add(batch.count());
    }
  }

  long forwarded(Lane lane) {
    return forwarded.get(lane).sum();
  }

  long refused(Lane lane) {
    return refused.get(lane).sum();
  }

  double perSecond() {
    return delivered.perSecond();
  }

  @Nullable Double drainSeconds(long backlogRecords) {
    double rate = backlogDone.perSecond();
    return backlogRecords == 0 || rate == 0 ? null : backlogRecords / rate;
  }
}
