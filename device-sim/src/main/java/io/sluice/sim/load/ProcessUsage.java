package io.sluice.sim.load;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process has used so far, from /proc (Linux).
 *
 * @param cpuMicros user and system time
 * @param residentBytes now
 * @param descriptors open now
 */
public record ProcessUsage(long cpuMicros, long residentBytes, long descriptors) {
  // USER_HZ is 100 on every Linux that a JVM runs on
  private static final long MICROS_A_TICK = 10_000;

  /**
   * @throws IOException says so when there is no such process, or no /proc
   */
  public static ProcessUsage of(long pid) throws IOException {
    Path proc = Path.of("/proc", Long.toString(pid));
    if (!Files.isReadable(proc.resolve("stat"))) {
      throw new IOException(
          "no process " + pid + " in /proc; --pid wants one that runs on this machine");
    }
    String stat = Files.readString(proc.resolve("stat"));
    // the name in brackets may hold spaces; utime and stime are fields 14 and 15
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    long resident = 0;
    for (String line : Files.readAllLines(proc.resolve("status"))) {
      if (line.startsWith("VmRSS:")) {
        resident = Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return new ProcessUsage(ticks * MICROS_A_TICK, resident, descriptors(proc));
  }

  private static long descriptors(Path proc) throws IOException {
    try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
      return open.count();
    } catch (AccessDeniedException e) {
      return 0; // another user's process
    }
  }
}
