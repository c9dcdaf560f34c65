package io.sluice.engine.coverage.slot;

import static io.sluice.engine.coverage.slot.Calendar.HOUR_MICROS;

import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How late the samples of one group were, by the time of their receipt: by minutes for an hour, by
 * hours for a day, by days for 30. Not thread-safe.
 */
public final class Lateness {
  /** Bins of the histogram: up to 1 ms, and each up to √2 times the one before. */
  static final int BINS = 64;

  private static final int MINUTES = 62;
  private static final double FIRST_MICROS = 1_000;
  private static final long NONE = Long.MIN_VALUE;
  private static final long[] LAST_MICROS = lastMicros();

  private final @Nullable Bucket[] minutes = new Bucket[MINUTES];
  private final @Nullable Bucket[] hours = new Bucket[ExpectationPeriod.HOURS_KEPT];
  private final @Nullable Bucket[] days = new Bucket[ExpectationPeriod.DAYS_KEPT];
  private final Calendar calendar;

  /** Of the minute in which a sample was received last: hours and days are of full minutes. */
  private long minute = NONE;

  /** Of the last sample: mostly the next one's. */
  private int lastBin;

  private @Nullable Bucket ofMinute;
  private @Nullable Bucket ofHour;
  private @Nullable Bucket ofDay;

  public Lateness(Calendar calendar) {
    this.calendar = calendar;
  }

  /** One period's; holds only the bins from the first to the last that are in use. */
  private static final class Bucket {
    private final long period;
    private long received;
    private long timely;
    private int first;
    private int[] bins = new int[0];

    Bucket(long period) {
      this.period = period;
    }

    void add(int bin, boolean isTimely) {
      received++;
      timely += isTimely ? 1 : 0;
      if (bins.length == 0) {
        first = bin;
        bins = new int[1];
      } else if (bin < first) {
        int[] wider = new int[bins.length + first - bin];
        System.arraycopy(bins, 0, wider, first - bin, bins.length);
        bins = wider;
        first = bin;
      } else if (bin >= first + bins.length) {
        bins = Arrays.copyOf(bins, bin - first + 1);
      }
      bins[bin - first]++;
    }

    void write(DataOutput out) throws IOException {
      out.writeLong(period);
      Numbers.write(out, received);
      Numbers.write(out, timely);
      Numbers.write(out, first);
      Numbers.write(out, bins.length);
      for (int count : bins) {
        Numbers.write(out, count);
      }
    }

    static Bucket read(long period, DataInput in) throws IOException {
      Bucket bucket = new Bucket(period);
      bucket.received = Numbers.read(in);
      bucket.timely = Numbers.read(in);
      bucket.first = (int) Numbers.read(in);
      bucket.bins = new int[(int) Numbers.read(in)];
      for (int i = 0; i < bucket.bins.length; i++) {
        bucket.bins[i] = (int) Numbers.read(in);
      }
      return bucket;
    }
  }

  public void add(long receivedMicros, long lateMicros, boolean isTimely) {
    long received = Calendar.minute(receivedMicros);
    if (received != minute) {
      minute = received;
      ofMinute = bucket(minutes, received);
      ofHour = bucket(hours, calendar.hour(receivedMicros));
      ofDay = bucket(days, calendar.day(receivedMicros));
    }
    int bin = isIn(lastBin, lateMicros) ? lastBin : bin(lateMicros);
    lastBin = bin;
    add(ofMinute, bin, isTimely);
    add(ofHour, bin, isTimely);
    add(ofDay, bin, isTimely);
  }

  private static boolean isIn(int bin, long lateMicros) {
    return lateMicros <= LAST_MICROS[bin] && (bin == 0 || lateMicros > LAST_MICROS[bin - 1]);
  }

  private static void add(@Nullable Bucket bucket, int bin, boolean isTimely) {
    if (bucket != null) {
      bucket.add(bin, isTimely);
    }
  }

  /** The one of that period; null where it is older than what is kept. */
  private static @Nullable Bucket bucket(@Nullable Bucket[] ring, long period) {
    int at = (int) Math.floorMod(period, (long) ring.length);
    Bucket bucket = ring[at];
    if (bucket == null || bucket.period < period) {
      bucket = new Bucket(period);
      ring[at] = bucket;
    }
    return bucket.period == period ? bucket : null;
  }

  static int bin(long lateMicros) {
    int low = 0;
    int high = BINS - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (lateMicros <= LAST_MICROS[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The bin by its definition: the least whose upper bound is not below. */
  static int binByBound(long lateMicros) {
    if (lateMicros <= FIRST_MICROS) {
      return 0;
    }
    double steps = 2 * Math.log(lateMicros / FIRST_MICROS) / Math.log(2);
    return (int) Math.min(BINS - 1, Math.ceil(steps));
  }

  /** The longest that is in each bin. */
  private static long[] lastMicros() {
    long[] last = new long[BINS];
    last[BINS - 1] = Long.MAX_VALUE;
    for (int bin = 0; bin < BINS - 1; bin++) {
      long in = bin == 0 ? 0 : last[bin - 1];
      long beyond = 2 * in + 4_000; // the next is √2 times as long
      while (beyond - in > 1) {
        long middle = (in + beyond) >>> 1;
        if (binByBound(middle) <= bin) {
          in = middle;
        } else {
          beyond = middle;
        }
      }
      last[bin] = in;
    }
    return last;
  }

  /** Adds a window; its bounds are as {@link SampledPeriods#any} wants them. */
  public void sum(long start, long end, Sum sum) {
    long at = start;
    if (end - at > Calendar.DAY_MICROS) {
      long last = calendar.day(end);
      for (long day = calendar.day(at); day < last; day++) {
        sum.add(days, day);
      }
      at = calendar.dayStart(last);
    }
    if (end - at > HOUR_MICROS) {
      for (; at + HOUR_MICROS <= end; at += HOUR_MICROS) {
        sum.add(hours, calendar.hour(at));
      }
    }
    for (; at < end; at += Calendar.MINUTE_MICROS) {
      sum.add(minutes, Calendar.minute(at));
    }
  }

  /** Adds one day. */
  public void day(long day, Sum sum) {
    sum.add(days, day);
  }

  public void write(DataOutput out) throws IOException {
    for (@Nullable Bucket[] ring : rings()) {
      for (Bucket bucket : ring) {
        if (bucket != null) {
          bucket.write(out);
        }
      }
      out.writeLong(NONE);
    }
  }

  public void read(DataInput in) throws IOException {
    minute = NONE;
    for (@Nullable Bucket[] ring : rings()) {
      for (long period = in.readLong(); period != NONE; period = in.readLong()) {
        ring[(int) Math.floorMod(period, (long) ring.length)] = Bucket.read(period, in);
      }
    }
  }

  /** Where parts of it are kept. */
  public interface Parts {
    /**
     * Takes one part; it replaces what was kept at that place.
     *
     * @param ring 0 to 2
     * @param place in the ring, from 0
     * @param part what {@link Lateness#readPart} takes
     */
    void put(int ring, int place, byte[] part) throws IOException;
  }

  /** Hands out what the sample that was added last has changed, and no more than that. */
  public void writeChanged(Parts parts) throws IOException {
    write(0, ofMinute, parts);
    write(1, ofHour, parts);
    write(2, ofDay, parts);
  }

  private void write(int ring, @Nullable Bucket bucket, Parts parts) throws IOException {
    if (bucket != null) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
      bucket.write(new DataOutputStream(bytes));
      int place = (int) Math.floorMod(bucket.period, (long) rings()[ring].length);
      parts.put(ring, place, bytes.toByteArray());
    }
  }

  /** Takes over a part as it was handed out. */
  public void readPart(int ring, DataInput in) throws IOException {
    minute = NONE;
    long period = in.readLong();
    @Nullable Bucket[] buckets = rings()[ring];
    buckets[(int) Math.floorMod(period, (long) buckets.length)] = Bucket.read(period, in);
  }

  private @Nullable Bucket[][] rings() {
    return new @Nullable Bucket[][] {minutes, hours, days};
  }

  /** Totals over groups and time. */
  public static final class Sum {
    private long received;
    private long timely;
    private final long[] bins = new long[BINS];

    private void add(@Nullable Bucket[] ring, long period) {
      Bucket bucket = ring[(int) Math.floorMod(period, (long) ring.length)];
      if (bucket != null && bucket.period == period) {
        received += bucket.received;
        timely += bucket.timely;
        for (int i = 0; i < bucket.bins.length; i++) {
          bins[bucket.first + i] += bucket.bins[i];
        }
      }
    }

    public void add(Sum other) {
      received += other.received;
      timely += other.timely;
      Arrays.setAll(bins, i -> bins[i] + other.bins[i]);
    }

    /** Writes what {@link #read} takes. */
    public void write(DataOutput out) throws IOException {
      Numbers.write(out, received);
      if (received > 0) {
        Numbers.write(out, timely);
        for (long bin : bins) {
          Numbers.write(out, bin);
        }
      }
    }

    /** Adds what was written. */
    public void read(DataInput in) throws IOException {
      long more = Numbers.read(in);
      if (more > 0) {
        received += more;
        timely += Numbers.read(in);
        for (int bin = 0; bin < BINS; bin++) {
          bins[bin] += Numbers.read(in);
        }
      }
    }

    public long received() {
      return received;
    }

    public long timely() {
      return timely;
    }

    /** Upper bound of the bin that holds the quantile, in seconds; null where there is nothing. */
    @Nullable
    public Double quantileSeconds(double quantile) {
      long rank = (long) Math.ceil(quantile * received);
      long seen = 0;
      for (int bin = 0; bin < BINS && rank > 0; bin++) {
        seen += bins[bin];
        if (seen >= rank) {
          return FIRST_MICROS * Math.pow(2, bin / 2.0) / 1e6;
        }
      }
      return null;
    }
  }
}
