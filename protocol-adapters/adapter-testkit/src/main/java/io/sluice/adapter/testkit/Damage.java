package io.sluice.adapter.testkit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/** What a bad block does to a SQLite file that is in use. */
public final class Damage {
  private Damage() {}

  /**
   * Destroys all but the header; whoever has the file open sees it at the next read.
   *
   * @param change a statement that changes the file, so that no cached page stays valid
   */
  public static void whileInUse(Path file, String change) throws IOException {
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = other.createStatement()) {
      statement.execute(change);
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (SQLException e) {
      throw new IOException(e);
    }
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] noise = new byte[(int) open.length() - 100];
      Arrays.fill(noise, (byte) 7);
      open.seek(100);
      open.write(noise);
    }
  }
}
