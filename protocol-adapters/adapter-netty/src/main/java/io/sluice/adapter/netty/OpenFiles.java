package io.sluice.adapter.netty;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How many connections the process's limit of open files leaves room for. The rest is for the
 * spool, databases, libraries and the other listeners: a gateway that has no descriptor left can
 * open no segment, and would have to stop acknowledging.
 */
public final class OpenFiles {
  /** Descriptors that connections never take. */
  public static final int RESERVED = 256;

  private OpenFiles() {}

  /** The limit of this process (RLIMIT_NOFILE); the largest int where there is none. */
  public static int limit() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? (int) Math.min(Integer.MAX_VALUE, unix.getMaxFileDescriptorCount())
        : Integer.MAX_VALUE;
  }

  /** Connections at once under a limit; at least one. */
  public static int connections(int wanted, int limit) {
    return limit == Integer.MAX_VALUE ? wanted : Math.clamp(limit - RESERVED, 1, wanted);
  }
}
