package io.sluice.app.process;

/**
 * Fits the serial collector's heap to the load. By itself it keeps the young generation that it
 * began with: one that is small enough for an idle gateway overflows under load, and what is only
 * in flight is moved to the old generation, which grows up to the heap's bound before it is
 * collected. A quarter to a half of the throughput was lost to that. So:
 *
 * <ul>
 *   <li>Where young collections follow each other fast, the heap is collected once with much room
 *       in the old generation, of which the young one is a share ({@code NewRatio}). Room costs
 *       nothing until it is used.
 *   <li>In a quiet minute it is collected with little room, where it was made roomy or has grown
 *       for another reason (the passwords' hashes of a fleet that comes back take 2 MB each).
 *   <li>In between, under a load that is neither, the old generation is collected once it holds
 *       twice of what lived after the last collection, at most each half minute. The collector by
 *       itself would enlarge it up to the heap's bound first: 2 MB a minute at 700 messages a
 *       second, for hours.
 *   <li>What dies faster than that, as the hashes of hundreds of devices that sign in, is collected
 *       once it takes 64 MB beyond that room, at most each two seconds.
 * </ul>
 */
public final class HeapTrimmer implements Runnable {
  /** The serial collector's heap. */
  public interface Heap {
    long youngCollections();

    /** What the old generation has taken, in bytes. */
    long oldBytes();

    /** What of it is in use. */
    long oldUsedBytes();

    /** The old generation's size over the young one's. */
    int ratio();

    /** The heap's bound, in bytes. */
    long mostBytes();

    /** Collects all of it, and leaves that share of the old generation free, in per cent. */
    void collect(int leastFree, int mostFree);
  }

  /** Young collections in a second of a gateway whose young generation is too small. */
  private static final long BUSY_COLLECTIONS = 10;

  /** Young collections in a minute of a gateway that has next to nothing to do. */
  private static final long QUIET_COLLECTIONS = 5;

  private static final int SECONDS_A_MINUTE = 60;

  /** Of the young generation under load: some ten collections a second, a millisecond each. */
  private static final long ROOMY_YOUNG_BYTES = 24L << 20;

  /** Per cent of the old generation: between these in a quiet minute, as the launcher says too. */
  private static final int QUIET_LEAST_FREE = 20;

  private static final int QUIET_MOST_FREE = 40;
  private static final int ROOMY_MOST_FREE = 90;

  /** More than a start without hashes needs. */
  private static final long WORTHWHILE_BYTES = 24L << 20;

  /** Collected within about a tenth of a second. */
  private static final long PAUSE_BYTES = 256L << 20;

  /** Beyond what lived after the last one. */
  private static final int GROWTH = 3;

  /** Of what lived after the last one: so much the old generation holds under a steady load. */
  private static final int STEADY_MULTIPLE = 2;

  private static final int STEADY_SECONDS = 30;
  private static final long BURST_BYTES = 64L << 20;
  private static final int BURST_SECONDS = 2;

  private final Heap heap;
  private long collectionsASecondAgo;
  private long collectionsAtMinute;
  private int seconds;
  private boolean isRoomy;
  private long liveBytes;
  private int secondsSinceCollection;

  public HeapTrimmer(Heap heap) {
    this.heap = heap;
    this.collectionsASecondAgo = heap.youngCollections();
    this.collectionsAtMinute = collectionsASecondAgo;
  }

  /** To be called once a second, by one thread. */
  @Override
  public void run() {
    long collections = heap.youngCollections();
    if (!isRoomy && collections - collectionsASecondAgo >= BUSY_COLLECTIONS) {
      makeRoom();
    }
    collectionsASecondAgo = collections;
    secondsSinceCollection++;
    if ((secondsSinceCollection >= STEADY_SECONDS && isGrown()) || isBurst()) {
      collect(QUIET_LEAST_FREE, QUIET_MOST_FREE);
    }
    if (++seconds == SECONDS_A_MINUTE) {
      seconds = 0;
      if (collections - collectionsAtMinute <= QUIET_COLLECTIONS && isWorthwhile()) {
        isRoomy = false;
        collect(QUIET_LEAST_FREE, QUIET_MOST_FREE);
      }
      collectionsAtMinute = collections;
    }
  }

  private void makeRoom() {
    isRoomy = true;
    long free = 100 - 100 * heap.oldUsedBytes() / roomyBytes();
    collect(Math.clamp(free, QUIET_LEAST_FREE, ROOMY_MOST_FREE), ROOMY_MOST_FREE);
  }

  /** Of the old generation, so that the young one is large. */
  private long roomyBytes() {
    return Math.min(ROOMY_YOUNG_BYTES * heap.ratio(), heap.mostBytes() / 2);
  }

  private void collect(int leastFree, int mostFree) {
    heap.collect(leastFree, mostFree);
    liveBytes = heap.oldUsedBytes();
    secondsSinceCollection = 0;
  }

  /** Where it is roomy the room is filled first: it is taken already. */
  private boolean isGrown() {
    long used = heap.oldUsedBytes();
    return used > mostUsed() && used <= PAUSE_BYTES;
  }

  private long mostUsed() {
    return Math.max(isRoomy ? roomyBytes() : WORTHWHILE_BYTES, STEADY_MULTIPLE * liveBytes);
  }

  /** However much it is: as little of it lives as did a moment ago, and the pause is as short. */
  private boolean isBurst() {
    long used = heap.oldUsedBytes();
    boolean isShort = used <= PAUSE_BYTES || (liveBytes > 0 && liveBytes <= PAUSE_BYTES / 2);
    return secondsSinceCollection >= BURST_SECONDS && isShort && used > mostUsed() + BURST_BYTES;
  }

  private boolean isWorthwhile() {
    return heap.oldUsedBytes() <= PAUSE_BYTES
        && (isRoomy || heap.oldBytes() > Math.max(WORTHWHILE_BYTES, GROWTH * liveBytes));
  }
}
