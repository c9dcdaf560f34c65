package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.spool.SpoolBatch;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a Forwarder tells about its work. One thread writes, any reads. */
final class ForwardMeters {
  private final Map<Lane, LongAdder> forwarded = perLane();
  private final Map<Lane, LongAdder> refused = perLane();
  private final RateMeter delivered;
  private final RateMeter backlogDone;

  ForwardMeters(LongSupplier nanoTime) {
    delivered = new RateMeter(nanoTime);
    backlogDone = new RateMeter(nanoTime);
  }

  void committed(SpoolBatch batch, int refusedRecords) {
    int arrived = batch.count() - refusedRecords;
    of(forwarded, batch.lane()).add(arrived);
    of(refused, batch.lane()).add(refusedRecords);
    delivered.add(arrived);
    if (batch.stream() == SpoolBatch.Stream.BACKLOG) {
      backlogDone.add(batch.count());
    }
  }

  long forwarded(Lane lane) {
    return of(forwarded, lane).sum();
  }

  long refused(Lane lane) {
    return of(refused, lane).sum();
  }

  double perSecond() {
    return delivered.perSecond();
  }

  @Nullable Double drainSeconds(long backlogRecords) {
    double rate = backlogDone.perSecond();
    return backlogRecords == 0 || rate == 0 ? null : backlogRecords / rate;
  }

  private static Map<Lane, LongAdder> perLane() {
    Map<Lane, LongAdder> counters = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      counters.put(lane, new LongAdder());
    }
    return counters;
  }

  private static LongAdder of(Map<Lane, LongAdder> counters, Lane lane) {
    return Objects.requireNonNull(counters.get(lane));
  }
}
