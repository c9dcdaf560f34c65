package io.sluice.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.store.StoreUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A side store, and what must be in it: entries as the registry writes them, several at a time. */
final class SqliteFileHistory {
  private static final int IDS = 24;
  private static final int ENTRIES_MAX = 5;
  private static final int BODY_BYTES = 12_000;

  /** What ends a transaction in its middle. */
  interface Middle {
    void run() throws IOException;
  }

  /** The process ends in the middle of a transaction. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final boolean beginsAnew;
  private final Set<Long> everConfirmed = new HashSet<>();
  private final Map<Integer, Long> entries = new TreeMap<>();
  private final Set<Long> applied = new TreeSet<>();
  private final Map<Integer, Long> entriesOfBackup = new TreeMap<>();
  private final Set<Long> appliedOfBackup = new TreeSet<>();
  private Path file;
  private @Nullable SqliteFile store;
  private boolean isAnew;
  private long version;

  SqliteFileHistory(Path file, boolean beginsAnew) {
    this.file = file;
    this.beginsAnew = beginsAnew;
  }

  private SqliteKind kind() {
    return new SqliteKind(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(
                "CREATE TABLE IF NOT EXISTS entry"
                    + "(id INTEGER PRIMARY KEY, version INTEGER, body BLOB, crc INTEGER)");
            statement.execute("CREATE TABLE IF NOT EXISTS applied(version INTEGER PRIMARY KEY)");
          }
        },
        List.of("SELECT id, version, body, crc FROM entry LIMIT 0"),
        beginsAnew,
        "bring back a backup");
  }

  Path file() {
    return file;
  }

  SqliteFile store() {
    if (store == null) {
      throw new IllegalStateException("not open");
    }
    return store;
  }

  void open() throws IOException {
    store = SqliteFile.open(file, kind());
    store.onBegunAnew(this::begunAnew);
  }

  private void begunAnew() {
    isAnew = true;
    entries.clear();
    applied.clear();
  }

  void close() {
    if (store != null) {
      store.close();
      store = null;
    }
  }

  int confirmed() {
    return everConfirmed.size();
  }

  /** Several entries and their mark in one transaction; tells whether they were confirmed. */
  boolean put(SplittableRandom random, Middle middle) {
    long number = ++version;
    Set<Integer> ids = new TreeSet<>();
    for (int left = random.nextInt(1, ENTRIES_MAX); left > 0; left--) {
      ids.add(random.nextInt(IDS));
    }
    try {
      store()
          .<@Nullable Void, IOException>transact(connection -> {
            write(connection, number, ids);
            middle.run();
            return null;
          });
    } catch (StoreUnavailableException | Killed e) {
      return false;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    everConfirmed.add(number);
    applied.add(number);
    ids.forEach(id -> entries.put(id, number));
    return true;
  }

  private static void write(Connection connection, long number, Set<Integer> ids)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT OR REPLACE INTO entry VALUES(?, ?, ?, ?)")) {
      for (int id : ids) {
        byte[] body = body(id, number);
        insert.setInt(1, id);
        insert.setLong(2, number);
        insert.setBytes(3, body);
        insert.setLong(4, crc(id, number, body));
        insert.execute();
      }
    }
    try (PreparedStatement mark = connection.prepareStatement("INSERT INTO applied VALUES(?)")) {
      mark.setLong(1, number);
      mark.execute();
    }
  }

  private static byte[] body(int id, long number) {
    SplittableRandom random = new SplittableRandom(number * IDS + id);
    byte[] body = new byte[random.nextInt(BODY_BYTES)];
    random.nextBytes(body);
    return body;
  }

  private static long crc(int id, long number, byte @Nullable [] body) {
    CRC32 crc = new CRC32();
    crc.update(ByteBuffer.allocate(12).putInt(id).putLong(number).flip());
    crc.update(body == null ? new byte[0] : body);
    return crc.getValue();
  }

  /** Exactly what was confirmed is there, wholly. */
  void audit() {
    Set<Integer> broken = new TreeSet<>();
    assertThat(read(broken)).as("entries").isEqualTo(entries);
    assertThat(broken).as("entries that are not as written").isEmpty();
    assertThat(marks()).as("transactions").isEqualTo(applied);
  }

  /** On a damaged file: of what is whole nothing was refused; or it cannot be read. */
  void auditDamaged() {
    try {
      assertThat(everConfirmed).containsAll(read(new TreeSet<>()).values());
    } catch (StoreUnavailableException e) {
      assertThat(e).hasMessageStartingWith(file.toString());
    }
  }

  private Map<Integer, Long> read(Set<Integer> broken) {
    return store()
        .<Map<Integer, Long>, RuntimeException>transact(connection -> {
          Map<Integer, Long> found = new TreeMap<>();
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("SELECT id, version, body, crc FROM entry")) {
            while (row.next()) {
              int id = row.getInt(1);
              long number = row.getLong(2);
              if (crc(id, number, row.getBytes(3)) == row.getLong(4)) {
                found.put(id, number);
              } else {
                broken.add(id);
              }
            }
          }
          return found;
        });
  }

  private Set<Long> marks() {
    return store()
        .<Set<Long>, RuntimeException>transact(connection -> {
          Set<Long> found = new TreeSet<>();
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("SELECT version FROM applied")) {
            while (row.next()) {
              found.add(row.getLong(1));
            }
          }
          return found;
        });
  }

  /** What a process that is killed now leaves, under another name: its log is not taken in. */
  void leaveTo(Path other) throws IOException {
    for (String end : List.of("", "-wal")) {
      Path from = file.resolveSibling(file.getFileName() + end);
      Path to = other.resolveSibling(other.getFileName() + end);
      Files.deleteIfExists(to);
      if (Files.exists(from)) {
        Files.copy(from, to);
        sync(to);
      }
    }
    Files.deleteIfExists(other.resolveSibling(other.getFileName() + "-shm"));
  }

  /** The copy stands in for files that were on the disk for long: the power does not take it. */
  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Goes on with what a killed process left. */
  void goOnWith(Path other) throws IOException {
    close();
    remove(file);
    file = other;
    open();
  }

  private static void remove(Path file) throws IOException {
    Files.deleteIfExists(file);
    for (String end : DamagedFile.COMPANIONS) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + end));
    }
  }

  void backUp(Path backup) throws IOException {
    Files.deleteIfExists(backup);
    SqliteCopy.copy(file, backup);
    entriesOfBackup.clear();
    entriesOfBackup.putAll(entries);
    appliedOfBackup.clear();
    appliedOfBackup.addAll(applied);
    isAnew = false;
  }

  boolean isAnew() {
    return isAnew;
  }

  /** As an operator does it. */
  void restore(Path backup) throws IOException {
    close();
    remove(file);
    Files.move(backup, file);
    sync(file);
    sync(file.toAbsolutePath().getParent());
    entries.clear();
    entries.putAll(entriesOfBackup);
    applied.clear();
    applied.addAll(appliedOfBackup);
    open();
  }

  void beginAnew() throws IOException {
    store().beginAnew(new IOException("what was read is not what was written"));
    begunAnew();
  }
}
