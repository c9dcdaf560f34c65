package io.sluice.engine.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that their owner alone can read from the moment they are, where the system knows that. */
public final class OwnerOnly {
  private OwnerOnly() {}

  /** Attributes of a new file in that place. */
  public static FileAttribute<?>[] file(Path place) {
    return attributes(place, "rw-------");
  }

  /** Attributes of a new directory in that place. */
  public static FileAttribute<?>[] directory(Path place) {
    return attributes(place, "rwx------");
  }

  private static FileAttribute<?>[] attributes(Path place, String permissions) {
    return place.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** Makes an empty file where there is none. */
  public static void makeMissing(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file, file(file));
    }
  }
}
