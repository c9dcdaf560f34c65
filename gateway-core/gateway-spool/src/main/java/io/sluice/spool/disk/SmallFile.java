package io.sluice.spool.disk;

import io.sluice.spool.disk.SpoolFiles.SpoolFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Some lines of text, written at once, wholly or not at all. Its directory is synced by others. */
public record SmallFile(Path file, SpoolFiles files) {
  private static final int READ_BYTES = 16 << 10;

  public String read() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
    try (SpoolFile open = files.openToRead(file)) {
      open.readFully(bytes, 0);
    }
    return StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
  }

  /** As {@link #read}, tried again a few times: a disk may fail once. */
  public String readPatiently() throws IOException {
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

  public void write(String text) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try (SpoolFile open = files.open(partial)) {
      open.truncate(0);
      open.writeFully(StandardCharsets.US_ASCII.encode(text), 0);
      open.force();
    }
    files.move(partial, file);
  }
}
