package io.sluice.engine.audit;

import static io.sluice.engine.audit.AuditFixture.event;
import static io.sluice.engine.audit.AuditFixture.holds;
import static io.sluice.engine.audit.AuditFixture.lines;
import static io.sluice.engine.audit.AuditFixture.refusal;
import static io.sluice.engine.audit.AuditFixture.settings;
import static io.sluice.engine.audit.AuditFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import io.sluice.api.config.Bytes;
import io.sluice.engine.audit.AuditVerifier.Holds;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class AuditLogTest {
  private static final AuditSettings SETTINGS = AuditSettings.DEFAULTS;

  @TempDir Path parent;

  private Path directory() {
    return parent.resolve("audit");
  }

  @Test
  void eventIsOneLineWithAllThatIsKnownOfIt() throws IOException {
    Clock clock = Clock.fixed(Instant.parse("2026-01-02T03:04:05.006Z"), ZoneOffset.UTC);
    try (AuditLog log = AuditLog.open(SETTINGS, directory(), clock)) {
      log.record(
          new AuditEvent(
              "token.issued", "admin", "[::1]:80", "press-1", Result.DONE, "by \"hand\"\n\u202e"));
      log.record(refusal("press-2", "10.0.0.7:51000"));
      await().until(() -> log.head().seq() == 2);
    }
    String first = Files.readAllLines(directory().resolve("audit-000000000001.jsonl")).getFirst();
    assertThat(first)
        .startsWith(
            "{\"seq\":1,\"time\":\"2026-01-02T03:04:05.006Z\",\"action\":\"token.issued\","
                + "\"who\":\"admin\",\"from\":\"[::1]:80\",\"target\":\"press-1\","
                + "\"result\":\"done\",\"detail\":\"by \\\"hand\\\"\\u000a\\u202e\",\"prev\":\"000")
        .endsWith("\"}");
    List<JsonNode> lines = lines(directory());
    assertThat(lines.get(1).get("prev")).isEqualTo(lines.get(0).get("hash"));
    assertThat(lines.get(1).get("target").isNull()).isTrue();
  }

  @Test
  void longTextIsBounded() throws IOException {
    String longText = "\u0001".repeat(10_000);
    AuditFixture.log(
        directory(),
        SETTINGS,
        Clock.systemUTC(),
        log ->
            log.record(
                new AuditEvent(longText, longText, longText, longText, Result.DONE, longText)));
    assertThat(lines(directory()).getFirst().get("who").stringValue()).hasSize(515);
    assertThat(holds(directory()).events()).isEqualTo(1);
  }

  @Test
  void filesAreTheOwnersAlone() throws IOException {
    write(directory(), SETTINGS, 0, 1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
    for (Path file : AuditFiles.list(directory())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void chainGoesOnAcrossTwoRestarts() throws IOException {
    for (int start = 0; start < 3; start++) {
      write(directory(), SETTINGS, start * 10, 10);
    }
    Holds holds = holds(directory());
    assertThat(holds.events()).isEqualTo(30);
    assertThat(holds.files()).isEqualTo(1);
  }

  @Test
  void secondWriterIsRefused() throws IOException {
    try (AuditLog log = AuditLog.open(SETTINGS, directory(), Clock.systemUTC())) {
      assertThat(log.head().seq()).isZero();
      assertThatThrownBy(() -> AuditLog.open(SETTINGS, directory(), Clock.systemUTC()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another gateway writes this audit log");
    }
  }

  @Test
  void tornLastLineIsSetAsideAndNoted() throws IOException {
    write(directory(), SETTINGS, 0, 10);
    Path file = AuditFiles.list(directory()).getFirst();
    byte[] whole = Files.readAllBytes(file);
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(whole.length - 20);
    }
    write(directory(), SETTINGS, 10, 1);
    assertThat(holds(directory()).events()).isEqualTo(11);
    assertThat(lines(directory(), "audit.recovered")).hasSize(1);
    assertThat(directory().resolve("torn-000000000010.part")).exists();
  }

  @Test
  void fileOfNothingButATornLineGoesAndTheOneBeforeIsContinued() throws IOException {
    write(directory(), SETTINGS, 0, 3);
    Files.writeString(directory().resolve("audit-000000000004.jsonl"), "{\"seq\":4,\"ti");
    Files.writeString(directory().resolve("audit-000000000005.jsonl"), "");
    write(directory(), SETTINGS, 3, 1);
    Holds holds = holds(directory());
    assertThat(holds.files()).isEqualTo(1);
    assertThat(holds.events()).isEqualTo(5);
  }

  @Test
  void brokenChainIsNotedAndANewFileBegins() throws IOException {
    write(directory(), SETTINGS, 0, 10);
    Path file = AuditFiles.list(directory()).getFirst();
    Files.writeString(file, Files.readString(file).replace("press-4", "press-5"));
    write(directory(), SETTINGS, 10, 1);
    assertThat(AuditFiles.list(directory())).hasSize(2);
    JsonNode noted = lines(directory(), "audit.broken").getFirst();
    assertThat(noted.get("detail").stringValue()).contains("audit-000000000001.jsonl:5: changed");
    write(directory(), SETTINGS, 11, 1);
    assertThat(lines(directory(), "audit.broken")).hasSize(1);
    assertThat(AuditFixture.breaks(directory()).line()).isEqualTo(5);
  }

  @Test
  void oldestFilesAreDeletedBeyondTheirNumberAndTheLogSaysSo() throws IOException {
    AuditSettings three = settings(4096, 3, null);
    for (int start = 0; start < 4; start++) {
      write(directory(), three, start * 50, 50);
    }
    assertThat(AuditFiles.list(directory())).hasSize(3);
    assertThat(lines(directory(), "audit.pruned")).isNotEmpty();
    assertThat(holds(directory()).firstSeq()).isGreaterThan(100);
    Files.delete(AuditFiles.list(directory()).getFirst());
    assertThat(AuditFixture.breaks(directory()).kind()).isEqualTo(AuditBreak.Kind.MISSING);
  }

  @Test
  void filesPastTheirAgeAreDeletedWhenANewOneBegins() throws IOException {
    AuditSettings day = new AuditSettings(null, new Bytes(4096), 100, Duration.ofDays(1), null);
    Clock past = Clock.fixed(Instant.now().minus(Duration.ofDays(3)), ZoneOffset.UTC);
    AuditFixture.log(
        directory(),
        day,
        past,
        log -> {
          for (int i = 0; i < 100; i++) {
            log.record(event(i));
          }
        });
    int before = AuditFiles.list(directory()).size();
    write(directory(), day, 100, 30);
    assertThat(AuditFiles.list(directory())).hasSizeLessThan(before);
    assertThat(holds(directory()).firstSeq()).isGreaterThan(80);
  }

  @Test
  void fullQueueIsCountedAndToldOnce() throws IOException {
    AuditWriter writer = AuditWriter.open(SETTINGS, directory(), Clock.systemUTC()).writer();
    AuditLog log = new AuditLog(SETTINGS, writer, Clock.systemUTC(), System::nanoTime);
    for (int i = 0; i < AuditLog.QUEUE_ENTRIES + 25; i++) {
      log.record(event(i));
    }
    log.start();
    await().until(() -> log.head().seq() == AuditLog.QUEUE_ENTRIES + 1);
    log.close();
    List<JsonNode> omitted = lines(directory(), "audit.omitted");
    assertThat(omitted).hasSize(1);
    assertThat(omitted.getFirst().get("times").intValue()).isEqualTo(25);
    holds(directory());
  }

  @Test
  void floodOfRefusalsBecomesAFewLinesThatCountThemAll() throws IOException {
    AuditFixture.log(
        directory(),
        SETTINGS,
        Clock.systemUTC(),
        log -> {
          for (int i = 0; i < 9_000; i++) {
            log.record(refusal("press-1", "10.0.0.7:" + (1_024 + i)));
          }
        });
    List<JsonNode> lines = lines(directory(), "session.refused");
    assertThat(lines).hasSizeLessThan(10);
    long times =
        lines.stream()
            .mapToLong(line -> line.has("times") ? line.get("times").longValue() : 1)
            .sum();
    assertThat(times).isEqualTo(9_000);
  }

  @Test
  void directoryThatCannotBeWrittenIsNamed() throws IOException {
    Files.writeString(directory(), "a file");
    assertThatThrownBy(() -> AuditLog.open(SETTINGS, directory(), Clock.systemUTC()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory().toString());
  }
}
