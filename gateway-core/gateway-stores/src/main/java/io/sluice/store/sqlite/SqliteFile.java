package io.sluice.store.sqlite;

import io.sluice.api.files.OwnerOnly;
import io.sluice.api.health.Health;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A SQLite file beside the spool. One transaction runs at a time. WAL with {@code
 * synchronous=FULL}: a transaction that has returned survives a power cut.
 *
 * <p>A transaction that fails leaves nothing behind, whatever made it fail: it is rolled back, and
 * the connection is opened anew where SQLite has ended the transaction by itself. The store is well
 * again with the next transaction that succeeds. {@link Health} has it as a reason for which the
 * gateway is not ready, until {@link #probe} has written to the disk.
 *
 * <p>A second connection only holds the file open. The log and index of the file stay in place for
 * it, so that a full disk has room to open the first one anew, and can be read from.
 *
 * <p>Thread-safe. Blocks on the disk, and up to {@value #BUSY_MILLIS} ms on another program that
 * holds the file, so never called from an event loop.
 */
public final class SqliteFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteFile.class);
  static final int BUSY_MILLIS = 5_000;

  /** What is done in one transaction. */
  public interface Work<T extends @Nullable Object, E extends Exception> {
    T run(Connection connection) throws SQLException, E;
  }

  private final Path file;
  private final SqliteKind kind;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Runnable> anew = new CopyOnWriteArrayList<>();
  private @Nullable Connection connection;
  private @Nullable Connection holder;
  private boolean isClosed;
  private volatile @Nullable SqliteFault trouble;
  private volatile @Nullable String troubleText;

  private SqliteFile(Path file, SqliteKind kind) {
    this.file = file;
    this.kind = kind;
  }

  /**
   * Opens the file, makes it where there is none (readable by its owner only), and brings it to the
   * latest schema.
   *
   * @throws IOException where it cannot be opened; the message names the file and the remedy
   */
  public static SqliteFile open(Path file, SqliteKind kind) throws IOException {
    SqliteFile store = new SqliteFile(file, kind);
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent, OwnerOnly.directory(parent));
    }
    boolean isThere = Files.exists(file);
    boolean isEmpty = isThere && Files.size(file) == 0;
    OwnerOnly.makeMissing(file);
    OwnerOnly.tighten(file);
    try {
      store.open();
    } catch (SQLException e) {
      store.closeAll(e);
      if (!kind.beginsAnew() || !isDamage(e, isThere && !isEmpty)) {
        throw new IOException(store.sentence(e), e);
      }
      store.begunAnew(e);
    } catch (SqliteKind.RefusedException e) {
      store.closeAll(e);
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    return store;
  }

  /**
   * A schema that is not the store's, of a file that was there before, is damage too: SQLite then
   * says that a statement is wrong.
   */
  private static boolean isDamage(SQLException e, boolean wasThere) {
    return SqliteFault.of(e) == SqliteFault.DAMAGED
        || (wasThere
            && e instanceof SQLiteException failure
            && failure.getResultCode() == SQLiteErrorCode.SQLITE_ERROR);
  }

  private void open() throws SQLException, SqliteKind.RefusedException {
    Connection opened = connect();
    connection = opened;
    kind.prepare().run(opened);
    try (Statement statement = opened.createStatement()) {
      for (String sql : kind.shape()) {
        statement.executeQuery(sql).close();
      }
    }
    Connection second = connect();
    holder = second;
    try (Statement statement = second.createStatement();
        ResultSet any = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
      any.next();
    }
  }

  private Connection connect() throws SQLException {
    // not by DriverManager, which loads every driver that there is
    Connection opened = JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
    try (Statement statement = opened.createStatement()) {
      statement.execute("PRAGMA busy_timeout=" + BUSY_MILLIS);
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
    } catch (SQLException e) {
      close(opened, e);
      throw e;
    }
    return opened;
  }

  /** Has this run whenever a damaged file was set aside while in use, under the store's lock. */
  public void onBegunAnew(Runnable listener) {
    anew.add(listener);
  }

  /**
   * Runs the work in a transaction; commits, or leaves nothing of it where it throws.
   *
   * @throws StoreUnavailableException where the file cannot be read or written
   */
  public <T extends @Nullable Object, E extends Exception> T transact(Work<T, E> work) throws E {
    lock.lock();
    try {
      Connection used = connection();
      T result;
      boolean isDone = false;
      try {
        used.setAutoCommit(false);
        result = work.run(used);
        used.commit();
        isDone = true;
      } finally {
        if (!isDone) {
          rollback(used);
        }
      }
      used.setAutoCommit(true);
      return result;
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      lock.unlock();
    }
  }

  private Connection connection() throws SQLException {
    if (isClosed) {
      throw new StoreUnavailableException(file + ": the gateway is stopping");
    }
    Connection used = connection;
    if (used == null) {
      used = connect();
      connection = used;
    }
    return used;
  }

  /**
   * SQLite ends some transactions by itself (a full disk, a failing one); the driver does not know
   * it, and its connection is of no use after that.
   */
  private void rollback(Connection used) {
    try {
      used.rollback();
      used.setAutoCommit(true);
    } catch (SQLException e) {
      LOG.debug("{}: SQLite has rolled back by itself: {}", file, e.getMessage());
      connection = null;
      close(used, e);
    }
  }

  private StoreUnavailableException failed(SQLException e) {
    SqliteFault found = SqliteFault.of(e);
    if (isConstraint(e)) {
      return new StoreConflictException(file + ": " + e.getMessage(), e);
    }
    Connection used = connection;
    if (used != null && found != SqliteFault.LOCKED) {
      connection = null;
      close(used, e);
    }
    StoreUnavailableException failure = new StoreUnavailableException(sentence(e), e);
    if (found == SqliteFault.DAMAGED && kind.beginsAnew()) {
      try {
        closeAll(e);
        begunAnew(e);
        anew.forEach(Runnable::run);
        return failure;
      } catch (IOException again) {
        failure.addSuppressed(again);
      }
    }
    note(found, sentence(e));
    return failure;
  }

  private static boolean isConstraint(SQLException e) {
    return e instanceof SQLiteException failure
        && (failure.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_CONSTRAINT.code;
  }

  private void note(SqliteFault found, String text) {
    if (trouble != found) {
      LOG.error("{}", text);
    }
    troubleText = text;
    trouble = found;
    Health.ofProcess().notReady(healthName(), text);
  }

  private String healthName() {
    return "store " + file.toAbsolutePath();
  }

  private String sentence(SQLException e) {
    SqliteFault found = SqliteFault.of(e);
    String remedy = found == SqliteFault.DAMAGED ? "; " + kind.remedy() : "";
    return file + ": " + found.text(e) + remedy;
  }

  /**
   * Sets the file aside; what it is made of can be looked at later, and nothing goes on with it.
   */
  private void begunAnew(Exception cause) throws IOException {
    Path aside = DamagedFile.move(file);
    LOG.error(
        "{} is damaged ({}); it is kept as {}, and begun anew", file, cause.getMessage(), aside);
    OwnerOnly.makeMissing(file);
    try {
      open();
    } catch (SQLException e) {
      closeAll(e);
      throw new IOException(sentence(e), e);
    } catch (SqliteKind.RefusedException e) {
      closeAll(e);
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * What was read cannot be what was written: sets the file aside and begins anew, as where SQLite
   * finds the damage. Whoever calls it takes care of what it has in memory.
   *
   * @throws IOException where that cannot be done
   */
  public void beginAnew(Exception cause) throws IOException {
    lock.lock();
    try {
      closeAll(cause);
      begunAnew(cause);
    } finally {
      lock.unlock();
    }
  }

  /** Why the store is not well, for operators; null where it is. Never blocks. */
  public @Nullable String trouble() {
    return trouble == null ? null : troubleText;
  }

  /** Looks whether a store that was not well can be written again; every second or so. */
  public void probe() {
    SqliteFault found = trouble;
    if (found == null || !found.passes()) {
      return;
    }
    try {
      this.<@Nullable Void, RuntimeException>transact(used -> {
        rewriteVersion(used);
        return null;
      });
    } catch (StoreUnavailableException e) {
      LOG.debug("{}", e.getMessage());
      return;
    }
    trouble = null;
    troubleText = null;
    Health.ofProcess().ready(healthName());
    LOG.info("{} is written again", file);
  }

  /** The least that is really written, though it changes nothing. */
  private static void rewriteVersion(Connection used) throws SQLException {
    try (Statement statement = used.createStatement()) {
      int version;
      try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
        version = row.getInt(1);
      }
      statement.execute("PRAGMA user_version=" + version);
    }
  }

  private void closeAll(Exception cause) {
    Connection first = connection;
    Connection second = holder;
    connection = null;
    holder = null;
    if (first != null) {
      close(first, cause);
    }
    if (second != null) {
      close(second, cause);
    }
  }

  private static void close(Connection opened, Exception cause) {
    try {
      opened.close();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      Health.ofProcess().ready(healthName());
      StoreUnavailableException failure = new StoreUnavailableException(file + ": not closed");
      closeAll(failure);
      for (Throwable each : failure.getSuppressed()) {
        LOG.warn("{}: {}", file, each.getMessage());
      }
    } finally {
      lock.unlock();
    }
  }
}
