package io.sluice.engine.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** How the spool opens its segments: the place where tests put a faulty disk. */
@FunctionalInterface
interface SpoolFiles {
  FileChannel open(Path file, OpenOption... options) throws IOException;

  static SpoolFiles ofDisk() {
    return FileChannel::open;
  }
}
