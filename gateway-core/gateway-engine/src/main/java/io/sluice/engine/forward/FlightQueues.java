package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.api.PerLane;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The batches that were read and are not committed, a queue for each lane and stream. Each queue is
 * committed in the order in which it was read. Confined to the Forwarder's thread.
 */
final class FlightQueues {
  private final SpoolReader reader;
  private final ForwardMeters meters;
  private final PerLane<Map<Stream, ArrayDeque<Flight>>> byLane;
  private final List<ArrayDeque<Flight>> all = new ArrayList<>();
  private int alarms;
  private int others;

  FlightQueues(SpoolReader reader, ForwardMeters meters) {
    this.reader = reader;
    this.meters = meters;
    this.byLane =
        PerLane.of(lane -> {
          Map<Stream, ArrayDeque<Flight>> streams = new EnumMap<>(Stream.class);
          for (Stream stream : Stream.values()) {
            streams.put(stream, new ArrayDeque<>());
          }
          return streams;
        });
    byLane.forEach(streams -> all.addAll(streams.values()));
  }

  void add(Flight flight) {
    SpoolBatch batch = flight.spooled;
    Objects.requireNonNull(streams(batch.lane()).get(batch.stream())).add(flight);
    count(batch, 1);
  }

  /** All queues: alarms first, live before backlog. */
  List<ArrayDeque<Flight>> all() {
    return all;
  }

  /** The queues of a lane: live before backlog. */
  Collection<ArrayDeque<Flight>> of(Lane lane) {
    return streams(lane).values();
  }

  private Map<Stream, ArrayDeque<Flight>> streams(Lane lane) {
    return byLane.get(lane);
  }

  /** Batches of alarms, or of the rest. */
  int count(boolean ofAlarms) {
    return ofAlarms ? alarms : others;
  }

  boolean isEmpty() {
    return alarms + others == 0;
  }

  /** Commits a queue's batches up to the first that has a record without verdict. */
  void commitCompleted(ArrayDeque<Flight> queue) {
    for (Flight head = queue.peek(); head != null && head.isDone(); head = queue.peek()) {
      queue.remove();
      count(head.spooled, -1);
      int refused = head.refusedCount();
      reader.commit(
          head.spooled,
          head.count() - refused,
          refused == 0 ? Map.of() : Map.of("refused", refused));
      meters.committed(head.spooled, refused);
    }
  }

  /** Forgets all batches without committing them. */
  void clear() {
    all.forEach(ArrayDeque::clear);
    alarms = 0;
    others = 0;
  }

  private void count(SpoolBatch batch, int change) {
    if (batch.lane() == Lane.ALARM) {
      alarms += change;
    } else {
      others += change;
    }
  }
}
