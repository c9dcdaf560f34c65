package io.sluice.spool.cursor;

import io.sluice.api.Lane;
import io.sluice.api.PerLane;
import io.sluice.spool.disk.DamagedFiles;
import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.disk.SpoolFiles.SpoolFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cursors and the ledger of one reader on disk: two slots of 16 KiB, written in turn, so that a
 * torn write leaves the one before. The valid slot of the higher turn counts.
 *
 * <pre>
 * slot:  magic "SCUR" 4 | version 4 | turn 8 | length 4 | CRC-32C of turn and payload 4 | payload
 * payload:  the cursor of each lane (see LaneCursor) | one more than the last sequence of each 8
 *           | 1 where it is paused, else nothing
 * </pre>
 */
final class CursorFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CursorFile.class);
  private static final int MAGIC = 0x53435552;
  private static final int VERSION = 1;
  private static final int SLOT_BYTES = 16 << 10;
  private static final int HEADER_BYTES = 24;
  private static final byte PAUSED = 1;

  private final SpoolFile channel;
  private long turn;

  private CursorFile(SpoolFile channel) {
    this.channel = channel;
  }

  /** What is saved, or null where the file is new. */
  record Opened(CursorFile file, @Nullable Saved saved) {}

  /**
   * The cursors, and where each lane ended when they were saved: a tail that is lost afterwards is
   * missed by it. Empty where an earlier version saved them.
   */
  record Saved(PerLane<LaneCursor> cursors, Map<Lane, Long> ends, boolean isPaused) {}

  /**
   * Opens a file, or makes it. One that cannot be read is set aside with a report, and counts as
   * new: its reader is given again what is kept, with the same record ids.
   */
  static Opened open(Path path, SpoolFiles files) throws IOException {
    Opened opened = tryOpen(path, files);
    if (opened == null) {
      Path aside = DamagedFiles.setAside(files, path);
      LOG.error(
          "spool: both slots of {} are damaged; it is kept as {}, and that reader begins anew at the"
              + " oldest record kept",
          path,
          aside.getFileName());
      opened = tryOpen(path, files);
    }
    if (opened == null) {
      throw new IOException("spool: " + path + " cannot be made anew");
    }
    return opened;
  }

  private static @Nullable Opened tryOpen(Path path, SpoolFiles files) throws IOException {
    SpoolFile channel = files.open(path);
    files.syncDirectory(path.resolveSibling(""));
    CursorFile file = new CursorFile(channel);
    byte[] newest = null;
    boolean isFirstSave = true;
    boolean isReserved = true;
    for (int slot = 0; slot < 2; slot++) {
      ByteBuffer bytes = slot(channel, slot);
      byte[] payload = payload(bytes);
      // The first save goes to the second slot: torn, it leaves the first one untouched.
      isFirstSave &= slot > 0 || isZero(bytes);
      if (isZero(bytes)) {
        channel.writeFully(ByteBuffer.allocate(SLOT_BYTES), (long) slot * SLOT_BYTES);
        isReserved = false;
      }
      if (payload != null && bytes.getLong(8) > file.turn) {
        file.turn = bytes.getLong(8);
        newest = payload;
      }
    }
    if (newest == null && !isFirstSave) {
      channel.close();
      return null;
    }
    if (!isReserved) {
      // both have their blocks from now on: a disk that is full later takes every save
      channel.force();
    }
    return new Opened(file, newest == null ? null : decode(newest));
  }

  /** What is in a slot; where it cannot be read, what no slot is. */
  private static ByteBuffer slot(SpoolFile channel, int slot) {
    for (int attempt = 1; ; attempt++) {
      ByteBuffer bytes = ByteBuffer.allocate(SLOT_BYTES);
      try {
        channel.readFully(bytes, (long) slot * SLOT_BYTES);
        return bytes.flip();
      } catch (IOException e) {
        if (attempt == SpoolFiles.FAILURES_MAX) {
          LOG.error("spool: a slot of cursors cannot be read: {}", e.getMessage());
          return ByteBuffer.wrap(new byte[] {1});
        }
      }
    }
  }

  private static boolean isZero(ByteBuffer bytes) {
    for (int i = 0; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static byte @Nullable [] payload(ByteBuffer slot) {
    boolean isOne =
        slot.limit() >= HEADER_BYTES && slot.getInt(0) == MAGIC && slot.getInt(4) == VERSION;
    if (!isOne) {
      return null;
    }
    int length = slot.getInt(16);
    if (length < 0 || length > slot.limit() - HEADER_BYTES) {
      return null;
    }
    byte[] payload = new byte[length];
    slot.get(HEADER_BYTES, payload);
    return slot.getInt(20) == crc(slot.getLong(8), payload) ? payload : null;
  }

  private static int crc(long turn, byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(turn).flip());
    crc.update(payload);
    return (int) crc.getValue();
  }

  private static Saved decode(byte[] payload) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
    PerLane<LaneCursor> cursors = PerLane.of(lane -> new LaneCursor(in));
    Map<Lane, Long> ends = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      if (in.available() >= Long.BYTES) {
        ends.put(lane, in.readLong());
      }
    }
    boolean isPaused = in.available() > 0 && in.readByte() == PAUSED;
    return new Saved(cursors, ends, isPaused);
  }

  static byte[] encode(PerLane<LaneCursor> cursors, PerLane<Long> ends, boolean isPaused)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (LaneCursor cursor : cursors) {
        cursor.save(out);
      }
      for (long end : ends) {
        out.writeLong(end);
      }
      if (isPaused) {
        out.writeByte(PAUSED);
      }
    }
    return bytes.toByteArray();
  }

  /**
   * Saves and syncs. After a failure the next one writes the same slot, whole: the other holds what
   * was saved last, and whether the failed one ever reaches the disk is not known.
   */
  void save(byte[] payload) throws IOException {
    if (payload.length > SLOT_BYTES - HEADER_BYTES) {
      throw new IOException("cursors take " + payload.length + " bytes, a slot has fewer");
    }
    long next = turn + 1;
    ByteBuffer slot = ByteBuffer.allocate(HEADER_BYTES + payload.length);
    slot.putInt(MAGIC).putInt(VERSION).putLong(next).putInt(payload.length);
    slot.putInt(crc(next, payload)).put(payload).flip();
    channel.writeFully(slot, (next & 1) * SLOT_BYTES);
    channel.force();
    turn = next;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
