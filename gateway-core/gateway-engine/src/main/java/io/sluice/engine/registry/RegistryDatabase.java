package io.sluice.engine.registry;

import io.sluice.engine.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The SQLite file behind the registry: one connection, one transaction at a time. WAL with {@code
 * synchronous=FULL}: a transaction that has returned survives a power cut. Thread-safe; blocks on
 * the disk, so never called from an event loop.
 */
final class RegistryDatabase implements AutoCloseable {
  /** What is done in one transaction. */
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  private static final int BUSY_TIMEOUT_MILLIS = 5_000;

  private final Path file;
  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();

  private RegistryDatabase(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /**
   * Opens the file, makes it where there is none (readable by its owner only), and migrates it.
   *
   * @throws IOException where it cannot be opened; the message names the file and the remedy
   */
  static RegistryDatabase open(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    OwnerOnly.makeMissing(file);
    try {
      Connection connection = connect(file);
      try {
        Migrations.migrate(connection, Migrations.SCRIPTS.size());
      } catch (SQLException | RegistryException e) {
        connection.close();
        throw e;
      }
      return new RegistryDatabase(file, connection);
    } catch (SQLException e) {
      throw new IOException(fault(file, e), e);
    } catch (RegistryException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  static Connection connect(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout=" + BUSY_TIMEOUT_MILLIS);
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  /** Runs the work in a transaction; commits, or rolls back where it throws. */
  <T> T transact(Work<T> work) {
    lock.lock();
    try {
      connection.setAutoCommit(false);
      boolean done = false;
      try {
        T result = work.run(connection);
        connection.commit();
        done = true;
        return result;
      } finally {
        if (!done) {
          connection.rollback();
        }
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new RegistryException(fault(file, e), e);
    } finally {
      lock.unlock();
    }
  }

  private static String fault(Path file, SQLException e) {
    return file
        + ": "
        + e.getMessage()
        + "; check free space and permissions of the data directory, and that no other gateway"
        + " uses it";
  }

  @Override
  public void close() {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      throw new RegistryException(fault(file, e), e);
    } finally {
      lock.unlock();
    }
  }
}
