package io.sluice.upstream.mqtt;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the kernel has of a TCP connection that the peer has not acknowledged, as Linux tells it in
 * {@code /proc/net/tcp} (proc(5)): Java has no way to ask the socket itself.
 */
final class SocketQueue {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final String ESTABLISHED = "01";

  private SocketQueue() {}

  /** 0 where the system does not tell. */
  static long unacknowledgedBytes(SocketAddress local) {
    if (!(local instanceof InetSocketAddress address)) {
      return 0;
    }
    String port = String.format(Locale.ROOT, ":%04X", address.getPort());
    for (Path table : TABLES) {
      try (Stream<String> lines = Files.lines(table, StandardCharsets.US_ASCII)) {
        long bytes =
            lines
                .map(line -> line.strip().split("\\s+", 6))
                .filter(fields ->
                    fields.length == 6 && fields[1].endsWith(port) && fields[3].equals(ESTABLISHED))
                .mapToLong(fields -> Long.parseLong(fields[4].substring(0, 8), 16))
                .max()
                .orElse(0);
        if (bytes > 0) {
          return bytes;
        }
      } catch (IOException | java.io.UncheckedIOException e) {
        return 0; // not Linux, or not readable here: then only answers are signs of life
      }
    }
    return 0;
  }
}
