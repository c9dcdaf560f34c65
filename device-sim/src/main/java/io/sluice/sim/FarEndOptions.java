package io.sluice.sim;

import io.sluice.sim.audit.AuditTerms;
import io.sluice.sim.audit.FarEndTap;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the gateway's records arrive, and what is asked of them. */
final class FarEndOptions {
  @Option(
      names = "--expect-file",
      paramLabel = "DIR",
      description = "the folder of the gateway's file upstream, to audit; the gateway runs on")
  private @Nullable Path expectFile;

  @Option(
      names = "--expect-mqtt",
      paramLabel = "URI",
      description = "the broker of the gateway's MQTT upstream, to audit what arrives there")
  private @Nullable URI expectMqtt;

  @Option(
      names = "--expect-topic",
      defaultValue = "sluice/#",
      description = "its topics (default ${DEFAULT-VALUE})")
  private String expectTopic;

  @Option(
      names = "--expect-kafka",
      paramLabel = "HOST:PORT",
      description = "the servers of the gateway's Kafka upstream, to audit what arrives there")
  private @Nullable String expectKafka;

  @Option(
      names = "--expect-topics",
      paramLabel = "REGEX",
      defaultValue = "sluice\\..*",
      description = "its topics (default ${DEFAULT-VALUE})")
  private String expectTopics;

  @Option(
      names = "--exactly-once",
      description = "a record that is delivered twice under its id is a fault")
  private boolean exactlyOnce;

  @Option(
      names = "--at-least-once",
      description = "it is counted, and no fault: consumers de-duplicate by the id (the default)")
  private boolean atLeastOnce;

  @Option(
      names = "--strict",
      description = "a record of a device that the fleet does not have is a fault")
  private boolean strict;

  /** The folder of a file upstream, or null. */
  @Nullable Path folder() {
    return expectFile;
  }

  /** Whatever is named, in words. */
  @Nullable String target() {
    return expectFile != null
        ? expectFile.toString()
        : expectMqtt != null ? expectMqtt.toString() : expectKafka;
  }

  AuditTerms terms() {
    if (exactlyOnce && atLeastOnce) {
      throw new IllegalArgumentException("write --exactly-once or --at-least-once, not both");
    }
    return new AuditTerms(exactlyOnce, strict, 0, Long.MAX_VALUE);
  }

  /**
   * Begins to listen; null where there is nothing to listen to.
   *
   * @param report where what arrives is kept; null: in a folder of the system's
   */
  @Nullable FarEndTap tap(@Nullable Path report) throws IOException {
    long named = Stream.of(expectFile, expectMqtt, expectKafka).filter(Objects::nonNull).count();
    if (named > 1) {
      throw new IllegalArgumentException(
          "name one far end: --expect-file, --expect-mqtt or --expect-kafka");
    }
    URI mqtt = expectMqtt;
    String kafka = expectKafka;
    if (mqtt == null && kafka == null) {
      return null;
    }
    Path directory =
        report == null ? Files.createTempDirectory("sluice-sim") : report.resolve("far-end");
    return kafka == null
        ? FarEndTap.mqtt(Objects.requireNonNull(mqtt), expectTopic, directory)
        : FarEndTap.kafka(kafka, expectTopics, directory);
  }
}
