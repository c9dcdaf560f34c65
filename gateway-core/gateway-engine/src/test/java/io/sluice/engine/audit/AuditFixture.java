package io.sluice.engine.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Secret;
import io.sluice.engine.audit.AuditVerifier.Broken;
import io.sluice.engine.audit.AuditVerifier.Holds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Logs for tests, and what is in them. */
final class AuditFixture {
  static final Secret KEY = new Secret("a key of thirty-two characters..");

  private static final long CLOSE_MILLIS = 60_000;
  private static final JsonMapper JSON = new JsonMapper();

  private AuditFixture() {}

  static AuditSettings settings(int maxFileBytes, int keepFiles, @Nullable Secret key) {
    return new AuditSettings(null, new Bytes(maxFileBytes), keepFiles, Duration.ofDays(400), key);
  }

  static AuditEvent event(int number) {
    return new AuditEvent(
        "device.changed", "admin", "10.0.0.1:40000", "press-" + number, Result.DONE, null);
  }

  static AuditEvent refusal(String who, String from) {
    return new AuditEvent("session.refused", who, from, null, Result.REFUSED, "wrong password");
  }

  /** Opens, does this with it and closes, however slow the disk is. */
  static void log(Path directory, AuditSettings settings, Clock clock, Consumer<AuditLog> doing)
      throws IOException {
    AuditLog log = AuditLog.open(settings, directory, clock);
    try {
      doing.accept(log);
    } finally {
      log.close(CLOSE_MILLIS);
    }
  }

  /** Writes so many events in one life of a log. */
  static void write(Path directory, AuditSettings settings, int from, int count)
      throws IOException {
    log(
        directory,
        settings,
        Clock.systemUTC(),
        log -> {
          for (int i = 0; i < count; i++) {
            log.record(event(from + i));
          }
        });
  }

  /** All lines of all files, in order. */
  static List<JsonNode> lines(Path directory) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (Path file : AuditFiles.list(directory)) {
      Files.readAllLines(file).forEach(line -> lines.add(JSON.readTree(line)));
    }
    return lines;
  }

  static List<JsonNode> lines(Path directory, String action) throws IOException {
    return lines(directory).stream()
        .filter(line -> line.get("action").stringValue().equals(action))
        .toList();
  }

  static Holds holds(Path directory, Secret... keys) throws IOException {
    AuditVerifier.Verdict verdict = new AuditVerifier(List.of(keys), null).directory(directory);
    assertThat(verdict).isInstanceOf(Holds.class);
    return (Holds) verdict;
  }

  static AuditBreak breaks(Path directory, Secret... keys) throws IOException {
    AuditVerifier.Verdict verdict = new AuditVerifier(List.of(keys), null).directory(directory);
    assertThat(verdict).isInstanceOf(Broken.class);
    return ((Broken) verdict).at();
  }
}
