package io.sluice.api.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Tells whether files have changed, by time, size and identity: a file that another is moved over
 * counts. For one thread.
 */
public final class FileWatch {
  private final List<Path> files;
  private String seen;

  /** Remembers how the files are now. */
  public FileWatch(List<Path> files) {
    this.files = List.copyOf(files);
    this.seen = state();
  }

  /** Whether any has changed since this was asked last. */
  public boolean changed() {
    String now = state();
    boolean isChanged = !now.equals(seen);
    seen = now;
    return isChanged;
  }

  private String state() {
    StringBuilder state = new StringBuilder();
    for (Path file : files) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        state
            .append(attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS))
            .append(' ')
            .append(attributes.size())
            .append(' ')
            .append(attributes.fileKey())
            .append('\n');
      } catch (IOException e) {
        state.append("missing\n"); // while a job replaces it
      }
    }
    return state.toString();
  }
}
