package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.operator.CommandService;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.cli.config.GatewayFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A dead box replaced: the backup of a running gateway, put into another. */
@Timeout(120)
class BackupTest {
  private static final DeviceId DEVICE = new DeviceId("gas-1");

  @TempDir Path directory;

  private final StringWriter said = new StringWriter();

  private int sluice(String... args) {
    PrintWriter out = new PrintWriter(said, true);
    return Main.commandLine(args).setOut(out).setErr(out).execute(args);
  }

  private Wiring start(Path place) throws Exception {
    Files.createDirectories(place);
    Path config = new Setup(place).config();
    GatewayFiles files = GatewayFiles.load(config, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    return Wiring.start(files, GatewayTime.system());
  }

  private static CommandService.Submission command(Wiring gateway) {
    return gateway
        .operations()
        .commands()
        .submit(DEVICE, "open-valve", ContentType.TEXT, new byte[] {1}, Duration.ofHours(1));
  }

  @Test
  void boxIsReplacedFromTheBackupOfARunningGateway() throws Exception {
    Path old = directory.resolve("old");
    Path backup = directory.resolve("sluice.backup");
    String oldEpoch;
    String token;
    try (Wiring gateway = start(old)) {
      token = gateway.operations().devices().issueToken(DEVICE, Duration.ZERO);
      assertThat(command(gateway)).isInstanceOf(CommandService.Submission.Taken.class);
      gateway
          .operations()
          .coverage()
          .addStop(new Stop(0, StopScope.ALL, "", 0, null, "the yearly stop", "admin"));
      oldEpoch = epoch(old);
      assertThat(
              sluice("backup", "--data", old.resolve("var").toString(), "--to", backup.toString()))
          .as(said.toString())
          .isZero();
      assertThat(
              sluice("backup", "--data", old.resolve("var").toString(), "--to", backup.toString()))
          .as("an older backup is not overwritten")
          .isEqualTo(2);
    }
    assertThat(token).isNotNull();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
        .isEqualTo("rw-------");

    Path fresh = directory.resolve("new");
    String data = fresh.resolve("var").toString();
    assertThat(sluice("restore", "--data", data, "--from", backup.toString()))
        .as(said.toString())
        .isZero();
    assertThat(said.toString()).contains("1 commands that waited are over");
    try (Wiring gateway = start(fresh)) {
      assertThat(epoch(fresh)).as("new records have ids of their own").isNotEqualTo(oldEpoch);
      assertThat(gateway.operations().coverage().stops()).hasSize(1);
      assertThat(gateway.operations().commands().list(DEVICE, 10))
          .extracting(CommandService.CommandView::state)
          .containsExactly(CommandService.State.EXPIRED);
      assertThat(gateway.operations().devices().get(DEVICE)).isNotNull();
      assertThat(sluice("restore", "--data", data, "--from", backup.toString())).isEqualTo(1);
      assertThat(said.toString()).contains("a gateway runs on");
    }
    assertThat(sluice("restore", "--data", data, "--from", backup.toString())).isEqualTo(1);
    assertThat(said.toString()).contains("is not empty");
  }

  private static String epoch(Path place) throws Exception {
    return Files.readString(place.resolve("var/spool/epoch"));
  }

  @Test
  void whatIsNoBackupLeavesTheDirectoryEmpty() throws Exception {
    Path old = directory.resolve("old");
    try (Wiring gateway = start(old)) {
      assertThat(gateway.addresses()).isNotEmpty();
    }
    Path backup = directory.resolve("b.zip");
    String from = old.resolve("var").toString();
    assertThat(sluice("backup", "--data", from, "--to", backup.toString())).isZero();
    byte[] whole = Files.readAllBytes(backup);
    byte[] cut = Arrays.copyOf(whole, whole.length / 2);
    byte[] flipped = whole.clone();
    for (int i = whole.length / 3; i < whole.length / 2; i++) {
      flipped[i] ^= 0x55;
    }
    for (byte[] bad : new byte[][] {cut, flipped, "no zip".getBytes(StandardCharsets.UTF_8), {}}) {
      Path file = Files.write(directory.resolve("bad.zip"), bad);
      Path data = directory.resolve("new");
      assertThat(sluice("restore", "--data", data.toString(), "--from", file.toString()))
          .isEqualTo(1);
      assertThat(data).isEmptyDirectory();
    }
    assertThat(said.toString()).doesNotContain("\tat ");
  }
}
