package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolReader;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A spool of one reader in memory, whose cursors outlive the reader. */
final class MemorySpool {
  static final String EPOCH = "e0";

  private final Map<Lane, State> lanes = new EnumMap<>(Lane.class);
  private final Map<String, Integer> dropped = new TreeMap<>();
  private final long receivedMicros;
  private volatile boolean paused;

  private record Kept(long sequence, byte[] body) {}

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

  private static final class State {
    final List<Kept> records = new ArrayList<>();
    final Deque<Range> backlog = new ArrayDeque<>();
    Range live = new Range(0, Integer.MAX_VALUE);
  }

  MemorySpool(long receivedMicros) {
    this.receivedMicros = receivedMicros;
    for (Lane lane : Lane.values()) {
      lanes.put(lane, new State());
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

  synchronized String append(Lane lane, byte[] body) {
    List<Kept> records = state(lane).records;
    long sequence = records.size();
    records.add(new Kept(sequence, body));
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

  synchronized Map<String, Integer> dropped() {
    return Map.copyOf(dropped);
  }

  synchronized long queued() {
    long queued = 0;
    for (Lane lane : Lane.values()) {
      queued += queued(lane);
    }
    return queued;
  }

  private synchronized long queued(Lane lane) {
    State state = state(lane);
    return backlog(state) + state.records.size() - state.live.committed;
  }

  private static long backlog(State state) {
    return state.backlog.stream().mapToLong(r -> r.end - r.committed).sum();
  }

  private State state(Lane lane) {
    return java.util.Objects.requireNonNull(lanes.get(lane));
  }

  /** Reading begins at the cursors, as after a crash. */
  SpoolReader reader() {
    SpoolReader reader = new Reader();
    reader.rewind();
    return reader;
  }

  private final class Reader implements SpoolReader {
    @Override
    public boolean isPaused() {
      return paused;
    }

    @Override
    public void pause(boolean isPaused) {
      paused = isPaused;
    }

    @Override
    public @Nullable SpoolBatch read(
        Lane lane, SpoolBatch.Stream stream, int maxRecords, int maxBytes) {
      synchronized (MemorySpool.this) {
        State state = state(lane);
        if (stream == SpoolBatch.Stream.LIVE) {
          return read(lane, stream, state.live, maxRecords);
        }
        for (Range range : state.backlog) {
          SpoolBatch batch = read(lane, stream, range, maxRecords);
          if (batch != null) {
            return batch;
          }
        }
        return null;
      }
    }

    private @Nullable SpoolBatch read(
        Lane lane, SpoolBatch.Stream stream, Range range, int maxRecords) {
      List<Kept> records = state(lane).records;
      int to = Math.min(Math.min(range.end, records.size()), range.read + maxRecords);
      int count = to - range.read;
      if (count <= 0) {
        return null;
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      long[] sequences = new long[count];
      long[] received = new long[count];
      int[] offsets = new int[count];
      int[] lengths = new int[count];
      for (int i = 0; i < count; i++) {
        Kept kept = records.get(range.read + i);
        sequences[i] = kept.sequence();
        received[i] = receivedMicros;
        offsets[i] = bytes.size();
        lengths[i] = kept.body().length;
        bytes.writeBytes(kept.body());
      }
      range.read = to;
      return new SpoolBatch(
          lane, stream, bytes.toByteArray(), sequences, received, offsets, lengths, count);
    }

    @Override
    public void commit(SpoolBatch batch, int delivered, Map<String, Integer> reasons) {
      synchronized (MemorySpool.this) {
        int sum = delivered + reasons.values().stream().mapToInt(Integer::intValue).sum();
        State state = state(batch.lane());
        Range range =
            batch.stream() == SpoolBatch.Stream.LIVE ? state.live : state.backlog.getFirst();
        if (sum != batch.count() || range.committed != batch.sequence(0)) {
          throw new AssertionError(
              "commit of " + sum + " of " + batch.count() + " at " + batch.sequence(0));
        }
        range.committed += sum;
        if (range.committed == range.end) {
          state.backlog.removeFirst();
        }
        reasons.forEach((reason, count) -> dropped.merge(reason, count, Integer::sum));
      }
    }

    @Override
    public void rewind() {
      synchronized (MemorySpool.this) {
        for (State state : lanes.values()) {
          state.live.read = state.live.committed;
          state.backlog.forEach(range -> range.read = range.committed);
        }
      }
    }

    @Override
    public void splitBacklog(Lane lane) {
      synchronized (MemorySpool.this) {
        State state = state(lane);
        int end = state.records.size();
        if (state.live.committed < end) {
          state.backlog.add(new Range(state.live.committed, end));
        }
        state.live = new Range(end, Integer.MAX_VALUE);
      }
    }

    @Override
    public long queued(Lane lane) {
      return MemorySpool.this.queued(lane);
    }

    @Override
    public long backlog(Lane lane) {
      synchronized (MemorySpool.this) {
        return MemorySpool.backlog(state(lane));
      }
    }

    @Override
    public @Nullable Long oldestMicros(Lane lane) {
      return queued(lane) == 0 ? null : (Long) receivedMicros;
    }

    @Override
    public boolean awaitReadable(long timeoutMillis) throws InterruptedException {
      synchronized (MemorySpool.this) {
        if (!readable()) {
          MemorySpool.this.wait(timeoutMillis);
        }
        return readable();
      }
    }

    private boolean readable() {
      return lanes.values().stream()
          .anyMatch(state ->
              state.live.read < state.records.size()
                  || state.backlog.stream().anyMatch(r -> r.read < r.end));
    }

    @Override
    public void close() {}
  }
}
