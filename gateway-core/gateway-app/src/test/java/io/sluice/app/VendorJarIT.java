package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.adapter.AdapterFactory;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.upstream.UpstreamFactory;
import io.sluice.testkit.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The example of a vendor's jar: it needs the API alone, and the gateway finds what is in it. */
@Timeout(300)
class VendorJarIT {
  private static final Path SOURCES = Path.of("../../config/examples/vendor-adapter/src/main");
  private static final Path LIBRARIES = Path.of("target/sluice/lib");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void build() throws IOException {
    jar = directory.resolve("vendor.jar");
    Path classes = Files.createDirectory(directory.resolve("classes"));
    try (Stream<Path> files = Files.walk(SOURCES.resolve("java"))) {
      compile(
          classes,
          files.map(Path::toString).filter(file -> file.endsWith(".java")).toArray(String[]::new));
    }
    pack(classes, SOURCES.resolve("resources"));
  }

  private static void compile(Path classes, String... sources) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("-d", classes.toString(), "-cp", library("gateway-api")));
    arguments.addAll(List.of(sources));
    int exitCode =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(exitCode).isZero();
  }

  /** The API needs the annotations of nullness to be read, as Maven gives them with it. */
  private static String library(String name) throws IOException {
    try (Stream<Path> files = Files.list(LIBRARIES)) {
      return String.join(
          ":",
          files
              .map(Path::toString)
              .filter(file -> file.contains(name) || file.contains("jspecify"))
              .toList());
    }
  }

  private void pack(Path... folders) throws IOException {
    try (FileSystem archive = FileSystems.newFileSystem(jar, Map.of("create", "true"))) {
      for (Path folder : folders) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.filter(Files::isRegularFile).toList()) {
            Path inside = archive.getPath("/" + folder.relativize(file));
            Files.createDirectories(inside.getParent());
            Files.copy(file, inside);
          }
        }
      }
    }
  }

  @Test
  void upstreamAndFormatOfAnotherJarSendRecords() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    try (ServerSocket farEnd = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> take(farEnd, lines));
      Path config =
          new Setup(directory)
              .config(
                  "{ name: plant, type: tcp-lines, port: %d, format: csv }"
                      .formatted(farEnd.getLocalPort()));
      try (GatewayProcess gateway = GatewayProcess.startWith(jar, config)) {
        Tool.publish(gateway, "telemetry", "{\"voltage\":230.5,\"relay\":true}").succeeded();
        await().until(() -> !lines.isEmpty());
        assertThat(lines.getFirst()).matches("meter-1,\\d{16},voltage=230\\.5,relay=true");
        assertThat(gateway.terminate()).isZero();
      }
    }
  }

  private static void take(ServerSocket farEnd, List<String> lines) {
    try (Socket socket = farEnd.accept();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isEmpty()) {
          socket.getOutputStream().write('+');
        } else {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      lines.add(e.toString());
    }
  }

  @Test
  void optionOfAnotherJarIsCheckedAsOurs() throws Exception {
    Path config = new Setup(directory).config("{ name: plant, type: tcp-lines, port: 70000 }");
    Tool check = GatewayProcess.runWith(jar, "check", "--config", config.toString());
    assertThat(check.exitCode()).isEqualTo(2);
    assertThat(check.output()).contains("port").contains("65535");
  }

  @Test
  void dialectOfAnotherJarTakesTopicsWhereItIsNamed() throws Exception {
    String[] line = {
      "decode",
      "--profiles",
      "../../config/profiles",
      "--profile",
      "cnc",
      "--dialect",
      "sluice",
      "--dialect",
      "dotted",
      "--topic",
      "plant.pump-07.alarm",
      "--text",
      "{\"spindle\":7}"
    };
    Tool decode = GatewayProcess.runWith(jar, line);
    assertThat(decode.exitCode()).as(decode.output()).isZero();
    assertThat(decode.output()).contains("by dialect dotted", "-> alarm of pump-07");
    line[10] = "plant.alarm";
    Tool refused = GatewayProcess.runWith(jar, line);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).contains("{plant}.{device}.values");
  }

  @Test
  void jarThatIsBrokenOrTakesAnothersNameIsAFaultAndTheOthersGoOn() throws Exception {
    Path services = Files.createDirectories(directory.resolve("more/META-INF/services"));
    Files.writeString(
        services.resolve(UpstreamFactory.class.getName()),
        "com.example.sluice.Missing\ncom.example.sluice.LineUpstreamFactory\n");
    Files.delete(jar);
    pack(directory.resolve("classes"), directory.resolve("more"));
    Path config = new Setup(directory).config("{ name: plant, type: tcp-lines, port: 9000 }");
    Tool check = GatewayProcess.runWith(jar, "check", "--config", config.toString());
    assertThat(check.exitCode()).as(check.output()).isEqualTo(2);
    assertThat(check.output())
        .contains("com.example.sluice.Missing")
        .contains("take it out of adapters")
        .doesNotContain("not a type of upstream");
  }

  /** A configuration with this before its upstreams, in lines of their own. */
  private Path configWith(String sections) throws IOException {
    Path config = new Setup(directory).config();
    return Files.writeString(
        config, Files.readString(config).replace("upstreams:", sections + "upstreams:"));
  }

  private static JsonNode endpoint(GatewayProcess gateway, String adapter) throws Exception {
    for (JsonNode each : gateway.get("/api/v1/flow").get("endpoints")) {
      if (each.get("adapter").stringValue().equals(adapter)) {
        return each;
      }
    }
    throw new AssertionError("no endpoint of " + adapter);
  }

  /** The example's source says so once the gateway has its first value. */
  private static void awaitConnected(GatewayProcess gateway) {
    await()
        .atMost(PATIENCE)
        .until(() -> endpoint(gateway, "hall-2").get("state").stringValue().equals("connected"));
  }

  @Test
  void sourceOfAnotherJarBringsMessagesAlsoAfterItsFarEndWasAway() throws Exception {
    AtomicInteger values = new AtomicInteger();
    PolledFarEnd first = new PolledFarEnd(FreePort.next(), values);
    Path config =
        configWith(
            "sources: [ { name: hall-2, type: line-poll, port: %d, device: meter-1, interval: 200ms } ]\n"
                .formatted(first.port()));
    ArchiveFiles archive = new Setup(directory).archive();
    try (GatewayProcess gateway = GatewayProcess.startWith(jar, config)) {
      await().atMost(PATIENCE).until(() -> archive.values("voltage").contains(1L));
      awaitConnected(gateway);
      first.close();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            JsonNode away = endpoint(gateway, "hall-2");
            assertThat(away.get("state").stringValue()).isEqualTo("waiting");
            assertThat(away.get("reason").stringValue()).isNotBlank();
            assertThat(away.get("nextAttemptMicros").longValue()).isPositive();
          });
      long taken = values.get();
      try (PolledFarEnd again = new PolledFarEnd(first.port(), values)) {
        await().atMost(PATIENCE).until(() -> archive.values("voltage").contains(taken + 1));
        awaitConnected(gateway);
        assertThat(again.port()).isEqualTo(first.port());
      }
      assertThat(gateway.terminate()).isZero();
    }
  }

  @Test
  void listenerOfAnotherJarServesDevices() throws Exception {
    Path config = new Setup(directory).config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace(
                "listeners:\n", "listeners:\n  hall: { type: lines, host: 127.0.0.1, port: 0 }\n"));
    try (GatewayProcess gateway = GatewayProcess.startWith(jar, config)) {
      assertThat(lines(gateway, "hello meter-1 wrong")).singleElement().asString().startsWith("no");
      gateway.post(
          "/api/v1/devices/meter-1/commands", "{\"name\":\"switch\",\"payload\":{\"on\":true}}");
      List<String> answers =
          lines(gateway, "hello meter-1 secret-1", "{\"voltage\":231}", "{\"volt", "command?");
      assertThat(answers.get(0)).isEqualTo("ok");
      assertThat(answers.get(1)).isEqualTo("ok");
      assertThat(answers.get(2)).startsWith("no ");
      assertThat(answers.get(3)).matches("\\S+ switch \\{\"on\": ?true}");
      ArchiveFiles archive = new Setup(directory).archive();
      await().atMost(PATIENCE).until(() -> archive.values("voltage").contains(231L));
      assertThat(endpoint(gateway, "hall").get("state").stringValue()).isEqualTo("listening");
      assertThat(gateway.terminate()).isZero();
    }
  }

  /** The answer to each line, as far as the connection lasts. */
  private static List<String> lines(GatewayProcess gateway, String... sent) throws IOException {
    List<String> answers = new ArrayList<>();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port("hall"));
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      socket.setSoTimeout(30_000);
      for (String line : sent) {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        String answer = in.readLine();
        if (answer != null) {
          answers.add(answer);
        }
      }
    }
    return answers;
  }

  @Test
  void adaptersOfAnotherJarAreCheckedAsOurs() throws Exception {
    Path config =
        configWith(
            """
            sources:
              - { name: hall-1, type: line-pol, port: 9100, device: meter-1 }
              - { name: mqtt, type: line-poll, port: 9100, device: meter-1 }
              - { name: hall-3, type: line-poll, port: 70000, device: meter-1 }
            """);
    Tool check = GatewayProcess.runWith(jar, "check", "--config", config.toString());
    assertThat(check.exitCode()).as(check.output()).isEqualTo(2);
    assertThat(check.output())
        .contains(
            "sources[0].type: \"line-pol\" is not a type of source; did you mean \"line-poll\"")
        .contains("sources[1].name: \"mqtt\" is taken by the adapter on line ")
        .contains("sources[2].port: 70000")
        .contains("65535");
  }

  @Test
  void adapterThatCannotBeLoadedIsAFaultWithItsRemedy() throws Exception {
    Path services = Files.createDirectories(directory.resolve("more/META-INF/services"));
    Files.writeString(
        services.resolve(AdapterFactory.class.getName()),
        "com.example.sluice.Missing\ncom.example.sluice.LinePollFactory\n");
    Files.delete(jar);
    pack(directory.resolve("classes"), directory.resolve("more"));
    Path config =
        configWith("sources: [ { name: hall-2, type: line-poll, port: 9100, device: meter-1 } ]\n");
    Tool check = GatewayProcess.runWith(jar, "check", "--config", config.toString());
    assertThat(check.exitCode()).as(check.output()).isEqualTo(2);
    assertThat(check.output())
        .contains("com.example.sluice.Missing")
        .contains("take it out of adapters")
        .doesNotContain("not a type of source");
  }

  private Path profiles() throws IOException {
    return Files.createDirectories(directory.resolve("profiles"));
  }

  /** A configuration with one device whose messages are the example codec's, in hex digits. */
  private Path configOfTags() throws IOException {
    Path profile =
        Files.writeString(
            profiles().resolve("tag-sensor.yaml"),
            """
            codec: tags
            encoding: hex
            metrics: { temperature: { unit: Cel }, humidity: { unit: "%RH" }, door: { type: boolean } }
            """);
    Path config = new Setup(directory).config();
    Files.writeString(
        directory.resolve("devices.yaml"),
        "- { id: tag-1, profile: tag-sensor, sector: farm, site: north, credentials: { password: secret-1 } }\n",
        StandardOpenOption.APPEND);
    return Files.writeString(
        config, Files.readString(config).replace("profiles: [ ", "profiles: [ " + profile + ", "));
  }

  @Test
  void codecOfAnotherJarReadsMessages() throws Exception {
    Path config = configOfTags();
    Tool check = GatewayProcess.runWith(jar, "check", "--config", config.toString());
    assertThat(check.exitCode()).as(check.output()).isZero();
    try (GatewayProcess gateway = GatewayProcess.startWith(jar, config)) {
      Tool.publish(gateway, "tag-1", "secret-1", "telemetry", "0100d7 030001 070002", "-i", "tag-1")
          .succeeded();
      ArchiveFiles archive = new Setup(directory).archive();
      await().until(() -> !archive.records().isEmpty());
      JsonNode record = archive.records().getFirst();
      assertThat(record.get("src").stringValue()).isEqualTo("telemetry;tags");
      assertThat(record.get("m").toString())
          .contains("\"n\":\"temperature\",\"v\":21.5,\"u\":\"Cel\"")
          .contains("\"n\":\"tag-7\",\"v\":2");
      assertThat(gateway.terminate()).isZero();
    }
  }

  @Test
  void codecOfAnotherJarDecodesInTheTool() throws Exception {
    configOfTags();
    List<String> decode =
        List.of("decode", "--profile", "tag-sensor", "--profiles", profiles().toString(), "--text");
    Tool good = decode(decode, "0100d7");
    assertThat(good.exitCode()).as(good.output()).isZero();
    assertThat(good.output()).contains("21.5");
    Tool bad = decode(decode, "0100");
    assertThat(bad.exitCode()).isEqualTo(1);
    assertThat(bad.output()).contains("the payload has 2 bytes; send fields of 3, tag and value");
  }

  private Tool decode(List<String> options, String payload) throws Exception {
    List<String> all = new ArrayList<>(options);
    all.add(payload);
    return GatewayProcess.runWith(jar, all.toArray(String[]::new));
  }

  @Test
  void codecThatIsMissingBrokenOrTwiceThereIsAFaultWithItsPlace() throws Exception {
    Path config = configOfTags();
    Path services = Files.createDirectories(directory.resolve("more/META-INF/services"));
    Files.writeString(
        services.resolve(PayloadCodecFactory.class.getName()),
        "com.example.sluice.Missing\ncom.example.sluice.TextFactory\n");
    Path twin = Files.createDirectories(directory.resolve("twin"));
    compile(twin, twinOfText());
    Files.delete(jar);
    pack(twin, directory.resolve("more"));
    Tool check = GatewayProcess.runWith(jar, "check", "--config", config.toString());
    assertThat(check.exitCode()).as(check.output()).isEqualTo(2);
    assertThat(check.output())
        .contains("com.example.sluice.Missing")
        .contains("take it out of adapters")
        .contains("two jars offer \"text\"")
        .contains("tag-sensor.yaml:1:8: codec: \"tags\" is not known; ");
  }

  /** A codec that takes a name which is the gateway's own. */
  private String twinOfText() throws IOException {
    Path source = Files.createDirectories(directory.resolve("source")).resolve("TextFactory.java");
    return Files.writeString(
            source,
            """
            package com.example.sluice;
            public final class TextFactory implements io.sluice.api.codec.PayloadCodecFactory {
              @Override public String name() { return "text"; }
              @Override public io.sluice.api.codec.PayloadCodec create() {
                return (payload, device, received, out) -> {};
              }
            }
            """)
        .toString();
  }
}
