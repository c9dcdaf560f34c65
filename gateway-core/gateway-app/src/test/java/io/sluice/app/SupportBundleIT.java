package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.cli.doctor.DiskChecks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupportBundleIT {
  @TempDir Path directory;

  private String unpacked(Path archive, String entry) throws Exception {
    return Tool.run("tar", "-xzOf", archive.toString(), "support/" + entry).succeeded().output();
  }

  private Path withLogFile() throws Exception {
    Path config = new Setup(directory).config();
    String text = Files.readString(config);
    Files.writeString(config, "# old password: sEcReT-comment\nlogging: { file: s.log }\n" + text);
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
    return config;
  }

  @Test
  void bundleOfARunningGatewayHasItsFiguresAndNoCredentials() throws Exception {
    Path config = withLogFile();
    Path archive = directory.resolve("support.tar.gz");
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      Tool.publish(gateway, "telemetry", "{\"energy\":1}").succeeded();
      await()
          .until(() ->
              Files.readString(directory.resolve("s.log")).contains("upstream archive: connected"));
      String said =
          CommandLines.run(
              gateway,
              "support-bundle",
              "--config",
              config.toString(),
              "--output",
              archive.toString());
      assertThat(said).contains("status.json", "doctor.txt");
      assertThat(new DiskChecks(directory.resolve("var")).isInUse()).isTrue();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
        .isEqualTo("rw-------");
    assertThat(unpacked(archive, "status.json")).contains("edge-01");
    assertThat(unpacked(archive, "metrics.txt")).contains("sluice_messages_accepted_total");
    assertThat(unpacked(archive, "log.txt")).contains("upstream archive: connected");
    assertThat(unpacked(archive, "data.txt")).contains("spool/telemetry", "registry.db");
    assertThat(unpacked(archive, "settings.json")).contains("\"maxBytes\"");
    assertThat(unpacked(archive, "doctor.txt")).contains("disk speed", "port");
    assertThat(Tool.run("tar", "-xzOf", archive.toString()).succeeded().output())
        .doesNotContain("secret-1", Setup.TOKEN, "sEcReT");
  }

  @Test
  void bundleWithoutAGatewaySaysWhatIsMissing() throws Exception {
    Path config = withLogFile();
    Path archive = directory.resolve("support.tar.gz");
    String[] line = {
      "support-bundle",
      "--config",
      config.toString(),
      "--output",
      archive.toString(),
      "--admin",
      "http://127.0.0.1:9"
    };
    assertThat(Main.commandLine(line).execute(line)).isZero();
    assertThat(unpacked(archive, "figures.txt")).contains("no gateway answers");
    assertThat(Main.commandLine(line).execute(line)).as("not overwritten").isEqualTo(2);
  }
}
