package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Data directories that gateways of earlier commits left, each stopped while the upstream "away"
 * was not there: 20 readings, an event, an alarm, a dead letter, devices of a file and one of the
 * API.
 *
 * <ul>
 *   <li>d65314d: registry of schema version 2, spool of segment format 1, no coverage, no alarm
 *       book.
 *   <li>16cb7e0: the first of these, started again with an encrypted spool: three readings of
 *       water-9 in a segment of format 2.
 *   <li>b4de986: besides, an alarm of the book that an operator acknowledged, a command that waits
 *       and an approved stop.
 * </ul>
 */
class UpgradeIT {
  @TempDir Path directory;

  private Path config(String commit) throws Exception {
    return config(commit, "");
  }

  private Path config(String commit, String spool) throws Exception {
    Path packed = directory.resolve("data.tar.gz");
    try (InputStream in =
        UpgradeIT.class.getResourceAsStream("/upgrade/data-" + commit + ".tar.gz")) {
      Files.copy(in, packed);
    }
    Tool.run("tar", "-xzf", packed.toString(), "-C", directory.toString()).succeeded();
    Path profiles = Path.of("../../config/profiles").toAbsolutePath().normalize();
    return Files.writeString(
        directory.resolve("sluice.yaml"),
        """
        gateway: { id: edge-01, data: ./var }
        listeners:
          mqtt: { host: 127.0.0.1, port: 0 }
          coap: { host: 127.0.0.1, port: 0 }
        admin: { port: 0 }
        spool: { max-bytes: 4MB, segment-bytes: 64KB, dead-letter-bytes: 1MB %s }
        profiles: [ %s ]
        upstreams:
          - { name: away, type: file, directory: ./archive }
        """
            .formatted(spool, profiles));
  }

  @Test
  void queueRegistryLedgerAndDeadLettersOfTheFirstFormatAreKept() throws Exception {
    ArchiveFiles archive = new ArchiveFiles(directory.resolve("archive"));
    try (GatewayProcess gateway = GatewayProcess.start(config("d65314d"))) {
      await().untilAsserted(() -> assertThat(archive.byId()).hasSize(23));
      assertThat(archive.values("energy"))
          .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
      assertThat(gateway.get("/api/v1/dead-letters").path("count").asInt()).isEqualTo(1);

      Tool.publish(gateway, "telemetry", "{\"energy\":21}").succeeded();
      Tool coap =
          Tool.run(
              "coap-client-notls",
              "-m",
              "post",
              "-t",
              "json",
              "-e",
              "{\"volume\":7}",
              "coap://127.0.0.1:%d/telemetry?d=water-9&k=t0ken-of-the-old-format-01"
                  .formatted(gateway.port("coap")));
      assertThat(coap.output()).as("no 4.01").doesNotContain("4.");
      await().untilAsserted(() -> assertThat(archive.byId()).hasSize(25));
      await()
          .untilAsserted(() -> {
            JsonNode ledger = gateway.get("/api/v1/ledger");
            assertThat(ledger.path("balances").asBoolean()).isTrue();
            assertThat(counts(ledger, "delivered")).containsExactly(2L, 1L, 22L);
          });
      assertThat(counts(gateway.get("/api/v1/ledger"), "accepted")).containsExactly(2L, 1L, 22L);
      assertThat(gateway.terminate()).isZero();
    }
  }

  @Test
  void recordsThatNamedNothingByNumberAreKeptEncryptedOrNot() throws Exception {
    ArchiveFiles archive = new ArchiveFiles(directory.resolve("archive"));
    Path config = config("16cb7e0", ", encryption: { key: " + "5a".repeat(32) + " }");
    try (GatewayProcess gateway = GatewayProcess.start(config)) {
      await().untilAsserted(() -> assertThat(archive.byId()).hasSizeGreaterThanOrEqualTo(25));
      assertThat(archive.values("energy"))
          .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
      Tool.publish(gateway, "telemetry", "{\"energy\":21}").succeeded();
      await().untilAsserted(() -> assertThat(archive.values("energy")).hasSize(21));
      assertThat(gateway.get("/api/v1/ledger").path("balances").asBoolean()).isTrue();
      assertThat(gateway.terminate()).isZero();
    }
  }

  @Test
  void alarmsCommandsStopsAndCoverageAreKeptToo() throws Exception {
    ArchiveFiles archive = new ArchiveFiles(directory.resolve("archive"));
    try (GatewayProcess gateway = GatewayProcess.start(config("b4de986"))) {
      await()
          .untilAsserted(() ->
              assertThat(archive.values("energy"))
                  .containsExactlyInAnyOrderElementsOf(
                      LongStream.rangeClosed(1, 20).boxed().toList()));
      JsonNode alarm = gateway.get("/api/v1/alarms?state=acknowledged").path("alarms").path(0);
      assertThat(alarm.path("name").asString()).isEqualTo("gas");
      assertThat(alarm.path("note").asString()).isEqualTo("crew sent");
      JsonNode command = gateway.get("/api/v1/devices/press-7/commands").path("commands").path(0);
      assertThat(command.path("name").asString()).isEqualTo("reset");
      JsonNode stop = gateway.get("/api/v1/coverage/stops").path("stops").path(0);
      assertThat(stop.path("reason").asString()).isEqualTo("works holiday");
      assertThat(gateway.get("/api/v1/devices/water-9").path("credentialKinds").path(0).asString())
          .isEqualTo("token");
      assertThat(gateway.get("/api/v1/dead-letters").path("count").asInt()).isEqualTo(1);
      assertThat(gateway.get("/api/v1/ledger").path("balances").asBoolean()).isTrue();
      assertThat(gateway.terminate()).isZero();
    }
    try (Stream<Path> files = Files.walk(directory.resolve("var"))) {
      assertThat(files)
          .as("nothing was set aside")
          .noneMatch(each -> each.getFileName().toString().contains("damaged"));
    }
  }

  /** Of the lanes alarm, event and telemetry. */
  private static List<Long> counts(JsonNode ledger, String name) {
    return ledger.path("ledger").valueStream().map(line -> line.path(name).asLong()).toList();
  }
}
