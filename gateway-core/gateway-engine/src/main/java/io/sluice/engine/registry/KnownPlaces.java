package io.sluice.engine.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.api.AddressKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
final class KnownPlaces {
  static final int MAX_PLACES = 100_000;
  private static final int MAX_UNSAVED = 10_000;

  /** A name at an address. */
  record Place(AddressKey address, String name) {}

  private final @Nullable RegistryDatabase database;
  private final byte[] key;
  private final Set<Long> restored;
  private final Set<Long> unsaved = ConcurrentHashMap.newKeySet();
  private final Cache<Place, Boolean> seen =
      Caffeine.newBuilder().executor(Runnable::run).maximumSize(MAX_PLACES).build();

  private KnownPlaces(@Nullable RegistryDatabase database, byte[] key, Set<Long> restored) {
    this.database = database;
    this.key = key;
    this.restored = restored;
  }

  /** Of one life of the gateway. */
  static KnownPlaces inMemory() {
    return new KnownPlaces(null, new byte[1], Set.of());
  }

  /**
   * Reads those of before.
   *
   * @param key of the digests, the same at each start
   */
  static KnownPlaces open(RegistryDatabase database, byte[] key) {
    Set<Long> restored = database.transact(KnownPlaces::load);
    return new KnownPlaces(database, key, restored);
  }

  private static Set<Long> load(Connection connection) throws SQLException {
    Set<Long> digests = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT digest FROM known_place ORDER BY number DESC LIMIT " + MAX_PLACES)) {
      while (row.next()) {
        digests.add(row.getLong(1));
      }
    }
    return digests;
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
    if (database != null && !restored.contains(digest)) {
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
   * @throws RegistryException where the disk does not take it; it is kept for the next time
   */
  void save() {
    List<Long> batch = List.copyOf(unsaved);
    if (database == null || batch.isEmpty()) {
      return;
    }
    database.transact(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT OR REPLACE INTO known_place (number, digest) VALUES"
                  + " ((SELECT coalesce(max(number), 0) + 1 FROM known_place), ?)")) {
        for (long digest : batch) {
          insert.setLong(1, digest);
          insert.addBatch();
        }
        insert.executeBatch();
      }
      try (Statement trim = connection.createStatement()) {
        return trim.executeUpdate(
            "DELETE FROM known_place WHERE number <= (SELECT max(number) FROM known_place) - "
                + MAX_PLACES);
      }
    });
    batch.forEach(unsaved::remove);
  }
}
