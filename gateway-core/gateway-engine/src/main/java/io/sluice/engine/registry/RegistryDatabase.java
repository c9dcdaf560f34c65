package io.sluice.engine.registry;

import io.sluice.api.admin.StoreUnavailableException;
import io.sluice.store.sqlite.SqliteFile;
import io.sluice.store.sqlite.SqliteKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The SQLite file behind the registry. A damaged one is refused: what the API has registered is
 * nowhere else. Thread-safe; blocks on the disk, so never called from an event loop.
 */
final class RegistryDatabase implements AutoCloseable {
  /** What is done in one transaction. */
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  private static final String REMEDY =
      "bring back a backup (sluice restore), or move the file away with those beside it whose names"
          + " begin with its own: the device files are then applied anew, and what the API has"
          + " registered is lost";

  private static final SqliteKind KIND =
      new SqliteKind(
          RegistryDatabase::migrate,
          List.of(
              "SELECT id FROM device LIMIT 0",
              "SELECT id FROM command LIMIT 0",
              "SELECT token_hash FROM claim LIMIT 0"),
          false,
          REMEDY);

  private final SqliteFile store;

  private RegistryDatabase(SqliteFile store) {
    this.store = store;
  }

  /**
   * Opens the file, makes it where there is none (readable by its owner only), and migrates it.
   *
   * @throws IOException where it cannot be opened; the message names the file and the remedy
   */
  static RegistryDatabase open(Path file) throws IOException {
    // the key is made after the file's tables: an empty file beside it has lost them
    if (Files.exists(file.resolveSibling("registry.key"))
        && Files.exists(file)
        && Files.size(file) == 0
        && !Files.exists(file.resolveSibling(file.getFileName() + "-wal"))) {
      throw new IOException(file + ": the file is damaged (it is empty); " + REMEDY);
    }
    return new RegistryDatabase(SqliteFile.open(file, KIND));
  }

  private static void migrate(Connection connection)
      throws SQLException, SqliteKind.RefusedException {
    try {
      Migrations.migrate(connection, Migrations.SCRIPTS.size());
    } catch (RegistryException e) {
      throw new SqliteKind.RefusedException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Runs the work in a transaction; commits, or leaves nothing of it where it throws.
   *
   * @throws RegistryException where the file cannot be read or written
   */
  <T> T transact(Work<T> work) {
    try {
      return store.transact(work::run);
    } catch (RegistryException e) {
      throw e;
    } catch (StoreUnavailableException e) {
      throw new RegistryException(e.getMessage(), e);
    }
  }

  /** See {@link SqliteFile#probe}. */
  void probe() {
    store.probe();
  }

  @Override
  public void close() {
    store.close();
  }
}
