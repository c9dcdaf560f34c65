package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.operator.Operations.CertificateView;
import io.sluice.cli.config.CertificateFiles;
import io.sluice.cli.config.GatewayTypes;
import io.sluice.cli.doctor.Doctor;
import io.sluice.cli.doctor.Finding;
import io.sluice.cli.doctor.Finding.Grade;
import io.sluice.engine.config.ConfigLoader;
import io.sluice.engine.config.ConfigLoader.Loaded;
import io.sluice.engine.config.GatewayConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Which certificates of a configuration are said to end, by whom and how often. */
@Tag("slow")
class CertificateWatchTest {
  @TempDir static Path directory;
  static Authority authority;
  static Signed longLived;
  static Signed expired;

  @TempDir Path files;
  private Instant now = Instant.now();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(CertificateWatch.class);

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  @BeforeAll
  static void certificates() throws IOException {
    authority = Authority.create(directory.resolve("ca"));
    longLived = authority.server("20200101000000Z", "20490101000000Z");
    expired = authority.server("20200101000000Z", "20210101000000Z");
  }

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
  }

  private GatewayConfig config(Signed server, Signed ofUpstream, Path crl) throws IOException {
    String tls = "{ certificate: %s, key: %s }".formatted(server.certificate(), server.key());
    String asking =
        "{ certificate: %s, key: %s, client-ca: %s, crl: %s }"
            .formatted(server.certificate(), server.key(), authority.certificate(), crl);
    Path file =
        Files.writeString(
            files.resolve("sluice.yaml"),
            """
            gateway: { id: edge-01, data: var }
            listeners:
              mqtts: { tls: %s }
              coaps: { tls: %s }
            admin: { tls: %s }
            upstreams:
              - name: cloud
                type: mqtt
                uri: ssl://localhost:8883
                topic: x
                tls: { ca: %s, certificate: %s, key: %s }
            """
                .formatted(
                    asking,
                    asking,
                    tls,
                    authority.certificate(),
                    ofUpstream.certificate(),
                    ofUpstream.key()));
    if (ConfigLoader.load(file, GatewayTypes.installed(), Map.of()) instanceof Loaded loaded) {
      return loaded.config();
    }
    throw new AssertionError("it has faults");
  }

  private Path crl() throws IOException {
    return authority.revocationList(files.resolve("crl.pem"), "20200101000000Z", "20480101000000Z");
  }

  private List<String> lines() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void everyPlaceThatNamesFilesIsLookedAt() throws Exception {
    CertificateFiles all = CertificateFiles.of(config(longLived, longLived, crl()));
    assertThat(all.look(now).views())
        .extracting(view -> view.place() + " " + view.kind())
        .containsExactlyInAnyOrder(
            "listeners.mqtts.tls certificate",
            "listeners.mqtts.tls crl",
            "listeners.coaps.tls certificate",
            "listeners.coaps.tls crl",
            "admin.tls certificate",
            "upstreams.cloud.tls.certificate certificate");
  }

  @Test
  void expiredCertificateIsAFailureOfTheDoctor() throws Exception {
    CertificateFiles all = CertificateFiles.of(config(expired, longLived, crl()));
    List<Finding> findings = Doctor.certificates(all, now);
    assertThat(findings)
        .filteredOn(finding -> finding.grade() == Grade.FAIL)
        .extracting(Finding::found)
        .hasSize(3)
        .allMatch(found -> found.contains("expired on 2021-01-01"))
        .anyMatch(found -> found.startsWith("admin.tls: "));
  }

  @Test
  void oneThatEndsSoonIsAWarningOfTheDoctor() throws Exception {
    CertificateFiles all = CertificateFiles.of(config(longLived, authority.server(), crl()));
    assertThat(Doctor.certificates(all, now.plus(Duration.ofMinutes(1))))
        .filteredOn(finding -> finding.found().contains("upstreams.cloud.tls.certificate"))
        .singleElement()
        .matches(finding -> finding.grade() == Grade.WARN)
        .matches(finding -> finding.found().contains("expires on"));
  }

  @Test
  void listThatHasEndedIsSaid() throws Exception {
    Path old =
        authority.revocationList(files.resolve("old.pem"), "20200101000000Z", "20200201000000Z");
    CertificateFiles all = CertificateFiles.of(config(longLived, longLived, old));
    assertThat(Doctor.certificates(all, now))
        .extracting(Finding::found)
        .anyMatch(found -> found.contains("the revocation list of CN=Test authority"));
    assertThat(all.look(now).views())
        .contains(
            new CertificateView(
                "listeners.mqtts.tls",
                "crl",
                Instant.parse("2020-02-01T00:00:00Z").toEpochMilli() * 1_000));
  }

  @Test
  void fileThatIsGoneIsSaid() throws Exception {
    Path certificate = Files.copy(longLived.certificate(), files.resolve("own.pem"));
    Signed own = new Signed(certificate, longLived.key());
    CertificateFiles all = CertificateFiles.of(config(longLived, own, crl()));
    Files.delete(certificate);
    assertThat(Doctor.certificates(all, now))
        .extracting(Finding::found)
        .anyMatch(found -> found.contains("there is no " + certificate));
  }

  @Test
  void runningGatewaySaysItAtOnceAndEachDay() throws Exception {
    CertificateWatch watch =
        new CertificateWatch(CertificateFiles.of(config(expired, longLived, crl())), clock);
    watch.run();
    List<String> first = lines();
    assertThat(first)
        .anyMatch(line -> line.startsWith("listeners.mqtts.tls: the certificate CN=localhost"));
    for (int minute = 0; minute < 23 * 60; minute++) {
      now = now.plus(Duration.ofMinutes(1));
      watch.run();
    }
    assertThat(lines()).hasSameSizeAs(first);
    now = now.plus(Duration.ofHours(2));
    watch.run();
    assertThat(lines()).hasSize(first.size() * 2);
    assertThat(watch.views()).anyMatch(view -> view.expiryMicros() < now.toEpochMilli() * 1_000);
  }

  @Test
  void renewedFileIsSeenWithinAMinute() throws Exception {
    Path certificate = Files.copy(expired.certificate(), files.resolve("own.pem"));
    Path key = Files.copy(expired.key(), files.resolve("own.key"));
    CertificateWatch watch =
        new CertificateWatch(
            CertificateFiles.of(config(new Signed(certificate, key), longLived, crl())), clock);
    watch.run();
    Files.write(certificate, Files.readAllBytes(longLived.certificate()));
    Files.write(key, Files.readAllBytes(longLived.key()));
    now = now.plus(Duration.ofMinutes(1));
    watch.run();
    assertThat(watch.views()).allMatch(view -> view.expiryMicros() > now.toEpochMilli() * 1_000);
  }
}
