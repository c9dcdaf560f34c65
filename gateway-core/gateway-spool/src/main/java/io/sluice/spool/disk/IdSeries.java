package io.sluice.spool.disk;

import io.sluice.api.Lane;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The random part of record ids, new at each start: a data directory that was copied, restored or
 * rolled back goes on from sequences that were given out before, and the same id must never name
 * two records. What is stored keeps the id that it was stored under, so the series of earlier
 * starts are kept for as long as there are records of theirs. In a file of lines:
 *
 * <pre>
 * k3j9x2ab 1 1 501     name, and the first sequence of the alarm, event and telemetry lane
 * </pre>
 *
 * What is before the first line has the spool's own name. Immutable.
 */
public final class IdSeries {
  private static final Logger LOG = LoggerFactory.getLogger(IdSeries.class);

  /** With so many that are still needed, a start goes on with the last one. */
  public static final int KEPT_MAX = 100;

  private final String first;
  private final List<Series> series;

  /**
   * @param from first sequence by {@link Lane#ordinal}
   */
  private record Series(String name, long[] from) {
    static Series of(String line) {
      String[] parts = line.split(" ", -1);
      long[] from = new long[Lane.values().length];
      if (parts.length != from.length + 1 || !SpoolEpoch.isName(parts[0])) {
        throw new NumberFormatException(line);
      }
      for (int i = 0; i < from.length; i++) {
        from[i] = Long.parseLong(parts[i + 1]);
      }
      return new Series(parts[0], from);
    }

    String line() {
      StringJoiner line = new StringJoiner(" ", "", "\n").add(name);
      for (long each : from) {
        line.add(Long.toString(each));
      }
      return line.toString();
    }

    /** Whether any record may be in it that is not in the next one. */
    boolean isNeeded(long[] kept, long[] next) {
      for (int i = 0; i < from.length; i++) {
        if (Math.max(from[i], kept[i]) < next[i]) {
          return true;
        }
      }
      return false;
    }
  }

  /** What is in a lane: sequences from the first one kept to before the next one. */
  public interface Bounds {
    long of(Lane lane);
  }

  private IdSeries(String first, List<Series> series) {
    this.first = first;
    this.series = series;
  }

  /**
   * Begins the series of this start, on disk too; where the disk takes nothing, the last one goes
   * on.
   *
   * @param epoch the spool's own name
   * @param isNew whether it was made just now: it is the first series then
   */
  public static IdSeries begin(
      Path file, SpoolFiles files, String epoch, boolean isNew, Bounds kept, Bounds next)
      throws IOException {
    List<Series> all = new ArrayList<>(read(file, files));
    if (all.isEmpty() && isNew) {
      return new IdSeries(epoch, List.of());
    }
    all.add(new Series(SpoolEpoch.random(), perLane(next)));
    List<Series> needed = needed(all, perLane(kept));
    if (needed.size() > KEPT_MAX) {
      LOG.warn("spool: records of {} starts are kept; this one has the ids of the last", KEPT_MAX);
      needed = needed.subList(0, KEPT_MAX);
    }
    StringBuilder text = new StringBuilder();
    needed.forEach(each -> text.append(each.line()));
    try {
      new SmallFile(file, files).write(text.toString());
    } catch (IOException e) {
      // What is not on disk may not be given out. A gateway on a full disk starts all the same.
      LOG.warn(
          "spool: new ids for this start cannot be written ({}); it goes on with those of the last",
          e.getMessage());
      all.removeLast();
      return new IdSeries(epoch, List.copyOf(all));
    }
    return new IdSeries(epoch, List.copyOf(needed));
  }

  private static List<Series> read(Path file, SpoolFiles files) throws IOException {
    if (!files.exists(file)) {
      return List.of();
    }
    try {
      return new SmallFile(file, files).readPatiently().lines().map(Series::of).toList();
    } catch (NumberFormatException | IOException e) {
      Path aside = DamagedFiles.setAside(files, file);
      LOG.error(
          "spool: {} is damaged or cannot be read; it is kept as {}, and what is stored may be sent under other ids",
          file,
          aside.getFileName());
      return List.of();
    }
  }

  private static long[] perLane(Bounds bounds) {
    long[] all = new long[Lane.values().length];
    for (Lane lane : Lane.values()) {
      all[lane.ordinal()] = bounds.of(lane);
    }
    return all;
  }

  private static List<Series> needed(List<Series> all, long[] kept) {
    List<Series> needed = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      boolean isLast = i == all.size() - 1;
      if (isLast || all.get(i).isNeeded(kept, all.get(i + 1).from)) {
        needed.add(all.get(i));
      }
    }
    return needed;
  }

  /** Of the record of that sequence; the newest are found first. */
  public String of(Lane lane, long sequence) {
    for (int i = series.size() - 1; i >= 0; i--) {
      if (sequence >= series.get(i).from[lane.ordinal()]) {
        return series.get(i).name;
      }
    }
    return first;
  }
}
