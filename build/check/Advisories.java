import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.maven.artifact.versioning.ComparableVersion;

/**
 * What OSV says, read out of its JSON (ossf.github.io/osv-schema): which versions an entry affects,
 * and how grave it is.
 */
final class Advisories {
  /** From the least to the gravest; where an entry gives none, it is taken as the gravest. */
  enum Severity {
    LOW,
    MODERATE,
    HIGH,
    CRITICAL
  }

  /** One entry. */
  record Advisory(String id, List<String> aliases, String summary, Severity severity) {}

  private Advisories() {}

  static Advisory advisory(Map<String, Object> entry) {
    return new Advisory(
        Json.text(entry.get("id")),
        Json.list(entry.get("aliases")).stream().map(Json::text).toList(),
        Json.text(entry.get(entry.containsKey("summary") ? "summary" : "details")),
        severity(entry));
  }

  private static Severity severity(Map<String, Object> entry) {
    String said = Json.text(Json.map(entry.get("database_specific")).get("severity"));
    return switch (said) {
      case "LOW" -> Severity.LOW;
      case "MODERATE", "MEDIUM" -> Severity.MODERATE;
      case "HIGH" -> Severity.HIGH;
      default -> Severity.CRITICAL;
    };
  }

  /** The entries of a dump: a zip, or a folder with JSON files or a zip in it. */
  static void read(Path dump, Consumer<Map<String, Object>> entries) throws IOException {
    if (!Files.isDirectory(dump)) {
      zip(dump, entries);
      return;
    }
    try (Stream<Path> files = Files.walk(dump)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (file.toString().endsWith(".zip")) {
          zip(file, entries);
        } else if (file.toString().endsWith(".json")) {
          entries.accept(parsed(file.toString(), Files.readString(file)));
        }
      }
    }
  }

  private static void zip(Path file, Consumer<Map<String, Object>> entries) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith(".json")) {
          String text = new String(zip.readAllBytes(), StandardCharsets.UTF_8);
          entries.accept(parsed(file + "!" + entry.getName(), text));
        }
      }
    }
  }

  private static Map<String, Object> parsed(String name, String text) {
    try {
      return Json.map(Json.parse(text));
    } catch (IllegalArgumentException e) {
      throw new UncheckedIOException(new IOException(name + ": " + e.getMessage(), e));
    }
  }

  /** Whether the entry, unless it was withdrawn, affects that version of that Maven artifact. */
  static boolean affects(Map<String, Object> entry, String coordinates, String version) {
    return !entry.containsKey("withdrawn")
        && Json.list(entry.get("affected")).stream()
            .map(Json::map)
            .filter(affected -> isOf(Json.map(affected.get("package")), coordinates))
            .anyMatch(affected -> includes(affected, version));
  }

  private static boolean isOf(Map<String, Object> artifact, String coordinates) {
    return Json.text(artifact.get("ecosystem")).equals("Maven")
        && Json.text(artifact.get("name")).equals(coordinates);
  }

  private static boolean includes(Map<String, Object> affected, String version) {
    return Json.list(affected.get("versions")).contains(version)
        || Json.list(affected.get("ranges")).stream()
            .map(Json::map)
            .filter(range -> Json.text(range.get("type")).equals("ECOSYSTEM"))
            .anyMatch(range -> includes(Json.list(range.get("events")), version));
  }

  private record Event(String kind, ComparableVersion version) {}

  /** OSV's own evaluation: of the events in order, the last one not after the version decides. */
  private static boolean includes(List<Object> events, String text) {
    ComparableVersion version = new ComparableVersion(text);
    List<Event> ordered = new ArrayList<>();
    events.forEach(event ->
        Json.map(event)
            .forEach((kind, at) -> ordered.add(new Event(kind, new ComparableVersion(Json.text(at))))));
    ordered.sort(java.util.Comparator.comparing(Event::version));
    boolean vulnerable = false;
    for (Event event : ordered) {
      int order = version.compareTo(event.version());
      vulnerable =
          switch (event.kind()) {
            case "introduced" -> vulnerable || order >= 0;
            case "fixed" -> vulnerable && order < 0;
            case "last_affected" -> vulnerable && order <= 0;
            default -> vulnerable;
          };
    }
    return vulnerable;
  }
}
