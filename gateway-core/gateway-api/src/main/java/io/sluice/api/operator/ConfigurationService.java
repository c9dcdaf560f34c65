package io.sluice.api.operator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files that the gateway runs by, and reading them anew while it runs. Thread-safe; waits for
 * the disk, and for upstreams and sources that end.
 */
public interface ConfigurationService {
  /** How the configuration stands. */
  Standing standing();

  /**
   * Reads all files anew, checks them as a start does, and takes over what changed: all of it, or
   * nothing where anything has a fault. What did not change goes on undisturbed.
   *
   * @param who for the audit log
   * @param from transport address of whoever asks, or null
   * @param dryRun tells what would change, and changes nothing
   */
  Reload reload(String who, @Nullable String from, boolean dryRun);

  /**
   * @param version 1 at the start, one more with each reload that changed anything
   * @param sha256 over the contents of all files, in hexadecimal digits: two gateways with the same
   *     have been told the same. Null where a file was changed while the gateway read it, until it
   *     is read again
   * @param loadedMicros since when, microseconds since the epoch
   * @param applied reloads that changed something, since the start
   * @param unchanged reloads that found nothing new
   * @param refused reloads that found faults
   * @param restart keys that were changed and take effect with a restart
   * @param lastRefusal what the latest reload found wrong; null where it was not refused
   */
  record Standing(
      long version,
      @Nullable String sha256,
      long loadedMicros,
      long applied,
      long unchanged,
      long refused,
      List<String> restart,
      @Nullable Refusal lastRefusal) {}

  /**
   * @param atMicros microseconds since the epoch
   * @param faults the first of them, each as {@code FILE:LINE:COL: path: what is wrong; what to do}
   */
  record Refusal(long atMicros, List<String> faults) {}

  /** What became of a reload. */
  enum Result {
    /** What changed holds now. */
    APPLIED,
    /** Nothing was changed. */
    UNCHANGED,
    /** Only looked: what would change is told. */
    CHECKED,
    /** Something is wrong: all is as before. */
    REFUSED,
    /** Another reload is under way: nothing was read. */
    BUSY
  }

  /**
   * @param version of the configuration that holds now
   * @param sha256 of that one; null where it is not known
   * @param changes one line each, such as {@code upstream cloud changed}
   * @param restart keys that take effect with a restart
   * @param faults each as {@code FILE:LINE:COL: path: what is wrong; what to do}
   * @param warnings what is taken all the same
   */
  record Reload(
      Result result,
      long version,
      @Nullable String sha256,
      List<String> changes,
      List<String> restart,
      List<String> faults,
      List<String> warnings) {}
}
