package io.sluice.spool.segment;

import io.sluice.spool.disk.DamagedFiles;
import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.disk.SpoolFiles.SpoolFile;
import io.sluice.spool.segment.SegmentFormat.Header;
import io.sluice.spool.segment.SegmentLog.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the segments of a log after a start, of whatever kind the stop was. Of each it reads the
 * header, of the last one all.
 *
 * <p>A file without a valid header of its own was either being made when the power went (no record
 * was written to it: the header is synced before), or it is damaged. The second shows by records
 * that follow each other from the sequence in its name; then it is set aside, and these records are
 * lost. Where such a file was the last, its sequences are not given again: the log is begun anew
 * behind them before the file is renamed.
 */
public final class LogRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);
  private static final String SUFFIX = ".seg";

  private final Path directory;
  private final SegmentLog.Shape shape;
  private final SpoolFiles files;
  private final @Nullable PlainBound plain;
  private final Function<Header, SegmentTerms> terms;

  private final List<Segment> opened = new ArrayList<>();
  private final List<Path> damaged = new ArrayList<>();
  private final List<Range> lost = new ArrayList<>();

  /** First sequence of every segment there was: where the one before ends. */
  private final TreeSet<Long> bases = new TreeSet<>();

  /** First sequences of what was set aside before, and perhaps not yet counted by every reader. */
  private final List<Long> quarantined = new ArrayList<>();

  /**
   * First sequences of files of which no record is known. Such a file need not end the segment
   * before it: where that one goes on beyond, nothing was ever written to the file.
   */
  private final Set<Long> doubtful = new HashSet<>();

  private long endSequence = 1;
  private boolean isUnsynced;

  /**
   * @param terms where what a segment defines is gathered
   */
  LogRecovery(
      Path directory,
      SegmentLog.Shape shape,
      SpoolFiles files,
      @Nullable PlainBound plain,
      Function<Header, SegmentTerms> terms) {
    this.directory = directory;
    this.shape = shape;
    this.files = files;
    this.plain = plain;
    this.terms = terms;
  }

  public static Path file(Path directory, long baseSequence) {
    return directory.resolve("%020d%s".formatted(baseSequence, SUFFIX));
  }

  /** What can be used, oldest first. */
  List<Segment> open() throws IOException {
    for (Path file : files.list(directory)) {
      String name = file.getFileName().toString();
      int digits = name.indexOf(SUFFIX);
      if (digits > 0 && name.endsWith(SUFFIX + DamagedFiles.SUFFIX)) {
        long base = base(file, digits);
        bases.add(base);
        quarantined.add(base);
        doubtful.add(base);
      } else if (name.endsWith(SUFFIX)) {
        open(file, base(file, digits));
      }
    }
    for (Segment segment : opened) {
      // Its sequences are here: what is kept under the same name held none of them.
      doubtful.remove(segment.baseSequence());
      quarantined.remove(segment.baseSequence());
    }
    for (int i = 0; i < opened.size(); i++) {
      Segment segment = opened.get(i);
      Long next = bases.higher(segment.baseSequence());
      if (i + 1 < opened.size() || isLost(next)) {
        segment.synced(segment.end(), endSequence(segment, next));
      } else {
        openLast(segment);
        forgetDoubtful(segment);
      }
    }
    for (long base : quarantined) {
      if (bases.contains(base)) {
        lost.add(new Range(base, base));
      }
    }
    lost.sort(Comparator.comparingLong(Range::from));
    // Where another segment follows, its first sequence tells how much is lost.
    lost.replaceAll(range -> range.upTo(bases.higher(range.from())));
    for (Range range : lost) {
      endSequence = Math.max(endSequence, range.to());
    }
    endSequence = bases.isEmpty() ? endSequence : Math.max(endSequence, bases.last());
    return opened;
  }

  /** Closes what was opened: the start failed. */
  void close() {
    for (Segment segment : opened) {
      try {
        segment.close();
      } catch (IOException e) {
        LOG.warn("spool: {} does not close: {}", segment.file(), e.getMessage());
      }
    }
  }

  /** One more than the last sequence that was ever given. */
  long endSequence() {
    return endSequence;
  }

  /** What is lost with segments that are set aside, in order. */
  List<Range> losses() {
    return List.copyOf(lost);
  }

  /** Whether the last segment could not be synced: its sequences may be gone after a power cut. */
  boolean isUnsynced() {
    return isUnsynced;
  }

  /** Whether sequences were given of which no segment tells for sure. */
  boolean mustBeginAnew() {
    long told = opened.isEmpty() ? 1 : opened.getLast().endSequence();
    return isUnsynced || (!lost.isEmpty() && lost.getLast().to() > told);
  }

  /** Renames what is damaged. */
  void setAside() {
    damaged.forEach(this::setAside);
  }

  private void setAside(Path file) {
    try {
      DamagedFiles.setAside(files, file);
    } catch (IOException e) {
      LOG.error("spool: {} is not set aside: {}", file, e.getMessage());
    }
  }

  private boolean isLost(@Nullable Long base) {
    return base != null && lost.stream().anyMatch(range -> range.from() == base);
  }

  /** Where a segment ends that is not the last: where the next begins. */
  private long endSequence(Segment segment, @Nullable Long next) throws IOException {
    if (next == null || !doubtful.contains(next)) {
      return next == null ? segment.baseSequence() : next;
    }
    segment.readAroundBadPages();
    SegmentScan scan = new SegmentScan(segment);
    scan.runBeyondDamage();
    segment.synced(segment.end(), scan.endSequence());
    forgetDoubtful(segment);
    Long follower = bases.higher(segment.baseSequence());
    return follower == null ? scan.endSequence() : follower;
  }

  /** Forgets the files whose first sequence a segment before them holds. */
  private void forgetDoubtful(Segment segment) {
    Long next = bases.higher(segment.baseSequence());
    while (next != null && next < segment.endSequence() && doubtful.contains(next)) {
      bases.remove(next);
      next = bases.higher(segment.baseSequence());
    }
  }

  private static long base(Path file, int digits) throws IOException {
    try {
      return Long.parseLong(file.getFileName().toString().substring(0, digits));
    } catch (NumberFormatException e) {
      throw new IOException("spool: " + file + " is not the spool's; move it elsewhere", e);
    }
  }

  private void open(Path file, long base) throws IOException {
    SpoolFile channel = files.open(file);
    ByteBuffer bytes = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
    Header header;
    try {
      read(channel, bytes);
      header = SegmentFormat.header(bytes);
      if (header.log() != shape.number() || header.baseSequence() != base) {
        throw new IOException("was being made from an older segment, or does not belong here");
      }
      if (plain != null && !header.isEncrypted() && !plain.takesPlain(shape.number(), base)) {
        String fault = "is plain, and what is written since encryption began is not";
        throw plain.isUnreadable()
            ? new UnreadableException(fault, new IOException(fault))
            : new IOException(fault);
      }
    } catch (IOException e) {
      refuse(file, base, channel, bytes, e);
      return;
    }
    if (header.isEncrypted() && plain == null) {
      channel.close();
      throw new IOException(
          "spool: "
              + file
              + " is encrypted and there is no key; give spool.encryption.key, or move the"
              + " directory aside to begin anew");
    }
    bases.add(base);
    SegmentTerms defined = terms.apply(header);
    opened.add(new Segment(file, channel, files, header, defined, channel.size(), base, false));
  }

  /** Leaves bytes that are no header where they cannot be read. */
  private static void read(SpoolFile channel, ByteBuffer bytes) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        channel.readFully(bytes.clear(), 0);
        bytes.flip();
        return;
      } catch (IOException e) {
        if (attempt == SpoolFiles.FAILURES_MAX) {
          bytes.clear().put(0, (byte) 1);
          throw new UnreadableException("has a header that cannot be read: " + e.getMessage(), e);
        }
      }
    }
  }

  /** The disk's fault, not the file's: it may be read another time, and stays where it is. */
  private static final class UnreadableException extends IOException {
    private static final long serialVersionUID = 1;

    UnreadableException(String message, IOException cause) {
      super(message, cause);
    }
  }

  private void refuse(Path file, long base, SpoolFile channel, ByteBuffer header, IOException cause)
      throws IOException {
    long end;
    try (channel) {
      if (SegmentFormat.isOfNewerVersion(header)) {
        throw new IOException("spool: " + file + " " + cause.getMessage(), cause);
      }
      end = new HeaderlessScan(channel).endSequence(base);
    }
    if (end == base && SegmentFormat.isBlankOrOfAnother(header)) {
      LOG.info("spool: {} was being made when the gateway stopped; it is deleted", file);
      files.delete(file);
      return;
    }
    boolean isUnreadable = cause instanceof UnreadableException;
    LOG.error(
        "spool: {} {}; what it holds is left out and counted as damaged; the file is kept{}",
        file,
        cause.getMessage(),
        isUnreadable ? " in its place" : " as .damaged");
    bases.add(base);
    if (end > base) {
      lost.add(new Range(base, end));
    } else {
      doubtful.add(base);
    }
    if (!isUnreadable && end > base) {
      damaged.add(file);
    } else if (!isUnreadable) {
      // At once: its name is the one that a new segment may have.
      setAside(file);
    }
  }

  private void openLast(Segment last) throws IOException {
    last.readAroundBadPages();
    SegmentScan scan = new SegmentScan(last);
    scan.runBeyondDamage();
    long unreadable = last.unreadableEnd() - scan.end();
    if (unreadable > 0) {
      // What stood there is not known, but no more than fits.
      endSequence = scan.endSequence() + unreadable / SegmentFormat.RECORD_HEADER_BYTES + 1;
      last.markDamaged();
      last.synced(last.end(), endSequence);
      return;
    }
    last.synced(scan.end(), scan.endSequence());
    endSequence = scan.endSequence();
    try {
      last.cutOff();
      // A killed process may have left records in the kernel's cache alone. Once they are read, and
      // their ids known to others, no power cut may take them back.
      last.force();
    } catch (IOException e) {
      LOG.error("spool: {} is not synced: {}", last.file(), e.getMessage());
      isUnsynced = true;
    }
  }
}
