package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.Response;
import io.sluice.adapter.netty.SparseLog;
import io.sluice.api.files.OwnerOnly;
import io.sluice.api.health.Guarded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps on disk what {@link IdempotencyKeys} knows, so that a restart does not forget it: written
 * before the answer, by a thread of its own that is there while something is to be written. It is
 * not forced to the disk: the end of the process loses nothing, that of the machine some seconds.
 *
 * <p>Files of some thousand entries are written one after the other, and the oldest is removed when
 * those behind it hold as much as is to be remembered. There is no file before the first key.
 * Thread-safe.
 */
final class IdempotencyJournal implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(IdempotencyJournal.class);
  private static final SparseLog FAULTS = new SparseLog(LOG, HttpOptions.PROTOCOL);
  private static final Guarded WRITES = Guarded.of("idempotency-journal");

  private static final String SUFFIX = ".keys";
  private static final int HEAD_BYTES = 2 * Integer.BYTES;

  /** Longer than any answer that is remembered. */
  private static final int MAX_ENTRY_BYTES = 16 << 20;

  /** So many files hold what is to be remembered. */
  private static final int SHARE = 4;

  private static final long CLOSE_SECONDS = 5;

  /**
   * One key as it is kept.
   *
   * @param beganMillis since the epoch
   * @param stored places of messages that are stored
   * @param response null where the request was not served whole
   */
  record Kept(
      IdempotencyKeys.Key key,
      long fingerprint,
      long beganMillis,
      BitSet stored,
      @Nullable Response response) {}

  private record Waiting(Kept kept, Runnable then) {}

  /** One file that is written no more, or now. */
  private static final class Segment {
    private final Path file;
    private long bytes;
    private int entries;

    private Segment(Path file) {
      this.file = file;
    }
  }

  private final Path folder;
  private final ThreadPoolExecutor writer;
  private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isWoken = new AtomicBoolean();

  // Of one thread at a time: that which opens it, then the writer's.
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();
  private @Nullable FileChannel channel;
  private long number;
  private volatile int maxKeys = Integer.MAX_VALUE;

  private IdempotencyJournal(Path folder) {
    this.folder = folder;
    this.writer =
        new ThreadPoolExecutor(
            0,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("idempotency-journal").factory());
  }

  /**
   * Reads what an earlier process has kept. What of it cannot be read is left out, and said.
   *
   * @param known told of each entry, in the order in which they were written
   */
  static IdempotencyJournal open(Path folder, Consumer<Kept> known) {
    IdempotencyJournal journal = new IdempotencyJournal(folder);
    try {
      journal.read(known);
    } catch (IOException e) {
      LOG.warn("http: idempotency keys of before are not known: {}", e.toString());
    }
    return journal;
  }

  private void read(Consumer<Kept> known) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
    for (Path file : files) {
      Segment segment = new Segment(file);
      byte[] bytes = Files.readAllBytes(file);
      int at = 0;
      while (at < bytes.length) {
        Kept kept = entry(bytes, at);
        if (kept == null) {
          // the end of a process while it wrote, or a disk's fault
          LOG.warn("http: {} cannot be read from byte {} on; those keys are forgotten", file, at);
          break;
        }
        known.accept(kept);
        at += HEAD_BYTES + ByteBuffer.wrap(bytes).getInt(at);
        segment.entries++;
      }
      segment.bytes = bytes.length;
      segments.add(segment);
      number = Math.max(number, number(file));
    }
  }

  private static long number(Path file) {
    String name = String.valueOf(file.getFileName());
    String digits = name.substring(0, name.length() - SUFFIX.length());
    return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : 0;
  }

  private static @Nullable Kept entry(byte[] bytes, int at) {
    if (bytes.length - at < HEAD_BYTES) {
      return null;
    }
    ByteBuffer head = ByteBuffer.wrap(bytes, at, HEAD_BYTES);
    int length = head.getInt();
    int sum = head.getInt();
    int from = at + HEAD_BYTES;
    if (length <= 0 || length > bytes.length - from || sum(bytes, from, length) != sum) {
      return null;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, from, length))) {
      IdempotencyKeys.Key key = new IdempotencyKeys.Key(in.readLong(), in.readLong());
      long fingerprint = in.readLong();
      long began = in.readLong();
      BitSet stored = BitSet.valueOf(in.readNBytes(in.readInt()));
      return new Kept(key, fingerprint, began, stored, in.readBoolean() ? response(in) : null);
    } catch (IOException e) {
      return null; // of another version
    }
  }

  private static Response response(DataInputStream in) throws IOException {
    int status = in.readUnsignedShort();
    String type = in.readBoolean() ? in.readUTF() : null;
    byte[] body = in.readNBytes(in.readInt());
    List<String> fields = new ArrayList<>();
    for (int left = in.readUnsignedShort(); left > 0; left--) {
      fields.add(in.readUTF());
    }
    return new Response(status, type, body, fields, false);
  }

  private static int sum(byte[] bytes, int from, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, from, length);
    return (int) sum.getValue();
  }

  private static byte[] bytes(Kept kept) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(64);
    try (DataOutputStream out = new DataOutputStream(body)) {
      out.writeLong(kept.key().high());
      out.writeLong(kept.key().low());
      out.writeLong(kept.fingerprint());
      out.writeLong(kept.beganMillis());
      byte[] places = kept.stored().toByteArray();
      out.writeInt(places.length);
      out.write(places);
      Response response = kept.response();
      out.writeBoolean(response != null);
      if (response != null) {
        out.writeShort(response.status());
        String type = response.contentType();
        out.writeBoolean(type != null);
        if (type != null) {
          out.writeUTF(type);
        }
        out.writeInt(response.body().length);
        out.write(response.body());
        out.writeShort(response.fields().size());
        for (String field : response.fields()) {
          out.writeUTF(field);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory
    }
    byte[] plain = body.toByteArray();
    return ByteBuffer.allocate(HEAD_BYTES + plain.length)
        .putInt(plain.length)
        .putInt(sum(plain, 0, plain.length))
        .put(plain)
        .array();
  }

  /**
   * Writes an entry. Never blocks; as many wait as requests are in hand.
   *
   * @param keys how many are to be remembered
   * @param then run on another thread when it is written, or could not be
   */
  void write(Kept kept, int keys, Runnable then) {
    maxKeys = keys;
    waiting.add(new Waiting(kept, then));
    if (isWoken.compareAndSet(false, true)) {
      try {
        writer.execute(WRITES.task(this::writeAll));
      } catch (RejectedExecutionException closed) {
        LOG.debug("http: closed, and idempotency keys still come", closed);
        writeAll();
      }
    }
  }

  private void writeAll() {
    isWoken.set(false);
    List<Waiting> all = new ArrayList<>();
    for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
      all.add(next);
    }
    try {
      write(all);
    } catch (IOException | RuntimeException e) {
      closeFile();
      FAULTS.warn(
          "journal",
          "idempotency keys cannot be kept in " + folder + ": a restart forgets them: " + e);
    } finally {
      all.forEach(each -> each.then().run());
    }
  }

  private void write(List<Waiting> all) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int entries = 0;
    for (Waiting each : all) {
      byte[] bytes = bytes(each.kept());
      if (bytes.length <= MAX_ENTRY_BYTES) {
        out.writeBytes(bytes);
        entries++;
      }
    }
    FileChannel file = file();
    ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray());
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
    Segment now = segments.getLast();
    now.bytes += out.size();
    now.entries += entries;
    if (now.entries >= Math.max(1, maxKeys / SHARE)
        || now.bytes >= IdempotencyKeys.MAX_BYTES / SHARE) {
      closeFile();
      removeOld();
    }
  }

  private FileChannel file() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder, OwnerOnly.directory(folder));
      }
      Path file = folder.resolve("%018d%s".formatted(++number, SUFFIX));
      open =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              OwnerOnly.file(file));
      channel = open;
      segments.add(new Segment(file));
    }
    return open;
  }

  private void removeOld() throws IOException {
    long entries = 0;
    long bytes = 0;
    Set<Segment> kept = new HashSet<>();
    for (var newest = segments.descendingIterator(); newest.hasNext(); ) {
      Segment each = newest.next();
      if (entries < maxKeys && bytes < IdempotencyKeys.MAX_BYTES) {
        kept.add(each);
      } else {
        Files.deleteIfExists(each.file);
      }
      entries += each.entries;
      bytes += each.bytes;
    }
    segments.removeIf(each -> !kept.contains(each));
  }

  private void closeFile() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        FAULTS.warn("journal", "the file of idempotency keys was not closed: " + e);
      }
    }
  }

  /** Writes what waits. */
  @Override
  public void close() {
    writer.execute(WRITES.task(this::closeFile));
    writer.shutdown();
    try {
      if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        FAULTS.warn("journal", "the disk does not take idempotency keys: a restart forgets some");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
