package io.sluice.store.sqlite;

import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The registry's SQLite file. A damaged one is refused: what the API has registered is nowhere
 * else. One gateway uses it, so that every change is its own; revisions begin with 1 at each start.
 */
final class SqliteRegistryStore implements RegistryStore {
  private static final String REMEDY =
      "bring back a backup (sluice restore), or move the file away with those beside it whose names"
          + " begin with its own: the device files are then applied anew, and what the API has"
          + " registered is lost";

  private static final SqliteKind KIND =
      new SqliteKind(
          connection -> Migrations.migrate(connection, Migrations.SCRIPTS.size()),
          List.of(
              "SELECT id FROM device LIMIT 0",
              "SELECT id FROM command LIMIT 0",
              "SELECT token_hash FROM claim LIMIT 0"),
          false,
          REMEDY);

  private final SqliteFile file;
  private final List<Consumer<AppliedChange>> listeners = new CopyOnWriteArrayList<>();

  /** Held over a change and the telling of it, so that listeners hear them in their order. */
  private final ReentrantLock order = new ReentrantLock();

  private long revision; // guarded by order

  private SqliteRegistryStore(SqliteFile file) {
    this.file = file;
  }

  /**
   * Opens the file, makes it where there is none (readable by its owner only), and migrates it.
   *
   * @throws IOException where it cannot be opened; the message names the file and the remedy
   */
  static SqliteRegistryStore open(Path file) throws IOException {
    // the key is made after the file's tables: an empty file beside it has lost them
    if (Files.exists(file.resolveSibling("registry.key"))
        && Files.exists(file)
        && Files.size(file) == 0
        && !Files.exists(file.resolveSibling(file.getFileName() + "-wal"))) {
      throw new IOException(file + ": the file is damaged (it is empty); " + REMEDY);
    }
    return new SqliteRegistryStore(SqliteFile.open(file, KIND));
  }

  @Override
  public long load(Loader loader) {
    order.lock();
    try {
      return file.<Long, RuntimeException>transact(connection -> {
        load(connection, loader);
        return revision;
      });
    } finally {
      order.unlock();
    }
  }

  private static void load(Connection connection, Loader loader) throws SQLException {
    DeviceTable.load(connection, loader::device);
    DeviceTable.loadSeedDigests(connection, loader::seedDigest);
    PlaceTables.loadBarred(connection, loader::barred);
    ClaimTable.load(connection, loader::claim);
    ClaimTable.loadClaimed(connection, loader::claimed);
    PlaceTables.loadPlaces(connection, loader::knownPlace);
    CommandTable.load(connection, loader::command);
    PlaceTables.loadFollowed(connection, loader::followed);
  }

  @Override
  public long apply(List<Step> steps) {
    order.lock();
    try {
      List<Step> applied =
          file.<List<Step>, RuntimeException>transact(connection -> {
            try (StepWriter writer = new StepWriter(connection)) {
              return writer.write(steps);
            }
          });
      revision++;
      AppliedChange change = new AppliedChange(revision, true, applied);
      for (Consumer<AppliedChange> listener : listeners) {
        listener.accept(change);
      }
      return revision;
    } finally {
      order.unlock();
    }
  }

  @Override
  public void changes(Consumer<AppliedChange> listener) {
    listeners.add(listener);
  }

  @Override
  public void probe() {
    file.probe();
  }

  @Override
  public void close() {
    file.close();
  }
}
