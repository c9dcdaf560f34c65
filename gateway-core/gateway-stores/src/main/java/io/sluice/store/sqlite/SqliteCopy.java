package io.sluice.store.sqlite;

import io.sluice.api.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.JDBC;

/** What is done with a SQLite file as a whole. */
public final class SqliteCopy {
  private SqliteCopy() {}

  /**
   * Writes a consistent copy of a SQLite file, whether a gateway uses it or not.
   *
   * @param copy a file that is not there yet
   * @throws IOException where either cannot be read or written; the message names it
   */
  public static void copy(Path file, Path copy) throws IOException {
    OwnerOnly.makeMissing(copy);
    try (Connection from = connect(file);
        var vacuum = from.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, copy.toString());
      vacuum.execute();
    } catch (SQLException e) {
      throw new IOException("cannot copy " + file + " to " + copy + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads all of it.
   *
   * @throws IOException where it is damaged, or no such file
   */
  public static void verify(Path file) throws IOException {
    try (Connection connection = connect(file);
        Statement statement = connection.createStatement();
        ResultSet verdict = statement.executeQuery("PRAGMA integrity_check(1)")) {
      String first = verdict.next() ? verdict.getString(1) : "nothing";
      if (!"ok".equals(first)) {
        throw new IOException(file.getFileName() + " is damaged (" + first + ")");
      }
    } catch (SQLException e) {
      throw new IOException(file.getFileName() + " is damaged (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Runs one statement on a file that nobody uses; tells how many rows it changed.
   *
   * @throws IOException where it cannot be run
   */
  public static long update(Path file, String sql) throws IOException {
    try (Connection connection = connect(file);
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw new IOException(file.getFileName() + ": " + e.getMessage(), e);
    }
  }

  private static Connection connect(Path file) throws SQLException {
    // not by DriverManager, which loads every driver that there is
    Connection connection = JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout=" + SqliteFile.BUSY_MILLIS);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }
}
