package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.Authority;
import io.sluice.testkit.FreePort;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int sluice(String... args) {
    CommandLine line = Main.commandLine(args);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args);
  }

  @Test
  void versionAndHelpAreEverywhere() {
    assertThat(sluice("--version")).isZero();
    assertThat(out.toString()).isEqualTo("sluice 0.1.0\n");
    for (String[] args :
        new String[][] {
          {"--help"}, {"check", "--help"}, {"device", "list", "--help"}, {"sim", "--help"}
        }) {
      assertThat(sluice(args)).as(String.join(" ", args)).isZero();
    }
    assertThat(sluice("ledger", "--version")).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void noCommandIsBadUsage() {
    assertThat(sluice()).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo("sluice: no command given; see sluice --help for what there is\n");
  }

  @Test
  void unknownCommandSuggestsTheNearest() {
    assertThat(sluice("legder")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo("sluice: Unmatched argument at index 0: 'legder'; did you mean ledger?\n");
    err.getBuffer().setLength(0);
    assertThat(sluice("stauts")).isEqualTo(2);
    assertThat(err.toString()).endsWith("did you mean status?\n");
  }

  @Test
  void adminAddressWithoutASchemeIsTaken() {
    assertThat(sluice("status", "--admin", "127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString()).contains("no gateway answers at http://127.0.0.1:1;");
    for (String wrong : new String[] {"http://a b", "ftp://x", "::::", "http://"}) {
      err.getBuffer().setLength(0);
      assertThat(sluice("status", "--admin", wrong)).isEqualTo(2);
      assertThat(err.toString())
          .isEqualTo(
              "sluice: --admin "
                  + wrong
                  + " is no web address; write for example http://127.0.0.1:8080\n");
    }
  }

  @Test
  void unknownOptionSuggestsTheNearest() {
    assertThat(sluice("status", "--jsn")).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("sluice: Unknown option: '--jsn'; did you mean --json?\n");
  }

  @Test
  void missingOptionSaysWhereTheHelpIs() {
    assertThat(sluice("check")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo("sluice: Missing required option: '--config=FILE'; see sluice check --help\n");
  }

  @Test
  void checkPrintsEveryFaultAndExitsWithTwo(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("s.yaml"),
            """
            gateway: { id: edge-01 }
            listeners: { coap: { port: 70000 } }
            upstreams: [ { name: a, type: file, directry: x } ]
            """);
    assertThat(sluice("check", "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString().replace(directory + "/", ""))
        .isEqualTo(
            """
            s.yaml:2:28: listeners.coap.port: 70000 is out of range; write a whole number from 0 to 65535
            s.yaml:3:14: upstreams[0].directory: is missing; add "directory:" - Directory of the archive, made where it is missing. One upstream per directory.
            s.yaml:3:37: upstreams[0].directry: is not a known key; did you mean "directory"?
            """);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void checkPrintsTheFaultsOfAllFilesInOnePass(@TempDir Path directory) throws Exception {
    Path profiles = Files.createDirectory(directory.resolve("profiles"));
    Files.writeString(profiles.resolve("p.yaml"), "id: pump\nmetrics: 5\n");
    Files.writeString(
        directory.resolve("dev.yaml"),
        "- { id: d1, profile: nosuch, sector: farm, site: x }\n- { id: d2, interval: soon }\n");
    Path file =
        Files.writeString(
            directory.resolve("s.yaml"),
            """
            gateway: { id: edge-01 }
            listeners: { coap: { port: 70000 } }
            upstreams: [ { name: a, type: file, directory: x } ]
            profiles: [ profiles ]
            devices: [ dev.yaml ]
            """);
    assertThat(sluice("check", "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("s.yaml:2:28: ")
        .contains("profiles/p.yaml:")
        .contains("dev.yaml:1:")
        .contains("dev.yaml:2:");
  }

  /** Of several consumers and devices, each at its own place. */
  @Test
  void checkFindsNamesThatAreBoundToAnAuthorityThatIsNotThere(@TempDir Path directory)
      throws Exception {
    Files.writeString(
        directory.resolve("dev.yaml"),
        """
        - { id: d1, profile: energy-meter, sector: farm, site: x,
            credentials: { certificate: CN=d1, certificate-authority: plant-a } }
        - { id: d2, profile: energy-meter, sector: farm, site: x,
            credentials: { certificate: CN=d2, certificate-authority: plant-aa } }
        """);
    String config =
        """
        gateway: { id: edge-01 }
        access: { authorities: [ { name: plant-a, ca: %s } ] }
        listeners: { mqtt: { port: 1883 } }
        upstreams: [ { name: a, type: file, directory: x } ]
        profiles: [ %s ]
        devices: [ dev.yaml ]
        consumers:
          roles: [ { name: all, topics: [ "records/#" ] } ]
          users:
            - { name: one, role: all, certificate: CN=one, certificate-authority: plant-a }
            - { name: two, role: all, certificate: CN=two, certificate-authority: vendor }
        """
            .formatted(
                Authority.create(directory.resolve("ca")).certificate(),
                Path.of("../../config/profiles").toAbsolutePath().normalize());
    Path file = Files.writeString(directory.resolve("s.yaml"), config);
    assertThat(sluice("check", "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString().replace(directory + "/", ""))
        .isEqualTo(
            """
            dev.yaml:4:63: [1].credentials.certificate-authority: no authority "plant-aa" in access.authorities or access.just-in-time; did you mean "plant-a"?
            s.yaml:11:75: consumers.users[1].certificate-authority: no authority "vendor" in access.authorities or access.just-in-time; known are plant-a
            """);
    err.getBuffer().setLength(0);
    Files.writeString(file, config.replaceFirst("access: .*", ""));
    assertThat(sluice("check", "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString())
        .hasLineCount(4)
        .contains(
            "no authority \"plant-a\" in access.authorities or access.just-in-time; add it to"
                + " access.authorities, or leave certificate-authority out");
  }

  @Test
  void checkFindsTwoListenersOnOnePort(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("s.yaml"),
            """
            gateway: { id: edge-01 }
            listeners:
              mqtt: { host: 127.0.0.1, port: 1883 }
              coap: { port: 1883 }
            admin: { port: 1883 }
            upstreams: [ { name: a, type: file, directory: x } ]
            """);
    assertThat(sluice("check", "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString().replace(directory + "/", ""))
        .isEqualTo("s.yaml:5:16: admin.port: 1883 is that of mqtt already; give each its own\n");
  }

  @Test
  void listenerWithANameOfItsOwnHasThePortOfItsType(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("s.yaml"),
            """
            gateway: { id: edge-01 }
            listeners:
              hall-1: { type: mqtt, port: 7000 }
              hall-2: { type: coap, port: 7000 }
              hall-3: { type: coaps, port: 7000 }
              hall-4: { type: ws, port: 7000 }
            upstreams: [ { name: a, type: file, directory: x } ]
            """);
    assertThat(sluice("check", "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString().replace(directory + "/", ""))
        .isEqualTo(
            """
            s.yaml:5:32: listeners.hall-3.port: 7000 is that of hall-2 already; give each its own
            s.yaml:6:29: listeners.hall-4.port: 7000 is that of hall-1 already; give each its own
            """);
  }

  @Test
  void checkRefusesAUserInAnAddressAndNeverShowsIt(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("s.yaml"),
            """
            gateway: { id: edge-01 }
            listeners: { coap: { port: 0 } }
            upstreams: [ { name: a, type: mqtt, uri: "tcp://hunter1:hunter2@my_broker:1884" } ]
            alarms: { webhook: "https://hunter2@h/x" }
            metrics: { otlp: { url: "https://u:hunter2@h/x" } }
            """);
    assertThat(sluice("check", "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString())
        .doesNotContain("hunter")
        .contains("upstreams[0].uri: must not hold a user")
        .contains("alarms.webhook: must not hold a user")
        .contains("metrics.otlp.url: must not hold a user");
  }

  @Test
  void tokenFileOfAWindowsEditorIsReadAndABadTokenIsNotShown(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("token");
    for (byte[] bytes :
        List.of(
            "\uFEFF0123456789abcdef\r\n".getBytes(StandardCharsets.UTF_8),
            "\uFEFF0123456789abcdef\r\n".getBytes(StandardCharsets.UTF_16LE))) {
      Files.write(file, bytes);
      assertThat(sluice("status", "--admin", "http://127.0.0.1:1", "--token-file", file.toString()))
          .isEqualTo(1);
      assertThat(err.toString()).contains("no gateway answers");
    }
    for (byte[] bytes :
        List.of(
            "h\u00fcnter2 x".getBytes(StandardCharsets.UTF_8),
            "h\u00fcnter2".getBytes(StandardCharsets.ISO_8859_1))) {
      err.getBuffer().setLength(0);
      Files.write(file, bytes);
      assertThat(sluice("status", "--admin", "http://127.0.0.1:1", "--token-file", file.toString()))
          .isEqualTo(2);
      assertThat(err.toString()).doesNotContain("nter2").contains("; ");
    }
  }

  @Test
  void checkNamesDialectsThatThereAreNotAndThoseThatCollide(@TempDir Path directory)
      throws Exception {
    Path profiles = Files.createDirectory(directory.resolve("profiles"));
    Files.writeString(profiles.resolve("p.yaml"), "id: pump\ndialect: alnik\n");
    Path dialects = Files.createDirectory(directory.resolve("dialects"));
    Files.writeString(
        dialects.resolve("mine.yaml"), "up:\n  - { topic: telemetry, class: event }\n");
    Path file =
        Files.writeString(
            directory.resolve("s.yaml"),
            """
            gateway: { id: edge-01 }
            listeners:
              mqtt: { port: 0 }
              coap: { port: 0, dialects: [ sluice, mien ] }
            upstreams: [ { name: a, type: file, directory: x } ]
            profiles: [ profiles ]
            """);
    assertThat(sluice("check", "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString().replace(directory + "/", ""))
        .contains("profiles/p.yaml:2:10: dialect: there is no dialect \"alnik\"")
        .contains("s.yaml:4:40: listeners.coap.dialects[1]: there is no dialect \"mien\"")
        .contains("dialects/mine.yaml:2:14: up[0].topic: \"telemetry\" of dialect mine means")
        .containsPattern("of dialect sluice at .*sluice.yaml:5:");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void checkOfAGoodFileExitsWithZero(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("s.yaml"),
            """
            gateway: { id: edge-01 }
            listeners: { coap: { port: 0 } }
            upstreams: [ { name: a, type: file, directory: x } ]
            """);
    assertThat(sluice("check", "--config", file.toString())).isZero();
    assertThat(out.toString()).isEqualTo(file + ": no fault found\n");
  }

  @Test
  void gatewayThatIsNotThereIsOneLineAndExitCodeOne() throws Exception {
    int port = FreePort.next();
    assertThat(sluice("status", "--admin", "http://127.0.0.1:" + port)).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "sluice: no gateway answers at http://127.0.0.1:"
                + port
                + "; start one with an admin section in its configuration, or name another by"
                + " --admin\n");
  }

  @Test
  void pathThatCannotBeUsedIsNamedWithItsFault(@TempDir Path directory) throws Exception {
    Files.createFile(directory.resolve("var"));
    Path file =
        Files.writeString(
            directory.resolve("s.yaml"),
            """
            gateway: { id: edge-01, data: ./var }
            listeners: { coap: { port: 0 } }
            upstreams: [ { name: a, type: file, directory: x } ]
            """);
    assertThat(sluice("run", "--config", file.toString())).isEqualTo(1);
    assertThat(err.toString())
        .matches("sluice: gateway.data: .*/var cannot be made .*; name .*--debug shows where\\)\n");
  }

  @Test
  void debugShowsTheTrace() {
    assertThat(sluice("status", "--debug", "--admin", "nonsense")).isEqualTo(2);
    assertThat(err.toString())
        .contains("\tat io.sluice.app.")
        .contains(
            "sluice: --admin nonsense is no web address; write for example"
                + " http://127.0.0.1:8080\n");
  }
}
