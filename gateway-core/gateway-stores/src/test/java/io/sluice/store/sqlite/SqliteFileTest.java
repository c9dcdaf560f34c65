package io.sluice.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.store.StoreUnavailableException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@Tag("slow")
class SqliteFileTest {
  /** What happens to a file that nobody has open. */
  enum Harm {
    GARBAGE {
      @Override
      void to(Path file) throws IOException {
        Files.writeString(file, "this is no database at all\n".repeat(500));
      }
    },
    TRUNCATED {
      @Override
      void to(Path file) throws IOException {
        cut(file, Files.size(file) / 2 + 7);
      }
    },
    CUT_IN_THE_HEADER {
      @Override
      void to(Path file) throws IOException {
        cut(file, 50);
      }
    },
    FLIPPED_FIRST_PAGE {
      @Override
      void to(Path file) throws IOException {
        flip(file, 100, 200);
      }
    },
    ANOTHER_PROGRAMS {
      @Override
      void to(Path file) throws IOException {
        Files.delete(file);
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
            Statement statement = other.createStatement()) {
          statement.execute("CREATE TABLE note(id INTEGER)");
        } catch (SQLException e) {
          throw new IOException(e);
        }
      }
    };

    abstract void to(Path file) throws IOException;
  }

  @TempDir Path directory;

  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("side.db");
  }

  private static void cut(Path file, long size) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(size);
    }
  }

  private static void flip(Path file, int from, int to) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int i = from; i < to; i++) {
      bytes[i] ^= 0x5a;
    }
    Files.write(file, bytes);
  }

  private void filled() throws IOException {
    try (SqliteFile store = SqliteFile.open(file, Notes.KIND)) {
      for (int i = 0; i < 100; i++) {
        Notes.add(store, "n" + i, 2_000);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void damagedFileIsSetAsideAndBegunAnew(Harm damage) throws IOException {
    filled();
    damage.to(file);
    byte[] damaged = Files.readAllBytes(file);
    try (SqliteFile store = SqliteFile.open(file, Notes.KIND)) {
      // a truncated one may show its damage only where it is used
      if (!Files.exists(directory.resolve("side.db.damaged"))) {
        assertThatThrownBy(() -> Notes.count(store, "n99"))
            .isInstanceOf(StoreUnavailableException.class);
      }
      assertThat(directory.resolve("side.db.damaged")).exists();
      Notes.add(store, "after", 10);
      assertThat(Notes.count(store, "after")).isEqualTo(1);
      assertThat(store.trouble()).isNull();
    }
    assertThat(Files.size(directory.resolve("side.db.damaged"))).isEqualTo(damaged.length);
  }

  @ParameterizedTest
  @EnumSource(Harm.class)
  void damagedFileThatMustNotBeLostIsRefusedWithItsRemedy(Harm damage) throws IOException {
    filled();
    damage.to(file);
    byte[] damaged = Files.readAllBytes(file);
    try (SqliteFile store = SqliteFile.open(file, Notes.KEPT)) {
      assertThatThrownBy(() -> Notes.count(store, "n99"))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("is damaged; bring back a backup");
      assertThat(store.trouble()).contains("is damaged");
      store.probe();
      assertThat(store.trouble()).as("a write elsewhere mends nothing").isNotNull();
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith(file + ": ");
      if (damage != Harm.ANOTHER_PROGRAMS) {
        assertThat(e).hasMessageContaining("is damaged; bring back a backup");
      }
    }
    assertThat(Files.size(file)).isEqualTo(damaged.length);
    assertThat(directory.resolve("side.db.damaged")).doesNotExist();
  }

  @Test
  void damageFoundWhileInUseIsSetAsideAndTold() throws IOException {
    filled();
    boolean[] isTold = {false};
    try (SqliteFile store = SqliteFile.open(file, Notes.KIND)) {
      store.onBegunAnew(() -> isTold[0] = true);
      flip(file, 4096, (int) Files.size(file));
      assertThatThrownBy(() -> Notes.count(store, "n50"))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("is damaged");
      assertThat(isTold[0]).isTrue();
      Notes.add(store, "after", 10);
      assertThat(Notes.count(store, "after")).isEqualTo(1);
      assertThat(Notes.count(store, "n50")).isZero();
    }
  }

  @Test
  void leftOverLogOfAnotherFileIsNotTakenForThisOne() throws IOException {
    filled();
    Files.write(
        directory.resolve("side.db-wal"), "x".repeat(9_000).getBytes(StandardCharsets.UTF_8));
    Files.write(directory.resolve("side.db-shm"), new byte[100]);
    try (SqliteFile store = SqliteFile.open(file, Notes.KIND)) {
      assertThat(Notes.count(store, "n50")).isEqualTo(1);
      Notes.add(store, "after", 10);
      assertThat(Notes.count(store, "after")).isEqualTo(1);
    }
  }

  @Test
  void transactionThatItsOwnWorkEndsLeavesTheStoreWell() throws IOException {
    try (SqliteFile store = SqliteFile.open(file, Notes.KIND)) {
      // what SQLite does by itself on a full disk: the transaction is gone, the driver knows not
      assertThatThrownBy(() ->
              store.<Void, IllegalStateException>transact(connection -> {
                try (Statement statement = connection.createStatement()) {
                  statement.execute("INSERT INTO note VALUES('refused', x'00')");
                  statement.execute("ROLLBACK");
                }
                throw new IllegalStateException("the first cause");
              }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the first cause");
      Notes.add(store, "after", 10);
      assertThat(Notes.count(store, "after")).isEqualTo(1);
      assertThat(Notes.count(store, "refused")).isZero();
    }
  }

  @Test
  void fileThatAnotherProgramHoldsIsToldAndWellAfterwards() throws Exception {
    try (SqliteFile store = SqliteFile.open(file, Notes.KIND)) {
      try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        assertThatThrownBy(() -> Notes.add(store, "refused", 10))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("another program holds the file");
        assertThat(store.trouble()).isNotNull();
        statement.execute("ROLLBACK");
      }
      Notes.add(store, "after", 10);
      store.probe();
      assertThat(store.trouble()).isNull();
      assertThat(Notes.count(store, "refused")).isZero();
    }
  }

  @Test
  void filesAreTheirOwnersOnly() throws IOException {
    try (SqliteFile store = SqliteFile.open(directory.resolve("data/side.db"), Notes.KIND)) {
      Notes.add(store, "one", 10);
      for (String name : new String[] {"side.db", "side.db-wal", "side.db-shm"}) {
        assertThat(
                PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(directory.resolve("data").resolve(name))))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void copyIsWholeWhileTheStoreIsWritten() throws IOException {
    Path copy = directory.resolve("copy.db");
    try (SqliteFile store = SqliteFile.open(file, Notes.KIND)) {
      Notes.add(store, "one", 10);
      SqliteCopy.copy(file, copy);
      Notes.add(store, "two", 10);
    }
    try (SqliteFile store = SqliteFile.open(copy, Notes.KEPT)) {
      assertThat(Notes.count(store, "one")).isEqualTo(1);
      assertThat(Notes.count(store, "two")).isZero();
    }
  }
}
