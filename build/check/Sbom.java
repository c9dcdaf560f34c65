import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What a CycloneDX bill of materials says of the libraries that are not ours. */
final class Sbom {
  private static final String OURS = "io.sluice";

  record Library(String group, String name, String version) {
    String coordinates() {
      return group + ':' + name;
    }

    /** Without qualifiers: all classifiers of a version are one library. */
    String purl() {
      return "pkg:maven/" + group + '/' + name + '@' + version;
    }
  }

  private Sbom() {}

  /** Each library once, by its coordinates. */
  static List<Library> libraries(Path file) throws IOException {
    Map<String, Object> bill = Json.map(Json.parse(Files.readString(file)));
    if (!Json.text(bill.get("bomFormat")).equals("CycloneDX")) {
      throw new IllegalArgumentException("is no CycloneDX bill of materials");
    }
    return Json.list(bill.get("components")).stream()
        .map(component -> library(Json.map(component)))
        .filter(library -> !library.group().equals(OURS))
        .distinct()
        .sorted(Comparator.comparing(Library::purl))
        .toList();
  }

  private static Library library(Map<String, Object> component) {
    return new Library(
        Json.text(component.get("group")),
        Json.text(component.get("name")),
        Json.text(component.get("version")));
  }
}
