package io.sluice.api.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A secret: never printed. Its key may also be given as {@code key-file}, naming a file.
 *
 * @param value as it was when the configuration was read
 * @param file the file that it was read from, or null
 */
public record Secret(String value, @Nullable Path file) {
  private static final int FILE_BYTES_MAX = 64 << 10;

  /** Written in the configuration itself. */
  public Secret(String value) {
    this(value, null);
  }

  /**
   * As its file has it now, for secrets that are renewed while the gateway runs; as it was read
   * where there is no file, or none that holds a secret at this moment. Reads disk.
   */
  public String current() {
    Path from = file;
    try {
      if (from == null || Files.size(from) > FILE_BYTES_MAX) {
        return value;
      }
      String now = TextFile.secret(from);
      return now.isEmpty() ? value : now;
    } catch (IOException e) {
      // Being written anew, or taken away after the start: whoever gets the old one will tell.
      return value;
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
