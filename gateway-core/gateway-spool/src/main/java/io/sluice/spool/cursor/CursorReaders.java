package io.sluice.spool.cursor;

import io.sluice.api.Lane;
import io.sluice.api.PerLane;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.segment.SegmentLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The readers of a spool by their names, and the files that keep their places. Changed under the
 * spool's lock, asked by any thread.
 */
public final class CursorReaders {
  private static final Logger LOG = LoggerFactory.getLogger(CursorReaders.class);
  private static final String SUFFIX = ".cursor";

  private final Path directory;
  private final SpoolFiles files;
  private final PerLane<SegmentLog> lanes;
  private final Runnable spaceWanted;
  private final List<CursorReader> readers = new CopyOnWriteArrayList<>();

  /**
   * @param directory of the files, which is there
   * @param spaceWanted run after each save that moved a place: segments may go
   */
  public CursorReaders(
      Path directory, SpoolFiles files, PerLane<SegmentLog> lanes, Runnable spaceWanted) {
    this.directory = directory;
    this.files = files;
    this.lanes = lanes;
    this.spaceWanted = spaceWanted;
  }

  /** All readers; the list follows them. */
  public List<CursorReader> all() {
    return readers;
  }

  /** Opens all that have a file, so that no segment goes that one of them still needs. */
  public void openAll() throws IOException {
    for (Path file : files.list(directory)) {
      String name = file.getFileName().toString();
      if (name.endsWith(SUFFIX)) {
        open(name.substring(0, name.length() - SUFFIX.length()));
      }
    }
    // Once all cursors have told how far the sequences went.
    readers.forEach(CursorReader::dropGone);
  }

  private CursorReader open(String name) throws IOException {
    CursorFile.Opened opened = CursorFile.open(file(name), files);
    CursorFile.Saved saved = opened.saved();
    PerLane<LaneCursor> cursors;
    if (saved == null) {
      cursors = PerLane.of(lane -> new LaneCursor(lanes.get(lane).firstSequence()));
    } else {
      cursors = saved.cursors();
      // A tail that was lost had sequences that this reader knew of, or had already.
      for (Lane lane : Lane.values()) {
        long known = saved.ends().getOrDefault(lane, 1L);
        lanes.get(lane).continueFrom(Math.max(known, cursors.get(lane).live()));
      }
    }
    boolean isPaused = saved != null && saved.isPaused();
    CursorReader reader =
        new CursorReader(name, lanes, cursors, opened.file(), isPaused, spaceWanted);
    readers.add(reader);
    return reader;
  }

  private Path file(String name) {
    return directory.resolve(name + SUFFIX);
  }

  private @Nullable CursorReader find(String name) {
    for (CursorReader reader : readers) {
      if (reader.name().equals(name)) {
        return reader;
      }
    }
    return null;
  }

  /**
   * Hands a reader out, once; made where there is none of that name.
   *
   * @throws IllegalStateException where somebody has it
   */
  public CursorReader claim(String name) {
    CursorReader known = find(name);
    if (known != null) {
      return known.take();
    }
    try {
      CursorReader reader = open(name);
      reader.dropGone();
      return reader.take();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Parks upstreams' readers that are not among these names and that nobody has. */
  public void retain(List<String> names) {
    for (CursorReader reader : readers) {
      String name = reader.name();
      if (!names.contains(name) && !reader.isInternal() && !reader.isTaken()) {
        reader.park();
        LOG.warn(
            "spool: upstream {} is not configured any more; its place is kept, with {} records that"
                + " it has not had, while there is room for them. Name it in the new one's was, or"
                + " give it up: sluice upstream forget {}",
            name,
            reader.ledger().stream().mapToLong(ReaderStats::queued).sum(),
            name);
      }
    }
  }

  /** Names of the readers that are parked. */
  public List<String> parked() {
    return readers.stream().filter(CursorReader::isParked).map(CursorReader::name).toList();
  }

  /**
   * Gives up the place of a parked reader.
   *
   * @return false where none is parked by that name
   */
  public boolean forget(String name) throws IOException {
    CursorReader reader = find(name);
    if (reader == null || !reader.isParked()) {
      return false;
    }
    readers.remove(reader);
    reader.closeFile();
    files.delete(file(name));
    LOG.info("spool: the place of upstream {} is forgotten", name);
    return true;
  }

  /**
   * Has an upstream's reader go on under another name.
   *
   * @return false where there is none by the old name that nobody has, or one by the new already
   */
  public boolean rename(String was, String name) throws IOException {
    CursorReader old = find(was);
    if (find(name) != null || old == null || old.isInternal() || old.isTaken()) {
      return false;
    }
    old.save();
    readers.remove(old);
    old.closeFile();
    files.move(file(was), file(name));
    files.syncDirectory(directory);
    CursorReader renamed = open(name);
    renamed.dropGone();
    LOG.info("spool: upstream {} goes on where {} was", name, was);
    return true;
  }

  /** Bytes of the records that some upstream has not had; all that are kept where there is none. */
  public long owedBytes(Lane lane) {
    long oldest = Long.MAX_VALUE;
    for (CursorReader reader : readers) {
      if (isWaitedFor(reader)) {
        oldest = Math.min(oldest, reader.oldest(lane));
      }
    }
    return lanes.get(lane).bytesFrom(oldest == Long.MAX_VALUE ? 0 : oldest);
  }

  /**
   * Age of the oldest record that some upstream has not had, seconds; 0 where there is none.
   *
   * @param nowMicros microseconds since the epoch
   */
  public double oldestSeconds(Lane lane, long nowMicros) {
    double oldest = 0;
    for (CursorReader reader : readers) {
      Long micros = isWaitedFor(reader) ? reader.oldestMicros(lane) : null;
      if (micros != null) {
        oldest = Math.max(oldest, (nowMicros - micros) / 1e6);
      }
    }
    return oldest;
  }

  /** An upstream's that is configured. */
  private static boolean isWaitedFor(CursorReader reader) {
    return !reader.isInternal() && !reader.isParked();
  }

  /** Of the upstreams' readers. */
  public List<ReaderStats> ledger() {
    return readers.stream()
        .filter(reader -> !reader.isInternal())
        .flatMap(reader -> reader.ledger().stream())
        .toList();
  }

  /** Saves all places. */
  public void close() {
    readers.forEach(CursorReader::close);
  }

  public void closeFiles() {
    for (CursorReader reader : readers) {
      try {
        reader.closeFile();
      } catch (IOException e) {
        LOG.error("spool: the place of {} does not close: {}", reader.name(), e.getMessage());
      }
    }
  }
}
