package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolReader;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A spool in memory, the places of whose readers outlive the readers. */
final class MemorySpool {
  static final String EPOCH = "e0";
  private static final String ONLY = "only";

  private final Map<Lane, List<Kept>> lanes = new EnumMap<>(Lane.class);
  private final Map<String, Places> places = new HashMap<>();
  private final long receivedMicros;

  private record Kept(long sequence, long receivedMicros, byte[] body) {}

  /** Where one reader is, in all lanes. */
  private static final class Places {
    final Map<Lane, Place> lanes = new EnumMap<>(Lane.class);
    final Map<String, Integer> dropped = new TreeMap<>();
    boolean paused;

    Places() {
      for (Lane lane : Lane.values()) {
        lanes.put(lane, new Place());
      }
    }

    Place of(Lane lane) {
      return Objects.requireNonNull(lanes.get(lane));
    }
  }

  private static final class Range {
    int committed;
    int read;
    int end;

    Range(int committed, int end) {
      this.committed = committed;
      this.read = committed;
      this.end = end;
    }
  }

  private static final class Place {
    final Deque<Range> backlog = new ArrayDeque<>();
    final Map<Stream, Deque<SpoolBatch>> underWay = new EnumMap<>(Stream.class);
    Range live = new Range(0, Integer.MAX_VALUE);

    Place() {
      for (Stream stream : Stream.values()) {
        underWay.put(stream, new ArrayDeque<>());
      }
    }

    Deque<SpoolBatch> underWay(Stream stream) {
      return Objects.requireNonNull(underWay.get(stream));
    }

    long backlogRecords() {
      return backlog.stream().mapToLong(range -> range.end - range.committed).sum();
    }

    void rewind() {
      underWay.values().forEach(Deque::clear);
      live.read = live.committed;
      backlog.forEach(range -> range.read = range.committed);
    }
  }

  MemorySpool(long receivedMicros) {
    this.receivedMicros = receivedMicros;
    for (Lane lane : Lane.values()) {
      lanes.put(lane, new ArrayList<>());
    }
  }

  /** Returns the id under which the record is forwarded. */
  synchronized String append(MessageClass messageClass, String device) {
    byte[] body =
        new RecordWriter()
            .begin(messageClass, receivedMicros, TimeSource.SERVER, receivedMicros, false)
            .identity(device, "factory", "plant-a", "cnc", "edge-01", "mqtt", "telemetry;json")
            .measurement("load", "%", Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(42L)
            .finish();
    return append(messageClass.lane(), body);
  }

  String append(Lane lane, byte[] body) {
    return append(lane, receivedMicros, body);
  }

  synchronized String append(Lane lane, long micros, byte[] body) {
    List<Kept> records = records(lane);
    long sequence = records.size();
    records.add(new Kept(sequence, micros, body));
    notifyAll();
    return "edge-01-" + EPOCH + '-' + "aet".charAt(List.of(Lane.values()).indexOf(lane)) + sequence;
  }

  List<String> append(MessageClass messageClass, String device, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(append(messageClass, device));
    }
    return ids;
  }

  /** What the reader without a name has dropped, by reason. */
  synchronized Map<String, Integer> dropped() {
    return Map.copyOf(places(ONLY).dropped);
  }

  /** What the reader without a name has not committed. */
  synchronized long queued() {
    long queued = 0;
    for (Lane lane : Lane.values()) {
      queued += queued(places(ONLY), lane);
    }
    return queued;
  }

  private long queued(Places of, Lane lane) {
    Place place = of.of(lane);
    return place.backlogRecords() + records(lane).size() - place.live.committed;
  }

  private List<Kept> records(Lane lane) {
    return Objects.requireNonNull(lanes.get(lane));
  }

  private Places places(String name) {
    return places.computeIfAbsent(name, made -> new Places());
  }

  /** Reading begins at the cursors, as after a crash. */
  SpoolReader reader() {
    return reader(ONLY);
  }

  synchronized SpoolReader reader(String name) {
    SpoolReader reader = new Reader(places(name));
    reader.rewind();
    return reader;
  }

  private final class Reader implements SpoolReader {
    private final Places places;
    private boolean closed;

    Reader(Places places) {
      this.places = places;
    }

    @Override
    public boolean isPaused() {
      synchronized (MemorySpool.this) {
        return places.paused;
      }
    }

    @Override
    public void pause(boolean isPaused) {
      synchronized (MemorySpool.this) {
        places.paused = isPaused;
      }
    }

    @Override
    public @Nullable SpoolBatch read(Lane lane, Stream stream, int maxRecords, int maxBytes) {
      synchronized (MemorySpool.this) {
        Place place = places.of(lane);
        if (stream == Stream.LIVE) {
          return read(lane, stream, place.live, maxRecords, maxBytes);
        }
        for (Range range : place.backlog) {
          SpoolBatch batch = read(lane, stream, range, maxRecords, maxBytes);
          if (batch != null) {
            return batch;
          }
        }
        return null;
      }
    }

    private @Nullable SpoolBatch read(
        Lane lane, Stream stream, Range range, int maxRecords, int maxBytes) {
      List<Kept> records = records(lane);
      int most = Math.min(Math.min(range.end, records.size()) - range.read, maxRecords);
      if (most <= 0) {
        return null;
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      long[] sequences = new long[most];
      long[] received = new long[most];
      int[] offsets = new int[most];
      int[] lengths = new int[most];
      int count = 0;
      while (count < most) {
        Kept kept = records.get(range.read + count);
        if (count > 0 && bytes.size() + kept.body().length > maxBytes) {
          break;
        }
        sequences[count] = kept.sequence();
        received[count] = kept.receivedMicros();
        offsets[count] = bytes.size();
        lengths[count] = kept.body().length;
        bytes.writeBytes(kept.body());
        count++;
      }
      range.read += count;
      SpoolBatch batch =
          new SpoolBatch(
              lane, stream, bytes.toByteArray(), sequences, received, offsets, lengths, count);
      places.of(lane).underWay(stream).add(batch);
      return batch;
    }

    @Override
    public void commit(SpoolBatch batch, int delivered, Map<String, Integer> reasons) {
      synchronized (MemorySpool.this) {
        int sum = delivered + reasons.values().stream().mapToInt(Integer::intValue).sum();
        if (sum != batch.count()) {
          throw new IllegalArgumentException(batch.count() + " records are committed as " + sum);
        }
        Place place = places.of(batch.lane());
        if (place.underWay(batch.stream()).peek() != batch) {
          throw new IllegalStateException("not the batch that was read first");
        }
        place.underWay(batch.stream()).remove();
        Range range = batch.stream() == Stream.LIVE ? place.live : place.backlog.getFirst();
        range.committed += sum;
        if (range.committed == range.end) {
          place.backlog.removeFirst();
        }
        reasons.forEach((reason, count) -> places.dropped.merge(reason, count, Integer::sum));
      }
    }

    @Override
    public void rewind() {
      synchronized (MemorySpool.this) {
        places.lanes.values().forEach(Place::rewind);
      }
    }

    @Override
    public void splitBacklog(Lane lane) {
      synchronized (MemorySpool.this) {
        Place place = places.of(lane);
        int end = records(lane).size();
        if (place.live.committed < end) {
          place.backlog.add(new Range(place.live.committed, end));
        }
        place.live = new Range(end, Integer.MAX_VALUE);
      }
    }

    @Override
    public long queued(Lane lane) {
      synchronized (MemorySpool.this) {
        return MemorySpool.this.queued(places, lane);
      }
    }

    @Override
    public long backlog(Lane lane) {
      synchronized (MemorySpool.this) {
        return places.of(lane).backlogRecords();
      }
    }

    @Override
    public @Nullable Long oldestMicros(Lane lane) {
      synchronized (MemorySpool.this) {
        Place place = places.of(lane);
        int oldest =
            place.backlog.isEmpty() ? place.live.committed : place.backlog.getFirst().committed;
        List<Kept> records = records(lane);
        return oldest < records.size() ? (Long) records.get(oldest).receivedMicros() : null;
      }
    }

    @Override
    public boolean awaitReadable(long timeoutMillis) throws InterruptedException {
      synchronized (MemorySpool.this) {
        if (!closed && !readable(Lane.TELEMETRY) && timeoutMillis > 0) {
          MemorySpool.this.wait(timeoutMillis);
        }
        return !closed && readable(Lane.TELEMETRY);
      }
    }

    @Override
    public void awaitUpTo(Lane last, long timeoutMillis) throws InterruptedException {
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
      synchronized (MemorySpool.this) {
        long left = until - System.nanoTime();
        while (!closed && !readable(last) && left > 0) {
          TimeUnit.NANOSECONDS.timedWait(MemorySpool.this, left);
          left = until - System.nanoTime();
        }
      }
    }

    private boolean readable(Lane last) {
      for (Lane lane : Lane.values()) {
        if (lane.compareTo(last) > 0) {
          return false;
        }
        Place place = places.of(lane);
        if (place.live.read < records(lane).size()
            || place.backlog.stream().anyMatch(range -> range.read < range.end)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void close() {
      synchronized (MemorySpool.this) {
        closed = true;
        rewind();
        MemorySpool.this.notifyAll();
      }
    }
  }
}
