import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a CycloneDX bill of materials says of the libraries that are not ours. */
final class Sbom {
  private static final String OURS = "io.sluice";

  /**
   * @param licences identifiers, or names where it has no identifier
   * @param licenceUrls where the bill gives any
   */
  record Library(
      String group, String name, String version, List<String> licences, List<String> licenceUrls) {
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

  /** Names of the jars that the bill speaks of, ours too, without classifier and ending. */
  static List<String> jars(Path file) throws IOException {
    Map<String, Object> bill = Json.map(Json.parse(Files.readString(file)));
    Object product = Json.map(bill.get("metadata")).get("component");
    return Stream.concat(Stream.of(product), Json.list(bill.get("components")).stream())
        .map(component -> library(Json.map(component)))
        .map(library -> library.name() + '-' + library.version())
        .toList();
  }

  private static Library library(Map<String, Object> component) {
    List<Map<String, Object>> licences =
        Json.list(component.get("licenses")).stream().map(Json::map).toList();
    return new Library(
        Json.text(component.get("group")),
        Json.text(component.get("name")),
        Json.text(component.get("version")),
        licences.stream().map(Sbom::licence).toList(),
        licences.stream()
            .map(each -> Json.text(Json.map(each.get("license")).get("url")))
            .filter(url -> !url.isEmpty())
            .toList());
  }

  private static String licence(Map<String, Object> choice) {
    if (choice.containsKey("expression")) {
      return Json.text(choice.get("expression"));
    }
    Map<String, Object> licence = Json.map(choice.get("license"));
    return Json.text(licence.containsKey("id") ? licence.get("id") : licence.get("name"));
  }
}
