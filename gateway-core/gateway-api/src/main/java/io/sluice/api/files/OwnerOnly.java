package io.sluice.api.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files that their owner alone can read from the moment they are, where the system knows that. */
public final class OwnerOnly {
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

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
    return isPosix(place)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** Whether users beside the owner may read it, write it or look into it. */
  public static boolean isOpenToOthers(Path place) throws IOException {
    return isPosix(place)
        && Files.getPosixFilePermissions(place).stream().anyMatch(OTHERS::contains);
  }

  /** Takes from all but the owner what an earlier version, or a wide umask, gave them. */
  public static void tighten(Path place) throws IOException {
    if (isOpenToOthers(place)) {
      Set<PosixFilePermission> kept = EnumSet.copyOf(Files.getPosixFilePermissions(place));
      kept.removeAll(OTHERS);
      Files.setPosixFilePermissions(place, kept);
    }
  }

  private static boolean isPosix(Path place) {
    return place.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Makes an empty file where there is none. */
  public static void makeMissing(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file, file(file));
    }
  }
}
