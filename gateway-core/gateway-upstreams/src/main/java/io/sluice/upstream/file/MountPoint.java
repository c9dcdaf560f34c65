package io.sluice.upstream.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether something is mounted at a path. On Linux by {@code /proc/self/mountinfo}, which knows
 * bind mounts too; elsewhere by the path having another file store than its parent.
 */
final class MountPoint {
  private static final Path LINUX = Path.of("/proc/self/mountinfo");
  private static final int POINT_FIELD = 4;

  private MountPoint() {}

  static boolean isMounted(Path point) throws IOException {
    if (!Files.isDirectory(point)) {
      return false;
    }
    Path real = point.toRealPath();
    if (Files.isReadable(LINUX)) {
      return isMounted(real, Files.readAllLines(LINUX));
    }
    Path parent = real.getParent();
    return parent == null || !Files.getFileStore(real).equals(Files.getFileStore(parent));
  }

  /**
   * By the lines of proc_pid_mountinfo(5). An automounter that waits there has mounted nothing yet.
   */
  static boolean isMounted(Path real, List<String> lines) {
    return lines.stream().anyMatch(line -> isAt(real, line) && !line.contains(" - autofs "));
  }

  private static boolean isAt(Path real, String line) {
    String[] fields = line.split(" ", POINT_FIELD + 2);
    return fields.length > POINT_FIELD && unescaped(fields[POINT_FIELD]).equals(real.toString());
  }

  /** Space, tab, line end and backslash stand there as three octal digits. */
  private static String unescaped(String text) {
    return text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
