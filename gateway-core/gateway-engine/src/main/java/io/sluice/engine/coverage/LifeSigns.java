package io.sluice.engine.coverage;

import io.sluice.api.GatewayTime;
import io.sluice.api.Lane;
import io.sluice.spool.InternalReader;
import io.sluice.spool.SpoolBatch;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Notes that the gateway lives, and tells its own outages from that: when it was stopped, killed or
 * held up, and when its clock was set forward. A sign of life is a look at the clock, and a record
 * that the spool has. {@link #begin} is called before the coverage thread is started; {@link #look}
 * is confined to that thread.
 */
final class LifeSigns {
  private static final long BEAT_MICROS = 10_000_000;

  /** So many of each lane's newest records are looked at for a sign. */
  private static final int NEWEST_RECORDS = 1_024;

  private static final int BATCH_BYTES = 1 << 20;

  private final CoverageDatabase database;

  /** Within this all clocks are read. */
  private static final long READ_NANOS = 1_000_000;

  private static final int READ_AGAIN_MAX = 10;

  private final DowntimeStore stops;
  private final InternalReader spool;
  private final String epoch;
  private final GatewayTime time;
  private Moment looked;
  private Moment beaten;

  /** One moment by three clocks: the one that may be set, the gateway's, the machine's. */
  private record Moment(long micros, long nanos, long machineNanos) {}

  /**
   * @param spool where coverage reads; left at the place where it is
   * @param epoch of the spool
   */
  LifeSigns(
      CoverageDatabase database,
      DowntimeStore stops,
      InternalReader spool,
      String epoch,
      GatewayTime time) {
    this.database = database;
    this.stops = stops;
    this.spool = spool;
    this.epoch = epoch;
    this.time = time;
    this.looked = moment();
    this.beaten = looked;
  }

  /** Read anew where the thread stood still in between: a fast clock would seem to be set. */
  private Moment moment() {
    Moment read = read();
    for (int again = 0;
        again < READ_AGAIN_MAX && System.nanoTime() - read.machineNanos > READ_NANOS;
        again++) {
      read = read();
    }
    return read;
  }

  private Moment read() {
    long machineNanos = System.nanoTime();
    return new Moment(time.clock().millis() * 1_000, time.nanoTime().getAsLong(), machineNanos);
  }

  /**
   * The gateway has started: what lies between its last sign of life and now was an outage.
   *
   * @param last what the life before noted last, or null
   */
  void begin(@Nullable Heartbeat last) throws IOException {
    Moment now = moment();
    Map<Lane, Long> places = places(spool);
    Map<Lane, Long> ends = ends();
    if (last != null) {
      long from = last.epoch().equals(epoch) ? lastSign(last, ends, now.micros) : last.micros();
      stops.addOutage(from, now.micros);
    }
    places.forEach(spool::seek);
    looked = now;
    beat(now, ends);
  }

  static Map<Lane, Long> places(InternalReader reader) {
    Map<Lane, Long> places = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      places.put(lane, reader.position(lane));
    }
    return places;
  }

  private Map<Lane, Long> ends() {
    for (Lane lane : Lane.values()) {
      spool.seek(lane, Long.MAX_VALUE);
    }
    return places(spool);
  }

  /**
   * The last sign of life that follows the heartbeat without a gap. A record counts only where it
   * was stored after the heartbeat, so that one from before the clock was set back does not; and
   * only where it follows the sign before it closely, so that one from after the clock was set
   * forward does not.
   */
  private long lastSign(Heartbeat last, Map<Lane, Long> ends, long nowMicros) throws IOException {
    LongStream.Builder signs = LongStream.builder();
    for (Lane lane : Lane.values()) {
      Long from = last.places().get(lane);
      if (from != null) {
        long end = Objects.requireNonNull(ends.get(lane));
        spool.seek(lane, Math.max(from, end - NEWEST_RECORDS));
        while (spool.position(lane) < end) {
          addReceived(spool.read(lane, NEWEST_RECORDS, BATCH_BYTES), signs);
        }
      }
    }
    long sign = last.micros();
    long[] inOrder = signs.build().filter(micros -> micros <= nowMicros).sorted().toArray();
    int first = Arrays.binarySearch(inOrder, sign);
    for (int i = first < 0 ? -first - 1 : first; i < inOrder.length; i++) {
      if (inOrder[i] - sign >= DowntimeStore.GAP_MICROS) {
        return sign;
      }
      sign = inOrder[i];
    }
    return sign;
  }

  private static void addReceived(@Nullable SpoolBatch batch, LongStream.Builder to) {
    for (int i = 0; batch != null && i < batch.count(); i++) {
      to.add(batch.receivedMicros(i));
    }
  }

  /**
   * The gateway lives. Where it was held up, or its clock was set forward, an outage is noted from
   * the look before. Held up is what was so by the machine's time, however fast the gateway's goes.
   */
  void look() throws IOException {
    Moment now = moment();
    stops.noteGap(
        looked.micros,
        now.micros,
        (now.nanos - looked.nanos) / 1_000,
        (now.machineNanos - looked.machineNanos) / 1_000);
    looked = now;
    long passedMicros = (now.nanos - beaten.nanos) / 1_000;
    if ((now.machineNanos - beaten.machineNanos) / 1_000 >= BEAT_MICROS
        || Math.abs(now.micros - beaten.micros - passedMicros) >= BEAT_MICROS) {
      beat(now, places(spool));
    }
  }

  private void beat(Moment now, Map<Lane, Long> places) throws IOException {
    beaten = now;
    database.heartbeat(new Heartbeat(now.micros, epoch, places));
  }
}
