package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Secret;
import io.sluice.engine.audit.AuditLog;
import io.sluice.engine.audit.AuditSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AuditCommandTest {
  private static final String KEY = "the key of this test, long enough";

  @TempDir Path data;

  private String sluice(int exitCode, String... args) {
    CommandLine line = Main.commandLine(args);
    StringWriter printed = new StringWriter();
    line.setOut(new PrintWriter(printed, true)).setErr(new PrintWriter(printed, true));
    assertThat(line.execute(args)).as(printed::toString).isEqualTo(exitCode);
    return printed.toString();
  }

  private Path log(@Nullable Secret key) throws IOException {
    AuditSettings settings =
        new AuditSettings(null, new Bytes(1 << 20), 10, Duration.ofDays(1), key);
    Path directory = data.resolve("audit");
    try (AuditLog log = AuditLog.open(settings, directory, Clock.systemUTC())) {
      for (int i = 1; i <= 3; i++) {
        log.record(
            new AuditEvent(
                "session.refused",
                "press-" + i,
                "10.0.0.7:99",
                "mqtt",
                Result.REFUSED,
                "no\u001b"));
      }
      log.record(new AuditEvent("device.added", "admin", null, "press-9", Result.DONE, null));
    }
    return directory.resolve("audit-000000000001.jsonl");
  }

  @Test
  void verifySaysWhatItFoundOrNamesTheFirstBreak() throws IOException {
    Path file = log(null);
    assertThat(sluice(0, "audit", "verify", "--data", data.toString()))
        .contains("the chain holds", "files   1", "events  4 (1 to 4)", "head    ");
    assertThat(sluice(0, "audit", "verify", "--file", file.toString())).contains("events  4");
    Files.writeString(file, Files.readString(file).replace("press-2", "press-7"));
    assertThat(sluice(3, "audit", "verify", "--data", data.toString()))
        .isEqualTo(
            "sluice: " + file + ":2: changed: the line does not have the hash that it states\n");
  }

  @Test
  void keyedLogNeedsItsKey() throws IOException {
    log(new Secret(KEY));
    Path keyFile = Files.writeString(data.resolve("audit.key"), KEY + "\n");
    sluice(0, "audit", "verify", "--data", data.toString(), "--key-file", keyFile.toString());
    assertThat(sluice(3, "audit", "verify", "--data", data.toString()))
        .contains("give the key with --key-file");
  }

  @Test
  void headIsWhatVerifyCanBeAskedFor() throws IOException {
    Path file = log(null);
    String[] head = sluice(0, "audit", "head", "--data", data.toString()).strip().split(" ");
    assertThat(head).hasSize(3).startsWith("4");
    sluice(0, "audit", "verify", "--data", data.toString(), "--head", head[2]);
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.indexOf("{\"seq\":4")));
    sluice(0, "audit", "verify", "--data", data.toString());
    assertThat(sluice(3, "audit", "verify", "--data", data.toString(), "--head", head[2]))
        .contains("truncated");
  }

  @Test
  void showPicksByActionAndNameAndCannotSteerTheTerminal() throws IOException {
    log(null);
    String all = sluice(0, "audit", "show", "--data", data.toString(), "--since", "1h");
    assertThat(all.lines()).hasSize(5);
    assertThat(all).contains("TIME").contains("press-3").doesNotContain("\u001b");
    assertThat(
            sluice(0, "audit", "show", "--data", data.toString(), "--action", "session.").lines())
        .hasSize(4);
    assertThat(sluice(0, "audit", "show", "--data", data.toString(), "--who", "admin", "--json"))
        .startsWith("{\"seq\":4,")
        .doesNotContain("press-3");
  }

  @Test
  void placeWithoutALogIsNamed() {
    assertThat(sluice(2, "audit", "verify", "--data", data.toString()))
        .contains(data + ": there is no audit log; name the data directory with --data");
  }
}
