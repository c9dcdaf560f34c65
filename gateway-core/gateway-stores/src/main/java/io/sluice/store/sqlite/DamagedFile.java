package io.sluice.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Moves a damaged database out of the way, with what belongs to it. The newest one is kept. */
final class DamagedFile {
  private static final String SUFFIX = ".damaged";

  /** The log and the index of a SQLite file: a new file must not find those of another. */
  static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");

  private DamagedFile() {}

  static Path move(Path file) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + SUFFIX);
    Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    for (String companion : COMPANIONS) {
      Path beside = file.resolveSibling(file.getFileName() + companion);
      Path kept = aside.resolveSibling(aside.getFileName() + companion);
      if (Files.exists(beside)) {
        Files.move(beside, kept, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.deleteIfExists(kept);
      }
    }
    return aside;
  }
}
