import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks that every Java source below a folder is in google-java-format, or brings it there.
 *
 * <p>Run by {@code ./mvnw verify} as {@code check}; run {@code build/format} to fix.
 */
class Format {
  public static void main(String[] args) throws Exception {
    boolean fix = args[0].equals("fix");
    List<Path> off = new ArrayList<>();
    for (Path file : sources(Path.of(args[1]))) {
      String before = Files.readString(file);
      String after = format(file, before);
      if (!after.equals(before)) {
        off.add(file);
        if (fix) {
          Files.writeString(file, after);
        }
      }
    }
    off.forEach(file -> System.err.println((fix ? "formatted " : "not formatted: ") + file));
    if (!fix && !off.isEmpty()) {
      System.err.println(off.size() + " file(s) are not in google-java-format; run build/format");
      System.exit(1);
    }
  }

  private static String format(Path file, String source) {
    try {
      String ordered = ImportOrderer.reorderImports(source, Style.GOOGLE);
      return new Formatter().formatSource(RemoveUnusedImports.removeUnusedImports(ordered));
    } catch (Exception e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    try (var paths = Files.walk(root)) {
      return paths
          .filter(p -> p.toString().endsWith(".java"))
          .filter(p -> p.toString().contains("/src/") || p.getParent().endsWith("build"))
          .filter(p -> !p.toString().contains("/target/"))
          .sorted()
          .toList();
    }
  }
}
