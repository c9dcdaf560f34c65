package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.upstream.UpstreamFactory;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of a vendor's jar: it needs the API alone, and the gateway finds what is in it. */
@Timeout(120)
class VendorJarIT {
  private static final Path SOURCES = Path.of("../../config/examples/vendor-adapter/src/main");
  private static final Path LIBRARIES = Path.of("target/sluice/lib");

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void build() throws IOException {
    jar = directory.resolve("vendor.jar");
    Path classes = Files.createDirectory(directory.resolve("classes"));
    List<String> arguments =
        new ArrayList<>(List.of("-d", classes.toString(), "-cp", library("gateway-api")));
    try (Stream<Path> files = Files.walk(SOURCES.resolve("java"))) {
      files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
    }
    int exitCode =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(exitCode).isZero();
    pack(classes, SOURCES.resolve("resources"));
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
    line[8] = "plant.alarm";
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
}
