package io.sluice.adapter.testkit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A small ext4 in a file, mounted: a disk that is full, read-only or without power when a test
 * wants it. Needs root and loop devices.
 */
public final class LoopDisk implements AutoCloseable {
  /** {@code EXT4_IOC_SHUTDOWN}, {@code _IOR('X', 125, __u32)}. */
  private static final long SHUTDOWN = 0x8004587dL;

  private static final int NO_LOG_FLUSH = 2;
  private static final int READ_ONLY_DIRECTORY = 0x10000;

  private final Path image;
  private final Path mount;

  private LoopDisk(Path image, Path mount) {
    this.image = image;
    this.mount = mount;
  }

  /**
   * Makes and mounts one.
   *
   * @throws IOException where that is not permitted; the message is the tool's
   */
  public static LoopDisk make(Path directory, int megabytes) throws IOException {
    LoopDisk disk =
        new LoopDisk(
            directory.resolve("disk.img"), Files.createDirectories(directory.resolve("disk")));
    try (RandomAccessFile file = new RandomAccessFile(disk.image.toFile(), "rw")) {
      file.setLength((long) megabytes << 20);
    }
    run("mkfs.ext4", "-q", "-F", "-m", "0", disk.image.toString());
    disk.mount();
    return disk;
  }

  public Path root() {
    return mount;
  }

  public void mount() throws IOException {
    run("mount", "-o", "loop", image.toString(), mount.toString());
  }

  public void unmount() throws IOException {
    run("umount", mount.toString());
  }

  /** As a kernel does it that found an error: for good, until it is mounted anew. */
  public void remountReadOnly() throws IOException {
    run("mount", "-o", "remount,abort", mount.toString());
  }

  /** Nothing below may be changed, open or not; or it may again. */
  public void freeze(boolean isFrozen) throws IOException {
    run("chattr", "-R", isFrozen ? "+i" : "-i", mount.resolve("spool").toString());
  }

  /** Takes what is left of the disk. */
  public Path fill() throws IOException {
    Path ballast = mount.resolve("ballast");
    try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
      for (int chunk = 1 << 20; chunk >= 512; ) {
        chunk = append(file, chunk) ? chunk : chunk / 2;
      }
    }
    return ballast;
  }

  private static boolean append(RandomAccessFile file, int bytes) {
    try {
      file.write(new byte[bytes]);
      return true;
    } catch (IOException e) {
      return false; // full: a smaller piece may fit
    }
  }

  /** The power goes: what was not synced never reaches the image. */
  @SuppressWarnings("restricted") // the C library: Java has no ioctl
  public void cutPower() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Linker linker = Linker.nativeLinker();
      var open =
          linker.downcallHandle(
              linker.defaultLookup().find("open").orElseThrow(),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
      var ioctl =
          linker.downcallHandle(
              linker.defaultLookup().find("ioctl").orElseThrow(),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS),
              Linker.Option.firstVariadicArg(2));
      MemorySegment path = arena.allocateFrom(mount.toString(), StandardCharsets.UTF_8);
      MemorySegment flags = arena.allocate(ValueLayout.JAVA_INT);
      flags.set(ValueLayout.JAVA_INT, 0, NO_LOG_FLUSH);
      int descriptor = (int) open.invokeExact(path, READ_ONLY_DIRECTORY);
      int done = (int) ioctl.invokeExact(descriptor, SHUTDOWN, flags);
      var close =
          linker.downcallHandle(
              linker.defaultLookup().find("close").orElseThrow(),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      int closed = (int) close.invokeExact(descriptor);
      if (descriptor < 0 || done != 0 || closed != 0) {
        throw new IOException("ext4 does not shut down: " + done);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) { // what a method handle may throw
      throw new IOException("ext4 does not shut down", e);
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    run("umount", "-l", mount.toString());
  }
}
