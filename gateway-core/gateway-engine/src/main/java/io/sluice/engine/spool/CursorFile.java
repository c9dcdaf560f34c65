package io.sluice.engine.spool;

import io.sluice.api.Lane;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The cursors and the ledger of one reader on disk: two slots of 16 KiB, written in turn, so that a
 * torn write leaves the one before. The valid slot of the higher turn counts.
 *
 * <pre>
 * slot:  magic "SCUR" 4 | version 4 | turn 8 | length 4 | CRC-32C of turn and payload 4 | payload
 * </pre>
 */
final class CursorFile implements AutoCloseable {
  private static final int MAGIC = 0x53435552;
  private static final int VERSION = 1;
  private static final int SLOT_BYTES = 16 << 10;
  private static final int HEADER_BYTES = 24;

  private final FileChannel channel;
  private long turn;

  private CursorFile(FileChannel channel) {
    this.channel = channel;
  }

  /** What is saved, or null where the file is new. */
  record Opened(CursorFile file, @Nullable Map<Lane, LaneCursor> cursors) {}

  static Opened open(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    SpoolFiles.syncDirectory(path.toAbsolutePath().getParent());
    CursorFile file = new CursorFile(channel);
    byte[] newest = null;
    boolean isFirstSave = true;
    for (int slot = 0; slot < 2; slot++) {
      ByteBuffer bytes = ByteBuffer.allocate(SLOT_BYTES);
      channel.read(bytes, (long) slot * SLOT_BYTES);
      byte[] payload = payload(bytes.flip());
      // The first save goes to the second slot: torn, it leaves the first one untouched.
      isFirstSave &= slot > 0 || isZero(bytes);
      if (payload != null && bytes.getLong(8) > file.turn) {
        file.turn = bytes.getLong(8);
        newest = payload;
      }
    }
    if (newest == null && !isFirstSave) {
      channel.close();
      throw new IOException(
          "spool: both slots of " + path + " are damaged; delete it to begin anew");
    }
    return new Opened(file, newest == null ? null : decode(newest));
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

  private static Map<Lane, LaneCursor> decode(byte[] payload) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
    Map<Lane, LaneCursor> cursors = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      cursors.put(lane, new LaneCursor(in));
    }
    return cursors;
  }

  static byte[] encode(Map<Lane, LaneCursor> cursors) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (Lane lane : Lane.values()) {
        cursors.get(lane).save(out);
      }
    }
    return bytes.toByteArray();
  }

  /** Saves and syncs. */
  void save(byte[] payload) throws IOException {
    if (payload.length > SLOT_BYTES - HEADER_BYTES) {
      throw new IOException("cursors take " + payload.length + " bytes, a slot has fewer");
    }
    turn++;
    ByteBuffer slot = ByteBuffer.allocate(HEADER_BYTES + payload.length);
    slot.putInt(MAGIC).putInt(VERSION).putLong(turn).putInt(payload.length);
    slot.putInt(crc(turn, payload)).put(payload).flip();
    long at = (turn & 1) * SLOT_BYTES;
    while (slot.hasRemaining()) {
      at += channel.write(slot, at);
    }
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
