package io.sluice.engine.spool;

import io.sluice.engine.spool.SpoolFiles.SpoolFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Some lines of text, written at once, wholly or not at all. Its directory is synced by others. */
record SmallFile(Path file, SpoolFiles files) {
  private static final int READ_BYTES = 16 << 10;

  String read() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
    try (SpoolFile open = files.openToRead(file)) {
      open.readFully(bytes, 0);
    }
    return StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
  }

  /** As {@link #read}, tried again a few times: a disk may fail once. */
  String readPatiently() throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return read();
      } catch (IOException e) {
        if (attempt == SpoolFiles.FAILURES_MAX) {
          throw e;
        }
      }
    }
  }

  void write(String text) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try (SpoolFile open = files.open(partial)) {
      open.truncate(0);
      open.writeFully(StandardCharsets.US_ASCII.encode(text), 0);
      open.force();
    }
    files.move(partial, file);
  }
}
