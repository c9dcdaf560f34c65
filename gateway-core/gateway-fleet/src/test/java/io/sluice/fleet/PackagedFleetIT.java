package io.sluice.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.testkit.FreePort;
import io.sluice.testkit.KafkaBroker;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is packaged, as build/dist --fleet lays it out, with this machine's Java in place of the
 * archive's: from the launcher to a figure. The archive's own Java runs in the image (ComposeIT).
 */
@Timeout(600)
class PackagedFleetIT {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Path PACKAGED = Path.of("target/sluice/lib");
  private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

  @TempDir static Path directory;
  private static Path home;
  private static KafkaBroker broker;
  private static String database;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void unpack() throws Exception {
    assumeTrue(
        System.getenv("SLUICE_REQUIRE_TOOLS") != null || Files.isDirectory(PACKAGED),
        "nothing is packaged: mvn package");
    assumeTrue(PostgreSql.isInstalled());
    home = Files.createDirectories(directory.resolve("sluice-fleet"));
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    try (Stream<Path> jars = Files.list(PACKAGED)) {
      for (Path jar : jars.toList()) {
        Files.copy(jar, home.resolve("lib").resolve(jar.getFileName()));
      }
    }
    for (String program : List.of("sluice", "build/find-java")) {
      Path to = home.resolve("bin").resolve(Path.of(program).getFileName());
      Files.copy(ROOT.resolve(program), to);
      Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    run(
        0,
        Path.of(System.getProperty("java.home"), "bin/java").toString(),
        ROOT.resolve("build/package/Lib.java").toString(),
        home.resolve("lib").toString(),
        System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64",
        "io.sluice.fleet.Main");
    broker = FleetParts.broker(directory.resolve("kafka"), Map.of());
    database = PostgreSql.shared().newDatabase();
  }

  @AfterAll
  static void stop() {
    if (broker != null) {
      broker.close();
    }
  }

  private static Process start(Path output, String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("SLUICE_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().remove("SLUICE_OPTS");
    return builder.start();
  }

  private static String run(int exitCode, String... command) throws Exception {
    Path output = Files.createTempFile(directory, "run", ".out");
    Process process = start(output, command);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(List.of(command).toString()).isTrue();
    String said = Files.readString(output);
    assertThat(process.exitValue()).as(said).isEqualTo(exitCode);
    return said;
  }

  private static String fleet(int exitCode, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/sluice").toString()));
    command.add("fleet");
    command.addAll(List.of(words));
    return run(exitCode, command.toArray(String[]::new));
  }

  /**
   * A configuration, for init with the store and for the view without: devices come by their topic.
   */
  private static Path configuration(String name, int port, boolean hasStore) throws IOException {
    PostgreSql server = PostgreSql.shared();
    String store =
        "  store: { uri: \"%s\", user: %s, password: %s }\n"
            .formatted(server.uri(database), PostgreSql.USER, PostgreSql.PASSWORD);
    Path file =
        Files.writeString(
            directory.resolve(name),
            "fleet:\n"
                + (hasStore ? store : "")
                + """
                  bus: { bootstrap-servers: "%s" }
                  state: ./state
                  commit: 100ms
                admin: { host: 127.0.0.1, port: %d }
                """
                    .formatted(broker.address(), port));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  /** One record of each compression that a gateway may use. */
  private static void publish(long minute) throws Exception {
    String device =
        """
        {"v":1,"device":"meter-1","rev":1,"at":%d,"profile":"energy-meter","sector":"factory",
        "site":"a","interval":60000000,"metrics":["voltage"],"planned":true,"commissioned":true,
        "retired":false,"parent":null}\
        """
            .formatted(minute - 30 * 60_000_000L);
    send("none", "sluice.fleet.devices", device);
    for (int i = 0; i < CODECS.size(); i++) {
      long time = minute - i * 60_000_000L;
      String record =
          """
          {"id":"gw-e1-t%d","gateway":"gw","device":"meter-1","sector":"factory","site":"a",
          "model":"energy-meter","class":"telemetry","t":%d,"tsrc":"device","rx":%d,"seq":%d,
          "hist":false,"m":[{"n":"voltage","v":230,"u":"V","q":"good"}],"proto":"mqtt",
          "src":"t"}\
          """
              .formatted(i, time, time + 1_000, i);
      send(CODECS.get(i), "sluice.telemetry", record);
    }
  }

  private static void send(String codec, String topic, String value) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.address(), "compression.type", codec),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, "meter-1", value)).get(60, TimeUnit.SECONDS);
    }
  }

  private JsonNode get(int port, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(60))
            .build();
    return JsonMapper.shared().readTree(http.send(request, BodyHandlers.ofString()).body());
  }

  @Test
  void fromTheLauncherToAFigure() throws Exception {
    assertThat(fleet(0, "--help")).contains("init", "run", "config");
    assertThat(run(2, home.resolve("bin/sluice").toString(), "run"))
        .contains("the fleet's view alone");
    int port = FreePort.next();
    Path init = configuration("init.yaml", port, true);
    // Flyway finds its scripts in a jar that the manifest of another names
    assertThat(fleet(0, "init", "--config", init.toString(), "--partitions", "2"))
        .contains("tables version", "topic sluice.telemetry made");
    Path file = configuration("fleet.yaml", port, false);
    Path output = directory.resolve("run.out");
    Process process =
        start(
            output,
            home.resolve("bin/sluice").toString(),
            "fleet",
            "run",
            "--config",
            file.toString());
    try {
      await()
          .atMost(Duration.ofMinutes(2))
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> get(port, "/health/ready").path("ready").asBoolean());
      // in slots that are over: the window ends with the last of those
      publish(Math.floorDiv(System.currentTimeMillis() - 60_000, 60_000) * 60_000_000L);
      await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(() -> {
            JsonNode coverage = get(port, "/api/v1/coverage?window=24h");
            assertThat(coverage.at("/groups/0/received").asInt())
                .as(coverage::toString)
                .isEqualTo(CODECS.size());
          });
      // RocksDB's library is that of the archive, and nothing of it is unpacked
      String maps = Files.readString(Path.of("/proc/" + process.pid() + "/maps"));
      assertThat(maps)
          .containsPattern(home.resolve("lib/native") + "/librocksdbjni-linux\\S+\\.so");
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(output)).isZero();
      assertThat(Files.readString(output, StandardCharsets.UTF_8))
          .contains("ready admin 127.0.0.1:" + port)
          .doesNotContain(" ERROR ", "SLF4J");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
