package io.sluice.fleet.run;

import io.sluice.api.tls.ClientTls;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What went wrong with Kafka or with the state, in one line for the operator. */
final class KafkaFault {
  private static final int DEPTH_MAX = 16;
  private static final int LENGTH_MAX = 300;

  /** As RocksDB and Java's files have it of the system. */
  private static final String FULL = "No space left on device";

  private static final String ROOM = "the disk of fleet.state is full; make room there. ";
  private static final int PROBE_BYTES = 4_096;

  private KafkaFault() {}

  /**
   * As the other, and why nothing can be written to the state's folder, which Kafka Streams leaves
   * out where it makes a folder there. Writes to the disk.
   */
  static String text(Throwable fault, Path state) {
    String said = text(fault);
    String disk = said.startsWith(ROOM) ? null : unwritable(state);
    if (disk == null) {
      return said;
    }
    return disk.contains(FULL)
        ? ROOM + said
        : "fleet.state cannot be written: " + disk + ". " + said;
  }

  private static @Nullable String unwritable(Path state) {
    try {
      Path probe = Files.createTempFile(Files.createDirectories(state), "probe", null);
      try {
        Files.write(probe, new byte[PROBE_BYTES]);
      } finally {
        Files.deleteIfExists(probe);
      }
      return null;
    } catch (AccessDeniedException e) {
      return line(e) + ": permission denied";
    } catch (FileAlreadyExistsException e) {
      return line(e) + " is no folder";
    } catch (IOException e) {
      return line(e);
    }
  }

  /** The first sentence of it, and what lies beneath where that says more. */
  static String text(Throwable fault) {
    String tls = ClientTls.fault(fault);
    if (tls != null) {
      return tls;
    }
    Throwable innermost = fault;
    for (int depth = 0; innermost.getCause() != null && depth < DEPTH_MAX; depth++) {
      innermost = innermost.getCause();
    }
    String first = line(fault);
    String last = line(innermost);
    String both = first.contains(last) ? first : first + ": " + last;
    if (last.contains(FULL)) {
      both = ROOM + both;
    }
    return both.length() <= LENGTH_MAX ? both : both.substring(0, LENGTH_MAX) + "...";
  }

  private static String line(@Nullable Throwable fault) {
    String message = fault == null ? null : fault.getMessage();
    return message == null || message.isBlank()
        ? String.valueOf(fault)
        : message.lines().findFirst().orElse("").strip();
  }
}
