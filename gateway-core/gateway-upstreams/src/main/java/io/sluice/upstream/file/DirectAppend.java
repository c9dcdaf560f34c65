package io.sluice.upstream.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Appends large batches past the kernel's page cache (O_DIRECT). A batch is synced at once, so that
 * a copy of it in the cache spares nothing, while making, filling and writing back its pages costs
 * the processor more than encoding its records. Whole blocks of the file go this way; what lies
 * before the first and behind the last goes the ordinary way. One for all files of an upstream, as
 * its buffer is large. Not thread-safe.
 */
final class DirectAppend {
  /** Smaller batches are not worth three writes instead of one. */
  static final int LEAST_BYTES = 256 << 10;

  /** Of one write. */
  private static final int BUFFER_BYTES = 2 << 20;

  /** Those that are known to keep both ways consistent. */
  private static final Set<String> FILE_SYSTEMS = Set.of("ext4", "xfs");

  private static final int BLOCK_BYTES_MAX = 64 << 10;

  /** The JDK's own option, of module jdk.unsupported; null where that is not there. */
  private static final @Nullable OpenOption DIRECT = option();

  private @Nullable ByteBuffer buffer;

  private static @Nullable OpenOption option() {
    try {
      // by its name, since javac warns of each mention, and no annotation stills that
      Object[] options = Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
      for (Object each : options == null ? new Object[0] : options) {
        if (each.toString().equals("DIRECT") && each instanceof OpenOption option) {
          return option;
        }
      }
      return null;
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  /** A file's channel of this kind, for {@link #append}. */
  record Blocks(FileChannel channel, int bytes) {}

  /**
   * Opens a file so.
   *
   * @return null where its file system, or this machine, does not offer it
   */
  @Nullable Blocks open(Path file) throws IOException {
    FileStore store = Files.getFileStore(file);
    long block = store.getBlockSize();
    if (DIRECT == null
        || !FILE_SYSTEMS.contains(store.type())
        || block > BLOCK_BYTES_MAX
        || Long.bitCount(block) != 1) {
      return null;
    }
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS, DIRECT);
      return new Blocks(channel, (int) block);
    } catch (UnsupportedOperationException e) {
      return null;
    }
  }

  /**
   * Appends to a file that ends at a known place.
   *
   * @param ordinary the same file, opened to append
   * @param length of the file now
   */
  void append(FileChannel ordinary, Blocks blocks, long length, byte[] from, int count)
      throws IOException {
    int block = blocks.bytes();
    int head = (int) (-length & (block - 1));
    int end = head + (count - head) / block * block;
    write(ordinary, from, 0, head);
    ByteBuffer aligned = aligned(block);
    for (int at = head; at < end; at += aligned.limit()) {
      aligned.clear().limit(Math.min(aligned.capacity(), end - at));
      aligned.put(from, at, aligned.limit()).flip();
      while (aligned.hasRemaining()) {
        blocks.channel().write(aligned);
      }
    }
    write(ordinary, from, end, count);
  }

  private static void write(FileChannel to, byte[] from, int start, int end) throws IOException {
    ByteBuffer part = ByteBuffer.wrap(from, start, end - start);
    while (part.hasRemaining()) {
      to.write(part);
    }
  }

  private ByteBuffer aligned(int block) {
    ByteBuffer known = buffer;
    if (known == null || known.alignmentOffset(0, block) != 0) {
      known = ByteBuffer.allocateDirect(BUFFER_BYTES + block).alignedSlice(block);
      buffer = known;
    }
    return known.clear().limit(known.capacity() / block * block).slice();
  }
}
