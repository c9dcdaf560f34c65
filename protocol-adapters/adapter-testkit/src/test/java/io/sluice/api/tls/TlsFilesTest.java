package io.sluice.api.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.tls.TlsSettings.ClientAuth;
import io.sluice.api.tls.TlsSettings.TlsProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a listener's certificate files before anybody connects. */
class TlsFilesTest {
  @TempDir static Path directory;
  static Authority root;
  static Authority lower;
  static Signed server;
  static Signed ofLower;

  @TempDir Path files;

  @BeforeAll
  static void certificates() throws IOException {
    root = Authority.create(directory.resolve("root"));
    lower = root.intermediate(directory.resolve("lower"), "/O=Sluice tests/CN=Lower");
    server = root.server();
    ofLower = lower.server();
  }

  private static TlsSettings settings(Path certificate, Path key, @Nullable Path ocsp) {
    return new TlsSettings(
        certificate, key, null, null, null, ocsp, "1.2", TlsProvider.AUTO, Duration.ofSeconds(10));
  }

  private Path file(String name, Path... parts) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path part : parts) {
      text.append(Files.readString(part));
    }
    return Files.writeString(files.resolve(name), text);
  }

  private static String warnings(TlsFiles files) {
    return String.valueOf(files.warnings(Instant.now()));
  }

  @Test
  void certificateThatIsRequiredOfNobodyIsAFault() {
    TlsSettings settings =
        new TlsSettings(
            server.certificate(),
            server.key(),
            null,
            ClientAuth.REQUIRED,
            null,
            null,
            "1.2",
            TlsProvider.AUTO,
            Duration.ofSeconds(10));
    assertThat(settings.problems())
        .singleElement()
        .matches(p -> p.key().equals("client-auth"))
        .matches(p -> p.message().contains("nobody is asked for a certificate"));
    assertThat(TlsSettings.of(server.certificate(), server.key(), null).problems()).isEmpty();
    TlsSettings withAuthority =
        TlsSettings.of(server.certificate(), server.key(), root.certificate());
    assertThat(withAuthority.problems()).isEmpty();
    assertThat(withAuthority.requiresCertificate()).isTrue();
  }

  @Test
  void chainIsPutInOrder() throws Exception {
    Path shuffled =
        file("shuffled.pem", root.certificate(), ofLower.certificate(), lower.certificate());
    TlsFiles read = TlsFiles.read(settings(shuffled, ofLower.key(), null));
    assertThat(read.chain())
        .extracting(c -> c.getSubjectX500Principal().getName())
        .containsExactly(
            "CN=localhost", "CN=Lower,O=Sluice tests", "CN=Test authority,O=Sluice tests");
    TlsProbe.tryJdk(settings(shuffled, ofLower.key(), null), read);
  }

  @Test
  void certificateThatIsNotOfTheChainIsLeftOutAndSaid() throws Exception {
    Authority foreign = Authority.create(files.resolve("foreign")); // the same name, another key
    Path own = file("own.pem", ofLower.certificate(), lower.certificate(), foreign.certificate());
    TlsFiles read = TlsFiles.read(settings(own, ofLower.key(), null));
    assertThat(read.chain()).hasSize(2);
    assertThat(warnings(read)).contains("is not of its chain");
  }

  @Test
  void keyMayStandBeforeTheCertificateInOneFile() throws Exception {
    Path one = file("one.pem", ofLower.key(), ofLower.certificate(), lower.certificate());
    assertThat(settings(one, one, null).problems()).isEmpty();
    assertThat(TlsFiles.read(settings(one, one, null)).chain()).hasSize(2);
  }

  @Test
  void brokenBlockIsNotPassedOver() throws Exception {
    Path broken =
        Files.writeString(
            files.resolve("broken.pem"),
            Files.readString(server.certificate())
                + "-----BEGIN CERTIFICATE-----\nMIIB!!!!\n-----END CERTIFICATE-----\n");
    assertThatThrownBy(() -> PemFiles.certificates(broken)).isInstanceOf(IOException.class);
  }

  @Test
  void wrongKeyIsAFault() throws Exception {
    assertThat(settings(server.certificate(), ofLower.key(), null).problems())
        .singleElement()
        .matches(p -> p.message().contains("is not the key of any certificate"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"key", "text", "empty", "truncated", "certificate"})
  void fileThatIsNoOcspResponseIsAFault(String kind) throws Exception {
    Path good = root.ocspResponse(server, files.resolve("good.der"));
    byte[] bytes = Files.readAllBytes(good);
    Path ocsp =
        switch (kind) {
          case "key" -> server.key();
          case "certificate" ->
              Files.write(
                  files.resolve("certificate.der"),
                  PemFiles.certificates(server.certificate()).getFirst().getEncoded());
          case "truncated" ->
              Files.write(files.resolve("cut.der"), java.util.Arrays.copyOf(bytes, 100));
          case "empty" -> Files.createFile(files.resolve("empty.der"));
          default -> Files.writeString(files.resolve("text.der"), "no response");
        };
    assertThat(settings(server.certificate(), server.key(), ocsp).problems())
        .isNotEmpty()
        .allMatch(p -> p.key().equals("ocsp-response"))
        .allMatch(p -> p.message().contains("holds no OCSP response"));
  }

  private TlsFiles withResponse(Signed own, Path ocsp, Path... more) throws IOException {
    Path[] parts = new Path[more.length + 1];
    parts[0] = own.certificate();
    System.arraycopy(more, 0, parts, 1, more.length);
    TlsSettings settings = settings(file("stapled.pem", parts), own.key(), ocsp);
    assertThat(settings.problems()).isEmpty();
    return TlsFiles.read(settings);
  }

  @Test
  void goodResponseIsStapledUntilItEnds() throws Exception {
    Path ocsp = root.ocspResponse(server, files.resolve("good.der"));
    OcspResponse alone = withResponse(server, ocsp).ocspResponse();
    assertThat(alone.staple(Instant.now())).isEqualTo(Files.readAllBytes(ocsp));
    assertThat(alone.staple(Instant.now().plus(Duration.ofDays(8)))).isNull(); // it is for 7 days
    assertThat(alone.staple(Instant.now().minus(Duration.ofDays(1)))).isNull();
    OcspResponse verified = withResponse(server, ocsp, root.certificate()).ocspResponse();
    assertThat(verified.fault(Instant.now())).isNull();
  }

  @Test
  void responseAboutAnotherCertificateIsNotStapled() throws Exception {
    Path ocsp = root.ocspResponse(root.server(), files.resolve("other.der"));
    TlsFiles read = withResponse(server, ocsp);
    assertThat(read.ocspResponse().staple(Instant.now())).isNull();
    assertThat(warnings(read)).contains("not stapled: it is about another certificate");
  }

  @Test
  void responseThatSaysRevokedIsNotStapled() throws Exception {
    Signed revoked = root.server();
    root.revoke(revoked);
    Path ocsp = root.ocspResponse(revoked, files.resolve("revoked.der"));
    assertThat(withResponse(revoked, ocsp).ocspResponse().staple(Instant.now())).isNull();
  }

  @Test
  void responseOfAForgerIsNotStapled() throws Exception {
    Path ocsp = root.ocspResponse(server, files.resolve("good.der"));
    byte[] bytes = Files.readAllBytes(ocsp);
    byte[] certificate =
        PemFiles.certificates(root.certificate()).getFirst().getEncoded(); // it stands at the end
    bytes[bytes.length - certificate.length - 20] ^= 1; // in the signature
    Files.write(ocsp, bytes);
    TlsFiles read = withResponse(server, ocsp, root.certificate());
    assertThat(read.ocspResponse().staple(Instant.now())).isNull();
    assertThat(warnings(read)).contains("signature is not the issuer's");
  }

  @Test
  void refusalOfTheResponderIsNotStapled() throws Exception {
    Path ocsp =
        Files.write(files.resolve("later.der"), new byte[] {0x30, 3, 0x0A, 1, 3}); // tryLater
    TlsFiles read = withResponse(server, ocsp);
    assertThat(warnings(read)).contains("refused to answer (status 3)");
  }

  @Test
  void endOfTheOwnCertificateIsSaid() throws Exception {
    Signed ended = root.server("20200101000000Z", "20210101000000Z");
    assertThat(warnings(TlsFiles.read(settings(ended.certificate(), ended.key(), null))))
        .contains("expired on 2021-01-01");
    Signed early = root.server("20480101000000Z", "20490101000000Z");
    assertThat(warnings(TlsFiles.read(settings(early.certificate(), early.key(), null))))
        .contains("is valid from 2048-01-01");
    Signed longLived = root.server("20200101000000Z", "20490101000000Z");
    TlsFiles good = TlsFiles.read(settings(longLived.certificate(), longLived.key(), null));
    X509Certificate own = good.chain().getFirst();
    Instant end = own.getNotAfter().toInstant();
    assertThat(good.expiry()).isEqualTo(end);
    assertThat(good.warnings(end.minus(Duration.ofDays(31)))).isEmpty();
    assertThat(String.valueOf(good.warnings(end.minus(Duration.ofDays(29)))))
        .contains("expires on");
  }

  @Test
  void weakOwnKeyAndAuthorityThatIsNoneAreSaid() throws Exception {
    Signed weak = root.server(Authority.RSA_1024);
    Signed client = root.client("/CN=d1");
    TlsSettings settings = TlsSettings.of(weak.certificate(), weak.key(), client.certificate());
    assertThat(warnings(TlsFiles.read(settings)))
        .contains("the own RSA key has 1024 bits")
        .contains("CN=d1 in client-ca is not marked as an authority");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "P521", "RSA", "ED25519"})
  void jdkServesEveryKindOfKey(String kind) throws Exception {
    List<String> key =
        switch (kind) {
          case "P521" -> Authority.P521;
          case "RSA" -> Authority.RSA;
          case "ED25519" -> Authority.ED25519;
          default -> Authority.EC;
        };
    Signed own = root.server(key);
    TlsSettings settings = settings(own.certificate(), own.key(), null);
    TlsProbe.tryJdk(settings, TlsFiles.read(settings));
  }

  @Test
  void onlyKeysThatALibraryMayNotServeAreTried() throws Exception {
    assertThat(isTried(root.server(Authority.EC))).isFalse();
    assertThat(isTried(root.server(Authority.RSA))).isFalse();
    assertThat(isTried(root.server(Authority.P521))).isTrue();
    assertThat(isTried(root.server(Authority.ED25519))).isTrue();
    assertThat(isTried(root.server(Authority.RSA_1024))).isTrue();
  }

  private static boolean isTried(Signed own) throws Exception {
    TlsFiles files = TlsFiles.read(settings(own.certificate(), own.key(), null));
    List<String> tried = new ArrayList<>();
    SSLEngine engine = files.jdkContext().createSSLEngine();
    TlsProbe.tryEach(
        files,
        List.of("TLSv1.3"),
        protocol -> {
          tried.add(protocol);
          return engine;
        },
        released -> {});
    return !tried.isEmpty();
  }
}
