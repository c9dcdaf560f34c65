package io.sluice.spool.segment;

import io.sluice.spool.disk.SmallFile;
import io.sluice.spool.disk.SpoolFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Up to which sequence each log of an encrypted spool may have plain segments: those that were
 * there when encryption began. The file {@code encrypted-from} says it, under a code that only the
 * key makes, so that a plain segment put there by somebody else is not taken for the spool's own.
 * Once a log has no plain segment left, none is taken any more.
 *
 * <p>Opened by the start, lowered by the keeper: one thread after the other.
 */
public final class PlainBound {
  private static final Logger LOG = LoggerFactory.getLogger(PlainBound.class);
  private static final String FILE = "encrypted-from";
  private static final String LABEL = "encrypted from";

  private final SpoolKey key;
  private final Path directory;
  private final SpoolFiles files;
  private final long[] before;
  private boolean isSaved;

  /** The disk does not give the file: what it says is not known, which is not that it is wrong. */
  private boolean isUnreadable;

  /** Whether a plain segment stays in its place, as nobody knows whose it is. */
  private boolean isAnyLeft;

  private PlainBound(SpoolKey key, Path directory, SpoolFiles files, long[] before) {
    this.key = key;
    this.directory = directory;
    this.files = files;
    this.before = before;
  }

  /**
   * @param key null where the spool is not encrypted: then nothing is bound, nor remembered
   * @param logs how many there are
   */
  public static @Nullable PlainBound open(
      @Nullable SpoolKey key, boolean acceptsPlain, int logs, Path directory, SpoolFiles files)
      throws IOException {
    Path file = directory.resolve(FILE);
    if (key == null) {
      files.delete(file);
      return null;
    }
    long[] before = new long[logs];
    PlainBound bound = new PlainBound(key, directory, files, before);
    if (acceptsPlain && files.exists(file)) {
      bound.read(file);
    } else if (acceptsPlain) {
      Arrays.fill(before, Long.MAX_VALUE); // all that is there was there when it began
    }
    return bound;
  }

  private void read(Path file) {
    String text = text(file);
    if (text == null) {
      return;
    }
    String[] parts = text.strip().split(" ", -1);
    try {
      long[] read = new long[before.length];
      for (int log = 0; log < read.length; log++) {
        read[log] = Long.parseLong(parts[log]);
      }
      byte[] code = HexFormat.of().parseHex(parts[read.length]);
      if (MessageDigest.isEqual(code, code(read))) {
        System.arraycopy(read, 0, before, 0, read.length);
        isSaved = true;
        return;
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      LOG.debug("{} is not what the key made", file, e);
    }
    LOG.error("spool: {} is damaged or was changed; no plain segment is taken", file);
  }

  /** Null where the disk does not give it: a start is not held up by a bad sector. */
  private @Nullable String text(Path file) {
    try {
      return new SmallFile(file, files).readPatiently();
    } catch (IOException e) {
      LOG.error("spool: {} cannot be read: {}; plain segments wait", file, e.getMessage());
      isUnreadable = true;
      return null;
    }
  }

  private byte[] code(long[] values) {
    return key.code(LABEL, text(values).getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(long[] values) {
    StringBuilder text = new StringBuilder();
    for (long value : values) {
      text.append(value).append(' ');
    }
    return text.toString();
  }

  /** Whether a plain segment of a log that begins with this sequence is the spool's own. */
  boolean takesPlain(int log, long baseSequence) {
    isAnyLeft |= isUnreadable;
    return baseSequence < before[log];
  }

  /** Whether a segment that is not taken may be taken another time, and so stays in its place. */
  boolean isUnreadable() {
    return isUnreadable;
  }

  /** Notes where each log stands, and that those without a plain segment need none any more. */
  public void settle(Iterable<SegmentLog> logs) throws IOException {
    if (isAnyLeft) {
      return; // what it said is still wanted
    }
    boolean isChanged = !isSaved;
    for (SegmentLog log : logs) {
      int number = log.shape().number();
      long bound = log.hasPlain() ? Math.min(before[number], log.nextSequence()) : 0;
      isChanged |= bound != before[number];
      before[number] = bound;
    }
    if (isChanged) {
      String code = HexFormat.of().formatHex(code(before));
      new SmallFile(directory.resolve(FILE), files).write(text(before) + code + "\n");
      files.syncDirectory(directory);
      isSaved = true;
    }
  }
}
