package io.sluice.engine.audit;

import io.sluice.api.files.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of the audit log: {@code audit-000000000001.jsonl}, named by the number of the
 * first line; {@code torn-000000000009.part}, what a crash left of the line of that number. All
 * belong to the gateway's user alone.
 */
public final class AuditFiles {
  private static final Pattern LOG = Pattern.compile("audit-([0-9]{12,15})\\.jsonl");
  private static final Pattern TORN = Pattern.compile("torn-([0-9]{12,15})\\.part");

  private AuditFiles() {}

  /**
   * The files of the log, the oldest first.
   *
   * @throws IOException where there is no such directory; the message names it
   */
  public static List<Path> list(Path directory) throws IOException {
    return list(directory, LOG);
  }

  private static List<Path> list(Path directory, Pattern name) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      // by number: a name with more digits is later than any with fewer
      List<Path> found = new ArrayList<>(all.filter(file -> number(file, name) > 0).toList());
      found.sort((a, b) -> Long.compare(number(a, name), number(b, name)));
      return found;
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw new IOException(directory + ": there is no such directory; check the path", e);
    }
  }

  private static long number(Path file, Pattern name) {
    Matcher matcher = name.matcher(file.getFileName().toString());
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }

  /**
   * The number in the name, which is that of the file's first line; -1 where the name is not ours.
   */
  static long firstSeq(Path file) {
    return number(file, LOG);
  }

  static Path log(Path directory, long firstSeq) {
    return directory.resolve("audit-%012d.jsonl".formatted(firstSeq));
  }

  /** Makes the directory, readable by its owner alone, where there is none. */
  static void createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectories(directory, OwnerOnly.directory(directory));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(directory + ": is no directory; move it away", e);
    }
  }

  /** Opens a file for appending, private to its owner where it is new. */
  static FileChannel append(Path file) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    boolean isNew = !Files.exists(file);
    FileChannel channel = FileChannel.open(file, options, OwnerOnly.file(file));
    if (isNew) {
      syncDirectory(file);
    }
    return channel;
  }

  /** Keeps what is left of a line; a later rest of the same line replaces it. */
  static Path setAside(Path directory, long seq, byte[] rest) throws IOException {
    Path file = directory.resolve("torn-%012d.part".formatted(seq));
    Files.deleteIfExists(file);
    try (FileChannel channel = append(file)) {
      channel.write(ByteBuffer.wrap(rest));
      channel.force(true);
    }
    return file;
  }

  /**
   * Deletes a file of the log, and what was set aside before the line that the log now begins with.
   */
  static void delete(Path file, long nowFirstSeq) throws IOException {
    Files.deleteIfExists(file);
    Path directory = file.toAbsolutePath().resolveSibling("");
    for (Path torn : list(directory, TORN)) {
      if (number(torn, TORN) < nowFirstSeq) {
        Files.deleteIfExists(torn);
      }
    }
    syncDirectory(file);
  }

  /** The first line of a file, or null where it has none. */
  static @Nullable AuditLine firstLine(Path file) throws IOException {
    byte[] start;
    try (var in = Files.newInputStream(file)) {
      start = in.readNBytes(AuditLine.MAX_BYTES + 1);
    }
    int end = 0;
    while (end < start.length && start[end] != '\n') {
      end++;
    }
    return end == start.length ? null : AuditLine.parse(start, 0, end);
  }

  /** A file's name is durable only when its directory is synced. */
  private static void syncDirectory(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null && isPosix(directory)) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static boolean isPosix(Path place) {
    return place.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
