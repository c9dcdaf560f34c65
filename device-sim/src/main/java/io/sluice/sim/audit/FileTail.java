package io.sluice.sim.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the folder of a file upstream while the gateway writes there, to see when alarms arrive
 * and how many records; looks fifty times a second. What is there when it begins is passed over, as
 * are compressed files.
 */
public final class FileTail implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileTail.class);
  private static final long LOOK_MILLIS = 20;
  private static final int CHUNK_BYTES = 1 << 16;
  private static final byte[] ALARM = "\"alarm\"".getBytes(StandardCharsets.US_ASCII);

  private final Path directory;
  private final AlarmTimes times = new AlarmTimes();
  private final Map<Object, Followed> files = new HashMap<>();
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
  private final AtomicLong records = new AtomicLong();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread thread;

  /** A file by its key, which outlives the renaming at its end. */
  private static final class Followed {
    long offset;
    final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Followed(long offset) {
      this.offset = offset;
    }
  }

  public FileTail(Path directory) throws IOException {
    this.directory = directory;
    look(true);
    thread = Thread.ofPlatform().name("far-end-tail").daemon().start(this::follow);
  }

  /** From an alarm's own time to its being in a file, microseconds. */
  public Histogram alarmLatencies() {
    return times.latencies();
  }

  /** Lines that have come since it follows; below 0 where it could not go on. */
  public long records() {
    return records.get();
  }

  private void follow() {
    try {
      while (!ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        look(false);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      records.set(Long.MIN_VALUE);
      LOG.warn("the far end is not followed any more: {}", e.getMessage());
    }
  }

  private void look(boolean isFirst) throws IOException {
    if (!Files.isDirectory(directory)) {
      return; // the gateway makes it with its first record
    }
    for (Path file : there()) {
      BasicFileAttributes attributes = attributes(file);
      if (attributes == null || attributes.fileKey() == null) {
        continue;
      }
      Followed followed =
          files.computeIfAbsent(
              attributes.fileKey(), key -> new Followed(isFirst ? attributes.size() : 0));
      if (attributes.size() > followed.offset) {
        read(file, followed);
      }
    }
  }

  /** Files that are renamed or removed during the look are met, or not, at the next. */
  private List<Path> there() throws IOException {
    List<Path> there = new ArrayList<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (isPlain(file)) {
              there.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException why) throws IOException {
            if (why instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw why;
          }
        });
    return there;
  }

  private static boolean isPlain(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".jsonl") || name.endsWith(".jsonl.open");
  }

  private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      return null; // renamed since: it is met under its new name
    }
  }

  private void read(Path file, Followed followed) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      int count;
      long come = 0;
      while ((count = channel.read(chunk.clear(), followed.offset)) > 0) {
        followed.offset += count;
        come += lines(chunk.flip(), followed.line);
      }
      records.addAndGet(come);
    } catch (NoSuchFileException e) {
      // renamed since: it is met under its new name
    }
  }

  /** How many lines ended in it. */
  private int lines(ByteBuffer bytes, ByteArrayOutputStream line) {
    int ended = 0;
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next != '\n') {
        line.write(next);
        continue;
      }
      byte[] record = line.toByteArray();
      line.reset();
      ended++;
      if (mentions(record, ALARM)) {
        times.arrived(record);
      }
    }
    return ended;
  }

  /** Few records are alarms: only those that may be are read as JSON. */
  private static boolean mentions(byte[] record, byte[] word) {
    for (int i = 0; i + word.length <= record.length; i++) {
      if (Arrays.equals(record, i, i + word.length, word, 0, word.length)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    ended.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
