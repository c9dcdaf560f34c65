package io.sluice.upstream.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** What stands at a path now, told from what stood there before. A link is not followed. */
final class PathKey {
  /** The key of nothing. */
  static final Object ABSENT = new Object();

  private PathKey() {}

  /** The file system's own name of it (device and inode), null where it has none. */
  static @Nullable Object of(Path path) throws IOException {
    BasicFileAttributes there = attributes(path);
    return there == null ? ABSENT : there.fileKey();
  }

  /** Null where nothing is there. */
  static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return null;
    }
  }
}
