package io.sluice.cli.doctor;

import io.sluice.api.files.OwnerOnly;
import io.sluice.cli.config.DataDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Whether the data directory may be written, is large enough, and how quickly it syncs. */
public final class DiskChecks {
  private static final int SYNCS = 50;
  private static final int BLOCK_BYTES = 4096;
  private static final double SLOW_MILLIS = 20;
  private static final long MB = 1 << 20;
  private static final String ROOT_SEES_ALL =
      "; whether by the gateway's user, only that user sees (sudo -u sluice)";
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

  private final Path data;

  /**
   * @param data the data directory; what is missing of it would be made
   */
  public DiskChecks(Path data) {
    this.data = data;
  }

  /** Whether a gateway holds the data directory at this moment. */
  public boolean isInUse() {
    return DataDirectory.isInUse(data);
  }

  /** Who may look into the data directory; whether a gateway has it. */
  public Finding privacy() {
    Path there = existing();
    try {
      if (there.equals(data.toAbsolutePath().normalize()) && OwnerOnly.isOpenToOthers(there)) {
        return Finding.warn(
            "privacy", "other users of this machine may look into " + data, "chmod 700 " + data);
      }
    } catch (IOException e) {
      return Finding.warn("privacy", there + ": " + e.getMessage(), "look by ls -ld " + data);
    }
    return Finding.ok(
        "privacy",
        data + (isInUse() ? " is in use by a gateway, for" : " is for") + " its user only");
  }

  public Finding permissions() {
    Path there = existing();
    String user = System.getProperty("user.name");
    if (Files.isDirectory(there) && Files.isWritable(there)) {
      return Finding.ok(
          "permissions",
          data + " can be written by " + user + (user.equals("root") ? ROOT_SEES_ALL : ""));
    }
    return Finding.fail(
        "permissions",
        data + " cannot be written by " + user,
        Files.isDirectory(there)
            ? "chown it to the gateway's user"
            : there + " is no directory; name another as gateway.data");
  }

  /** Acknowledgements wait for this. */
  public Finding speed() {
    Path there = existing();
    Path probe = there.resolve(".sluice-doctor-" + ProcessHandle.current().pid());
    long[] nanos = new long[SYNCS];
    try {
      try (FileChannel channel =
          FileChannel.open(probe, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        for (int i = 0; i < SYNCS; i++) {
          long from = System.nanoTime();
          channel.write(block.clear(), 0);
          channel.force(false);
          nanos[i] = System.nanoTime() - from;
        }
      } finally {
        Files.deleteIfExists(probe);
      }
    } catch (IOException e) {
      return Finding.fail(
          "disk speed",
          there + " cannot be written: " + e.getMessage(),
          "let the gateway's user write there");
    }
    Arrays.sort(nanos);
    double median = nanos[SYNCS / 2] / 1e6;
    return speed(median, nanos[SYNCS - 1] / 1e6);
  }

  public static Finding speed(double medianMillis, double worstMillis) {
    String found =
        String.format(
            Locale.ROOT,
            "fdatasync of 4 KB takes %.1f ms, %.1f at the most: an acknowledgement takes no less",
            medianMillis,
            worstMillis);
    return medianMillis <= SLOW_MILLIS
        ? Finding.ok("disk speed", found)
        : Finding.warn(
            "disk speed", found, "put gateway.data on an SSD; SD cards and network disks are slow");
  }

  /**
   * @param boundBytes what the spool may take in all
   */
  public Finding space(long boundBytes) {
    Path there = existing();
    if (IN_MEMORY.contains(type(there))) {
      return Finding.warn(
          "disk space",
          data + " is in memory (" + type(there) + ")",
          "put gateway.data on a disk, or nothing outlives a power cut");
    }
    try {
      return space(there.toFile().getUsableSpace() + spoolBytes(), boundBytes);
    } catch (IOException e) {
      return Finding.warn("disk space", "unknown: " + e.getMessage(), "look by df " + data);
    }
  }

  /** Empty where the system does not say, as below another root directory. */
  private static String type(Path there) {
    try {
      return Files.getFileStore(there).type();
    } catch (IOException e) {
      return "";
    }
  }

  public static Finding space(long freeBytes, long boundBytes) {
    String found =
        "%d MB free, the spool may take %d MB".formatted(freeBytes / MB, boundBytes / MB);
    return freeBytes >= boundBytes
        ? Finding.ok("disk space", found)
        : Finding.warn(
            "disk space", found, "make room, or lower spool.max-bytes and spool.dead-letter-bytes");
  }

  /** What the spool has already is not missing. */
  private long spoolBytes() throws IOException {
    Path spool = data.resolve("spool");
    if (!Files.isDirectory(spool)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(spool)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private Path existing() {
    Path there = data.toAbsolutePath().normalize();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return there;
  }
}
