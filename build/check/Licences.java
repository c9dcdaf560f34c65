import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Refuses a shipped library whose licence {@code build/check/licences.txt} does not allow, and writes the
 * list of what is shipped under which licence.
 *
 * <p>Run by {@code ./mvnw verify}: {@code Licences SBOM ALLOWED THIRD-PARTY LIB
 * offline=true|false}. With {@code -o} Maven does not run the plugin that writes the bill; one that
 * does not tell what is in LIB is taken away then, rather than believed.
 */
class Licences {
  /**
   * @param chosen by coordinates, where a pom names none or lets one choose
   */
  private record Allowed(Set<String> licences, Map<String, String> chosen) {}

  public static void main(String[] args) throws IOException {
    if (!isWhatIsShipped(Path.of(args[0]), Path.of(args[3]), args[4].equals("offline=true"))) {
      Files.deleteIfExists(Path.of(args[0]));
      Files.deleteIfExists(Path.of(args[2]));
      return;
    }
    Allowed allowed = allowed(Path.of(args[1]));
    List<Sbom.Library> libraries = Sbom.libraries(Path.of(args[0]));
    List<String> faults = new ArrayList<>();
    StringBuilder page =
        new StringBuilder(
            "Libraries that Sluice ships, each under its own licence; the texts are in the jars.\n\n");
    Set<String> unused = new TreeSet<>(allowed.chosen().keySet());
    for (Sbom.Library library : libraries) {
      unused.remove(library.coordinates());
      List<String> effective = effective(library, allowed);
      faults.addAll(faults(library, effective, allowed));
      page.append(library.coordinates()).append(' ').append(library.version()).append("\n  ");
      page.append(String.join(" or ", effective)).append('\n');
      if (!allowed.chosen().containsKey(library.coordinates())) {
        library.licenceUrls().forEach(url -> page.append("  ").append(url).append('\n'));
      }
    }
    unused.forEach(name -> faults.add(name + ": is not shipped; take it out of " + args[1]));
    if (!faults.isEmpty()) {
      faults.forEach(fault -> System.err.println("licences: " + fault));
      System.exit(1);
    }
    Files.writeString(Path.of(args[2]), page);
  }

  private static boolean isWhatIsShipped(Path bill, Path lib, boolean offline) throws IOException {
    List<String> known = Files.exists(bill) ? Sbom.jars(bill) : List.of();
    List<String> missing = new ArrayList<>();
    try (Stream<Path> jars = Files.list(lib)) {
      for (Path jar : jars.sorted().toList()) {
        String name = jar.getFileName().toString();
        if (known.stream().noneMatch(k -> name.equals(k + ".jar") || name.startsWith(k + "-"))) {
          missing.add(name);
        }
      }
    }
    if (missing.isEmpty()) {
      return true;
    }
    if (!offline) {
      System.err.println(
          "licences: not in the bill of materials: "
              + String.join(", ", missing)
              + "; build anew with ./mvnw clean verify");
      System.exit(1);
    }
    System.err.println(
        "licences: not checked, since Maven writes no bill of materials with -o; build without -o");
    return false;
  }

  private static List<String> effective(Sbom.Library library, Allowed allowed) {
    String chosen = allowed.chosen().get(library.coordinates());
    return chosen == null ? library.licences() : List.of(chosen);
  }

  /** Of several licences each must be allowed: the bill does not say whether one may choose. */
  private static List<String> faults(
      Sbom.Library library, List<String> effective, Allowed allowed) {
    String remedy = "; read its licence, then replace the library or add to build/check/licences.txt";
    if (effective.isEmpty()) {
      return List.of(library.purl() + ": names no licence" + remedy);
    }
    return effective.stream()
        .filter(licence -> !allowed.licences().contains(licence))
        .map(licence -> library.purl() + ": \"" + licence + "\" is not allowed" + remedy)
        .toList();
  }

  private static Allowed allowed(Path file) throws IOException {
    Set<String> licences = new HashSet<>();
    Map<String, String> chosen = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      int equals = line.indexOf(" = ");
      int reason = line.indexOf("; ");
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (equals < 0) {
        licences.add(line.strip());
      } else if (reason > equals) {
        chosen.put(line.substring(0, equals).strip(), line.substring(equals + 3, reason).strip());
      } else {
        System.err.println(
            "licences: " + file + ": \"" + line + "\" gives no reason; add \"; ...\"");
        System.exit(1);
      }
    }
    return new Allowed(licences, chosen);
  }
}
