package io.sluice.store.sqlite;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Why a side store cannot do what it was asked for. */
enum SqliteFault {
  FULL("the disk is full; free some space on it, the store goes on by itself"),
  READ_ONLY("the file or its disk is read-only; make it writable, the store goes on by itself"),
  INPUT_OUTPUT("the disk fails; see the system's log, the store goes on when the disk does"),
  LOCKED("another program holds the file; end it, one gateway uses a data directory"),
  CANNOT_OPEN(
      "the file cannot be opened; check free space and permissions of the data directory, and the"
          + " limit of open files"),
  DAMAGED("the file is damaged"),
  OTHER(
      "check free space and permissions of the data directory, and that no other gateway uses it");

  private final String sentence;

  SqliteFault(String sentence) {
    this.sentence = sentence;
  }

  static SqliteFault of(SQLException e) {
    if (!(e instanceof SQLiteException failure)) {
      return OTHER;
    }
    SQLiteErrorCode code = failure.getResultCode();
    return switch (primary(code)) {
      case SQLITE_FULL -> FULL;
      case SQLITE_READONLY, SQLITE_PERM -> READ_ONLY;
      // its memory-mapped index cannot grow: the disk is full, though the code says otherwise
      case SQLITE_IOERR -> isNoRoom(code) ? FULL : INPUT_OUTPUT;
      case SQLITE_BUSY, SQLITE_LOCKED -> LOCKED;
      case SQLITE_CANTOPEN, SQLITE_AUTH -> CANNOT_OPEN;
      case SQLITE_CORRUPT, SQLITE_NOTADB -> DAMAGED;
      default -> OTHER;
    };
  }

  private static boolean isNoRoom(SQLiteErrorCode code) {
    return code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE;
  }

  /** The primary code of an extended one, which its low byte is. */
  private static SQLiteErrorCode primary(SQLiteErrorCode code) {
    return SQLiteErrorCode.getErrorCode(code.code & 0xff);
  }

  /** Whether it goes away with its cause, so that a write shows whether it has gone. */
  boolean passes() {
    return this != DAMAGED;
  }

  /** What is said of a failure: the sentence, and SQLite's own words where they tell more. */
  String text(SQLException e) {
    return this == OTHER ? e.getMessage() + "; " + sentence : sentence;
  }
}
