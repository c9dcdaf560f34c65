package io.sluice.engine.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How the spool opens its segments: the place where tests put a faulty disk. */
@FunctionalInterface
interface SpoolFiles {
  FileChannel open(Path file, OpenOption... options) throws IOException;

  static SpoolFiles ofDisk() {
    return FileChannel::open;
  }

  /** A file's name is durable only when its directory is synced. */
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
