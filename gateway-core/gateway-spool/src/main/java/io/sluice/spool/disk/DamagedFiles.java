package io.sluice.spool.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is kept of damaged files, to be looked at: the newest few of each directory. */
public final class DamagedFiles {
  private static final Logger LOG = LoggerFactory.getLogger(DamagedFiles.class);
  public static final String SUFFIX = ".damaged";
  public static final int KEPT_MAX = 2;

  private DamagedFiles() {}

  /** Renames a file; the oldest of those that were kept before may go for it. */
  public static Path setAside(SpoolFiles files, Path file) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + SUFFIX);
    files.move(file, aside);
    List<Path> others =
        files.list(file.resolveSibling("")).stream()
            .filter(other -> other.toString().endsWith(SUFFIX) && !other.equals(aside))
            .toList();
    for (Path oldest : others.subList(0, Math.max(0, others.size() + 1 - KEPT_MAX))) {
      LOG.warn(
          "spool: {} is deleted: the newest {} damaged files of a directory are kept",
          oldest,
          KEPT_MAX);
      files.delete(oldest);
    }
    return aside;
  }
}
