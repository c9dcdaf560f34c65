package io.sluice.app;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives memory back after a burst. The serial collector lets the old generation grow up to the
 * heap's bound before it collects it, and a quiet gateway never gets there: what the passwords'
 * hashes of a fleet that came back took, 2 MB each, would stay resident for good. So it is
 * collected in a quiet minute, where it has grown and is small enough that the pause is short.
 */
final class HeapKeeper implements Runnable {
  /** Young collections in a minute of a gateway that has next to nothing to do. */
  private static final long QUIET_COLLECTIONS = 5;

  /** More than a start without hashes needs. */
  private static final long WORTHWHILE_BYTES = 24L << 20;

  /** Collected within about a tenth of a second. */
  private static final long MOST_BYTES = 256L << 20;

  private static final int GROWTH = 3;

  private final LongSupplier youngCollections;
  private final LongSupplier committedBytes;
  private final LongSupplier usedBytes;
  private final Runnable collection;
  private long collectionsBefore;
  private long liveBytes;

  HeapKeeper(
      LongSupplier youngCollections,
      LongSupplier committedBytes,
      LongSupplier usedBytes,
      Runnable collection) {
    this.youngCollections = youngCollections;
    this.committedBytes = committedBytes;
    this.usedBytes = usedBytes;
    this.collection = collection;
    this.collectionsBefore = youngCollections.getAsLong();
  }

  /** Of this process; null where its collector is another, which its user has chosen and tunes. */
  static @Nullable HeapKeeper ofSerial() {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      for (GarbageCollectorMXBean young : ManagementFactory.getGarbageCollectorMXBeans()) {
        if (pool.getName().equals("Tenured Gen") && young.getName().equals("Copy")) {
          return new HeapKeeper(
              young::getCollectionCount,
              () -> pool.getUsage().getCommitted(),
              () -> pool.getUsage().getUsed(),
              System::gc);
        }
      }
    }
    return null;
  }

  /** To be called once a minute, by one thread. */
  @Override
  public void run() {
    long collections = youngCollections.getAsLong();
    boolean isQuiet = collections - collectionsBefore <= QUIET_COLLECTIONS;
    collectionsBefore = collections;
    long committed = committedBytes.getAsLong();
    if (isQuiet
        && committed <= MOST_BYTES
        && committed > Math.max(WORTHWHILE_BYTES, GROWTH * liveBytes)) {
      collection.run();
      liveBytes = usedBytes.getAsLong();
    }
  }
}
