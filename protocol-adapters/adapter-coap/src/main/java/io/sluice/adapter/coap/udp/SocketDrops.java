package io.sluice.adapter.coap.udp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Datagrams that the kernel dropped since a receive buffer was full, of our own UDP sockets on one
 * port: the last column of {@code /proc/net/udp} and {@code udp6} (man 5 proc). Counts nothing
 * where there is no such file. Not thread-safe.
 */
public final class SocketDrops {
  private static final Logger log = LoggerFactory.getLogger(SocketDrops.class);
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");
  private static final int LOCAL_ADDRESS = 1;
  private static final int INODE = 9;
  private static final int DROPS = 12;

  private final String port;
  private final IntSupplier changes;
  private final Set<String> inodes = new HashSet<>();
  private int seenChanges;
  private long reported;

  /**
   * Of the sockets that are open on this port.
   *
   * @param changes rises when there are others than before
   */
  public SocketDrops(int port, IntSupplier changes) {
    this.port = String.format(Locale.ROOT, ":%04X", port);
    this.changes = changes;
    find();
  }

  private void find() {
    seenChanges = changes.getAsInt();
    inodes.clear();
    Set<String> own = ownSockets();
    for (String[] row : rows()) {
      if (own.contains("socket:[" + row[INODE] + "]")) {
        inodes.add(row[INODE]);
      }
    }
  }

  /** How many since the last call. */
  public long more() {
    if (changes.getAsInt() != seenChanges) {
      find();
    }
    long sum = 0;
    for (String[] row : rows()) {
      if (inodes.contains(row[INODE])) {
        sum += Long.parseLong(row[DROPS]);
      }
    }
    long more = Math.max(0, sum - reported);
    reported = sum;
    return more;
  }

  private List<String[]> rows() {
    return TABLES.stream()
        .filter(Files::isReadable)
        .flatMap(table -> lines(table).stream())
        .map(line -> line.strip().split("\\s+"))
        .filter(row -> row.length > DROPS && row[LOCAL_ADDRESS].endsWith(port))
        .toList();
  }

  private static List<String> lines(Path table) {
    try {
      return Files.readAllLines(table, StandardCharsets.US_ASCII);
    } catch (IOException unreadable) {
      log.debug("coap: {} cannot be read", table, unreadable);
      return List.of();
    }
  }

  private static Set<String> ownSockets() {
    Set<String> sockets = new HashSet<>();
    if (Files.isDirectory(OPEN_FILES)) {
      try (DirectoryStream<Path> open = Files.newDirectoryStream(OPEN_FILES)) {
        for (Path file : open) {
          target(file, sockets);
        }
      } catch (IOException | UncheckedIOException unreadable) {
        log.debug("coap: {} cannot be read", OPEN_FILES, unreadable);
      }
    }
    return sockets;
  }

  private static void target(Path file, Set<String> sockets) {
    try {
      sockets.add(Files.readSymbolicLink(file).toString());
    } catch (IOException closed) {
      log.trace("coap: {} is closed meanwhile", file, closed);
    }
  }
}
