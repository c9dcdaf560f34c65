import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks OSV which known vulnerabilities the shipped libraries have; {@code build/vulnerabilities}
 * starts it. Exit code 0: none that counts; 1: it could not be found out; 2: bad usage; 3: some.
 */
class Vulnerabilities {
  private static final String USAGE =
      "build/vulnerabilities [--sbom FILE] [--severity LOW|MODERATE|HIGH|CRITICAL]"
          + " [--database FOLDER-OR-ZIP] [--accepted FILE] [--url URL]";
  private static final Duration TIME = Duration.ofSeconds(30);
  private static final int BATCH = 500;

  private record Found(Sbom.Library library, Advisories.Advisory advisory) {}

  private final Map<String, String> options;

  private Vulnerabilities(Map<String, String> options) {
    this.options = options;
  }

  public static void main(String[] args) {
    try {
      System.exit(new Vulnerabilities(options(args)).run());
    } catch (IllegalArgumentException e) {
      System.err.println("vulnerabilities: " + e.getMessage());
      System.exit(2);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("vulnerabilities: " + e.getMessage());
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      System.exit(1);
    }
  }

  private static Map<String, String> options(String[] args) {
    Map<String, String> options =
        new LinkedHashMap<>(Map.of("--severity", "LOW", "--url", "https://api.osv.dev"));
    List<String> known = List.of("--sbom", "--severity", "--database", "--accepted", "--url");
    for (int i = 0; i < args.length; i += 2) {
      if (!known.contains(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException("\"" + args[i] + "\" is not understood; " + USAGE);
      }
      options.put(args[i], args[i + 1]);
    }
    return options;
  }

  private int run() throws IOException, InterruptedException {
    Advisories.Severity least = least();
    Path bill = Path.of(options.get("--sbom"));
    if (!Files.exists(bill)) {
      throw new IllegalArgumentException(
          "there is no " + bill + "; make it with ./mvnw package (without -o), or name one");
    }
    List<Sbom.Library> libraries = Sbom.libraries(bill);
    String database = options.get("--database");
    List<Found> found = database == null ? ask(libraries) : search(libraries, Path.of(database));
    Map<String, String> accepted = accepted();
    int counting = 0;
    for (Found one : found) {
      String reason = reason(one.advisory(), accepted);
      boolean counts = reason == null && one.advisory().severity().compareTo(least) >= 0;
      counting += counts ? 1 : 0;
      print(one, reason);
    }
    System.out.printf(
        "%d libraries, %d known vulnerabilities, %d of them count (%s or graver, not accepted)%n",
        libraries.size(), found.size(), counting, least);
    return counting == 0 ? 0 : 3;
  }

  private Advisories.Severity least() {
    try {
      return Advisories.Severity.valueOf(options.get("--severity"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\"" + options.get("--severity") + "\" is no severity; " + USAGE, e);
    }
  }

  private static void print(Found one, String reason) {
    Advisories.Advisory advisory = one.advisory();
    System.out.printf(
        "%-8s %s %s %s: %s%s%n",
        advisory.severity(),
        one.library().purl(),
        advisory.id(),
        String.join(" ", advisory.aliases()),
        advisory.summary().lines().findFirst().orElse(""),
        reason == null ? "" : " (accepted: " + reason + ")");
  }

  private static String reason(Advisories.Advisory advisory, Map<String, String> accepted) {
    List<String> names = new ArrayList<>(advisory.aliases());
    names.add(advisory.id());
    return names.stream().filter(accepted::containsKey).map(accepted::get).findFirst().orElse(null);
  }

  /** Lines {@code ID = reason}. */
  private Map<String, String> accepted() throws IOException {
    Map<String, String> accepted = new LinkedHashMap<>();
    String file = options.get("--accepted");
    for (String line : file == null ? List.<String>of() : Files.readAllLines(Path.of(file))) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int equals = line.indexOf(" = ");
      if (equals < 0 || line.substring(equals + 3).isBlank()) {
        throw new IllegalArgumentException(
            file + ": \"" + line + "\" gives no reason; write ID = reason");
      }
      accepted.put(line.substring(0, equals).strip(), line.substring(equals + 3).strip());
    }
    return accepted;
  }

  private static List<Found> search(List<Sbom.Library> libraries, Path dump) throws IOException {
    if (!Files.exists(dump)) {
      throw new IllegalArgumentException(
          "there is no " + dump + "; fetch OSV's all.zip of the ecosystem Maven");
    }
    List<Found> found = new ArrayList<>();
    int[] entries = new int[1];
    Advisories.read(
        dump,
        entry -> {
          entries[0]++;
          for (Sbom.Library library : libraries) {
            if (Advisories.affects(entry, library.coordinates(), library.version())) {
              found.add(new Found(library, Advisories.advisory(entry)));
            }
          }
        });
    if (entries[0] == 0) {
      throw new IOException(dump + " has no OSV entries (*.json); fetch OSV's all.zip of Maven");
    }
    return found;
  }

  private List<Found> ask(List<Sbom.Library> libraries) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIME).build()) {
      Map<String, List<Sbom.Library>> ids = new TreeMap<>();
      for (int from = 0; from < libraries.size(); from += BATCH) {
        batch(client, libraries.subList(from, Math.min(libraries.size(), from + BATCH)), ids);
      }
      List<Found> found = new ArrayList<>();
      for (Map.Entry<String, List<Sbom.Library>> one : ids.entrySet()) {
        Map<String, Object> entry = send(client, request("/v1/vulns/" + one.getKey()).GET());
        if (!entry.containsKey("withdrawn")) {
          Advisories.Advisory advisory = Advisories.advisory(entry);
          one.getValue().forEach(library -> found.add(new Found(library, advisory)));
        }
      }
      return found;
    }
  }

  private void batch(
      HttpClient client, List<Sbom.Library> libraries, Map<String, List<Sbom.Library>> ids)
      throws IOException, InterruptedException {
    List<Object> queries =
        libraries.stream()
            .<Object>map(library -> Map.of("package", Map.of("purl", library.purl())))
            .toList();
    HttpRequest.BodyPublisher body =
        HttpRequest.BodyPublishers.ofString(Json.written(Map.of("queries", queries)));
    Map<String, Object> answer = send(client, request("/v1/querybatch").POST(body));
    List<Object> results = Json.list(answer.get("results"));
    if (results.size() != libraries.size()) {
      throw new IOException(
          "OSV answered " + results.size() + " of " + libraries.size() + " questions; ask again");
    }
    for (int i = 0; i < results.size(); i++) {
      Map<String, Object> result = Json.map(results.get(i));
      if (result.containsKey("next_page_token")) {
        throw new IOException(
            "OSV has more of " + libraries.get(i).purl() + " than one page; use --database");
      }
      for (Object each : Json.list(result.get("vulns"))) {
        String id = Json.text(Json.map(each).get("id"));
        ids.computeIfAbsent(id, any -> new ArrayList<>()).add(libraries.get(i));
      }
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(options.get("--url") + path)).timeout(TIME);
  }

  private Map<String, Object> send(HttpClient client, HttpRequest.Builder builder)
      throws IOException, InterruptedException {
    HttpRequest request = builder.build();
    HttpResponse<String> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException(
          "OSV cannot be reached at "
              + options.get("--url")
              + " ("
              + e.getClass().getSimpleName()
              + "); try again, or give a dump of it with --database",
          e);
    }
    if (response.statusCode() != 200) {
      throw new IOException(request.uri() + " answered " + response.statusCode() + "; ask again");
    }
    try {
      return Json.map(Json.parse(response.body()));
    } catch (IllegalArgumentException e) {
      throw new IOException(request.uri() + " answered no JSON: " + e.getMessage(), e);
    }
  }
}
