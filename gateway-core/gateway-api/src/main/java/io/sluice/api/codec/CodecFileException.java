package io.sluice.api.codec;

import java.nio.file.Path;

/** A file that no codec can be made of. The message says what is wrong, and the remedy. */
public final class CodecFileException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Path file;
  private final int line;
  private final int column;

  /**
   * @param line from 1
   * @param column from 1
   */
  public CodecFileException(Path file, int line, int column, String message) {
    super(message, null, false, false);
    this.file = file;
    this.line = Math.max(1, line);
    this.column = Math.max(1, column);
  }

  /** {@code FILE:LINE:COLUMN: what is wrong; what to do}. */
  public String placed() {
    return file + ":" + line + ":" + column + ": " + getMessage();
  }
}
