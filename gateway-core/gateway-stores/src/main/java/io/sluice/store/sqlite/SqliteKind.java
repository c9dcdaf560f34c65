package io.sluice.store.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * What sort of side store a file is.
 *
 * @param prepare brings a file to the latest schema, a new and empty one too
 * @param shape statements that name each table and column that is relied on, and change nothing
 * @param beginsAnew whether a damaged file is set aside and a new one begun; else it is refused
 * @param remedy of a damaged file that is refused
 */
public record SqliteKind(Prepare prepare, List<String> shape, boolean beginsAnew, String remedy) {
  /** Brings a file to the latest schema. */
  public interface Prepare {
    /**
     * @throws SQLException where the file cannot be read or written
     * @throws RefusedException where it is of another program or version
     */
    void run(Connection connection) throws SQLException, RefusedException;
  }

  /** A sound file that this gateway must not touch; the message names the remedy. */
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    public RefusedException(String message) {
      super(message);
    }
  }

  public SqliteKind {
    shape = List.copyOf(shape);
  }
}
