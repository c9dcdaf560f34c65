package io.sluice.api.fleet;

import io.sluice.api.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which gateways run, so that no two run with one id. Times are the database's. Thread-safe; blocks
 * on the network.
 */
public interface GatewayLeases {
  /**
   * One run of a gateway.
   *
   * @param id of the gateway
   * @param instance another at each start
   * @param place the box, {@link #BOOT}, and which boot of it: the same when a gateway starts again
   *     there, another after the machine has booted and for a copy of the box
   * @param host as people know it
   * @param region that it is configured with, or null
   * @param version of the program
   * @param address of its admin listener, or empty
   */
  record Run(
      String id,
      UUID instance,
      String place,
      String host,
      @Nullable String region,
      String version,
      String address) {
    /** Divides a place: before its last one stands the box. */
    public static final char BOOT = '@';

    /** Whether a place is of this box, be it before its last boot, or of a copy of it. */
    public boolean isOfSameBox(String otherPlace) {
      return box(place).equals(box(otherPlace));
    }

    private static String box(String place) {
      int end = place.lastIndexOf(BOOT);
      return end < 0 ? place : place.substring(0, end);
    }
  }

  /** The answer to {@link #hold}. */
  sealed interface Verdict {}

  /**
   * The run has the id until its lease is over.
   *
   * @param databaseMicros the database's time then, microseconds since the epoch
   */
  record Held(long databaseMicros) implements Verdict {}

  /** Another run has the id, and its lease is not over. */
  record HeldByAnother(GatewayRow other) implements Verdict {}

  /**
   * A gateway as the fleet knows it.
   *
   * @param startedMicros microseconds since the epoch, as each time here
   * @param seenMicros when it was heard of last
   * @param running whether its lease is not over
   * @param clockOffsetMillis its own clock less the database's, or null: not measured
   */
  record GatewayRow(
      String id,
      UUID instance,
      String host,
      String place,
      @Nullable String region,
      String version,
      String address,
      long startedMicros,
      long seenMicros,
      boolean running,
      @Nullable Long clockOffsetMillis) {}

  /**
   * Takes the id of a gateway, or keeps it, for so long.
   *
   * @param starts whether the run has only begun: then it takes over from an earlier one of its own
   *     place
   * @param clockOffsetMillis the box's clock less the database's as measured last, or null
   * @throws StoreUnavailableException where the database cannot be asked
   */
  Verdict hold(Run run, Duration lease, boolean starts, @Nullable Long clockOffsetMillis);

  /**
   * Ends the lease of a run that stops. Does nothing where it has none.
   *
   * @throws StoreUnavailableException where the database cannot be asked
   */
  void release(Run run);

  /**
   * Gateways in the order of their ids.
   *
   * @param after the id before the first, or empty
   * @throws StoreUnavailableException where the database cannot be asked
   */
  List<GatewayRow> list(String after, int limit);
}
