package io.sluice.engine.registry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.api.AddressKey;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.registry.credential.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * From which addresses a name's password was right. What is under attack from elsewhere, a name or
 * the threads that make slow hashes, stays open to these, after a restart too.
 *
 * <p>On disk stand digests under a key of a file of its own: they name neither device nor address.
 * The latest {@value #MAX_PLACES} are kept. Thread-safe; look-ups never block, {@link #save} does.
 */
public final class KnownPlaces {
  static final int MAX_PLACES = 100_000;
  private static final int MAX_UNSAVED = 10_000;

  /** A name at an address. */
  record Place(AddressKey address, String name) {}

  private final @Nullable RegistryStore store;
  private final byte[] key;
  private final Set<Long> restored = new HashSet<>();
  private final Set<Long> unsaved = ConcurrentHashMap.newKeySet();
  private final Cache<Place, Boolean> seen =
      Caffeine.newBuilder().executor(Runnable::run).maximumSize(MAX_PLACES).build();

  private KnownPlaces(@Nullable RegistryStore store, byte[] key) {
    this.store = store;
    this.key = key;
  }

  /** Of one life of the gateway. */
  static KnownPlaces inMemory() {
    return new KnownPlaces(null, new byte[1]);
  }

  /**
   * Of a store, whose places are still to be restored.
   *
   * @param key of the digests, the same at each start
   */
  public static KnownPlaces of(RegistryStore store, byte[] key) {
    return new KnownPlaces(store, key);
  }

  /** Takes a place of before; the latest first, and before anything else is asked. */
  public void restore(long digest) {
    if (restored.size() < MAX_PLACES) {
      restored.add(digest);
    }
  }

  boolean knows(Place place) {
    return seen.getIfPresent(place) != null
        || (!restored.isEmpty() && restored.contains(digest(place)));
  }

  /** The password was right there. */
  void right(Place place) {
    if (seen.getIfPresent(place) != null) {
      return;
    }
    long digest = digest(place);
    if (store != null && !restored.contains(digest)) {
      if (unsaved.size() >= MAX_UNSAVED) {
        return; // noted when it comes again, once the disk takes what waits
      }
      unsaved.add(digest);
    }
    seen.put(place, Boolean.TRUE);
  }

  private long digest(Place place) {
    String hex =
        Digests.hmacHex(
            key,
            ByteBuffer.allocate(Long.BYTES).putLong(place.address().bits()).array(),
            place.name().getBytes(StandardCharsets.UTF_8));
    return HexFormat.fromHexDigitsToLong(hex, 0, 2 * Long.BYTES);
  }

  /**
   * Writes what is new, in one transaction. Blocks on the disk.
   *
   * @throws StoreUnavailableException where the disk does not take it; it is kept for the next time
   */
  public void save() {
    List<Long> batch = List.copyOf(unsaved);
    if (store == null || batch.isEmpty()) {
      return;
    }
    store.apply(new Step.AddKnownPlaces(batch, MAX_PLACES));
    batch.forEach(unsaved::remove);
  }
}
