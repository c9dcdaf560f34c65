package io.sluice.sim.net;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many connections the limit of open files leaves room for. Who gets no place stays away and
 * tries again later: the process itself never runs into its limit. Safe for use by any thread.
 */
public final class FileLimit {
  /** Descriptors that the simulator itself needs, libraries and files included. */
  public static final long OWN = 200;

  private final long limit;
  private final AtomicLong left;

  private FileLimit(long limit, long taken) {
    this.limit = limit;
    this.left = new AtomicLong(Math.max(0, limit - OWN - taken));
  }

  /**
   * What this process may open.
   *
   * @param taken what else is opened: sockets of CoAP, say
   */
  public static FileLimit ofThisProcess(long taken) {
    return new FileLimit(limit(), taken);
  }

  /** The limit of this process; very many where the system has none. */
  public static long limit() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }

  /** Takes a place, if there is one. */
  public boolean take() {
    if (left.decrementAndGet() >= 0) {
      return true;
    }
    left.incrementAndGet();
    return false;
  }

  /** Gives a place back. */
  public void give() {
    left.incrementAndGet();
  }

  /** What to say to who gets none. */
  public String remedy() {
    return "no connection, as the limit of open files is " + limit + "; raise it with ulimit -n";
  }
}
