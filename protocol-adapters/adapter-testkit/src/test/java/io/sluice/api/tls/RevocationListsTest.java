package io.sluice.api.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.tls.TlsSettings.TlsProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose signature a revocation list has, how old it is, and what it then says of a client. */
class RevocationListsTest {
  private static final String PAST = "20200101000000Z";
  private static final String PAST_END = "20200201000000Z";
  private static final String FUTURE = "20480101000000Z";
  private static final String FUTURE_END = "20490101000000Z";

  @TempDir static Path directory;
  static Authority authority;
  static Authority other;
  static Authority lower;
  static Signed server;
  static Signed good;
  static Signed bad;
  static Signed lowerGood;
  static Signed lowerBad;

  @TempDir Path files;

  @BeforeAll
  static void certificates() throws IOException {
    authority = Authority.create(directory.resolve("ca"));
    lower = authority.intermediate(directory.resolve("lower"), "/O=Sluice tests/CN=Lower");
    Authority root = Authority.create(directory.resolve("root"));
    other = root.intermediate(directory.resolve("other"), "/O=Sluice tests/CN=Other");
    server = authority.server();
    good = authority.client("/CN=d1");
    bad = authority.client("/CN=d2");
    lowerGood = lower.client("/CN=d3");
    lowerBad = lower.client("/CN=d4");
    authority.revoke(bad);
    lower.revoke(lowerBad);
  }

  private TlsSettings settings(Path clientCa, @Nullable Path crl, CrlPolicy policy) {
    return new TlsSettings(
        server.certificate(),
        server.key(),
        clientCa,
        null,
        crl,
        policy,
        null,
        "1.2",
        TlsProvider.AUTO,
        Duration.ofSeconds(10));
  }

  private TlsFiles read(Path clientCa, Path crl, CrlPolicy policy) throws IOException {
    TlsSettings settings = settings(clientCa, crl, policy);
    assertThat(settings.problems()).isEmpty();
    return TlsFiles.read(settings);
  }

  private Path both(Path one, Path two) throws IOException {
    Path both = files.resolve("both-" + one.getFileName() + two.getFileName());
    Files.writeString(both, Files.readString(one) + Files.readString(two));
    return both;
  }

  private Path list(Authority of, String name) throws IOException {
    return of.revocationList(files.resolve(name));
  }

  private static X509Certificate[] chain(Signed own, Authority... through) throws IOException {
    Stream<X509Certificate> chain = Stream.of(PemFiles.certificates(own.certificate()).getFirst());
    for (Authority authority : through) {
      chain = Stream.concat(chain, PemFiles.certificates(authority.certificate()).stream());
    }
    return chain.toArray(X509Certificate[]::new);
  }

  private static void assertLetIn(TlsFiles files, X509Certificate... chain) throws Exception {
    var trust = files.trustManager();
    assertThatCode(() -> trust.checkClientTrusted(chain, "EC")).doesNotThrowAnyException();
  }

  private static void assertRefused(TlsFiles files, X509Certificate... chain) throws Exception {
    var trust = files.trustManager();
    assertThatThrownBy(() -> trust.checkClientTrusted(chain, "EC"))
        .isInstanceOf(CertificateException.class);
  }

  private static String warnings(TlsFiles files) {
    return String.valueOf(files.warnings(Instant.now()));
  }

  @ParameterizedTest
  @EnumSource
  void listOfTheAuthorityRevokes(CrlPolicy policy) throws Exception {
    TlsFiles read = read(authority.certificate(), list(authority, "crl.pem"), policy);
    assertLetIn(read, chain(good));
    assertRefused(read, chain(bad));
    assertThat(warnings(read)).doesNotContain("revocation list");
    assertThat(read.revocations().expiry()).isAfter(Instant.now());
  }

  @Test
  void listSignedByAnotherKeyIsAFault() throws Exception {
    Authority renewed = Authority.create(files.resolve("renewed")); // the same name, another key
    renewed.revoke(good);
    TlsSettings settings =
        settings(authority.certificate(), list(renewed, "wrong.pem"), CrlPolicy.WARN);
    assertThat(settings.problems())
        .singleElement()
        .matches(p -> p.key().equals("crl"))
        .matches(p -> p.message().contains("does not have the signature"));
    assertThatThrownBy(() -> TlsFiles.read(settings)).isInstanceOf(IOException.class);
  }

  @Test
  void oneGoodListDoesNotHideOneWithAWrongSignature() throws Exception {
    Authority renewed = Authority.create(files.resolve("renewed"));
    Path crl = both(list(authority, "a.pem"), list(renewed, "b.pem"));
    assertThat(settings(authority.certificate(), crl, CrlPolicy.WARN).problems()).hasSize(1);
  }

  @Test
  void listAlteredByOneBitIsAFault() throws Exception {
    Path crl = list(authority, "crl.pem");
    byte[] der = PemFiles.revocationLists(crl).getFirst().getEncoded();
    der[der.length - 1] ^= 1;
    Path altered = Files.write(files.resolve("altered.der"), der);
    assertThat(settings(authority.certificate(), altered, CrlPolicy.WARN).problems()).hasSize(1);
  }

  @Test
  void listsOfBothKeysOfARenewedAuthorityAreTaken() throws Exception {
    Authority renewed = Authority.create(files.resolve("renewed"));
    Signed theirs = renewed.client("/CN=d9");
    renewed.revoke(theirs);
    TlsFiles read =
        read(
            both(authority.certificate(), renewed.certificate()),
            both(list(authority, "a.pem"), list(renewed, "b.pem")),
            CrlPolicy.WARN);
    assertLetIn(read, chain(good));
    assertRefused(read, chain(bad));
    assertRefused(read, chain(theirs));
  }

  @Test
  void listOfNoAuthorityOfTheListenerIsAFault() throws Exception {
    assertThat(
            settings(authority.certificate(), list(other, "other.pem"), CrlPolicy.WARN).problems())
        .singleElement()
        .matches(p -> p.message().contains("nobody would be revoked"))
        .matches(p -> p.message().contains("CN=Other"));
  }

  @Test
  void listThatHasEndedStillRevokesAndIsSaid() throws Exception {
    Path crl = authority.revocationList(files.resolve("old.pem"), PAST, PAST_END);
    TlsFiles lenient = read(authority.certificate(), crl, CrlPolicy.WARN);
    assertRefused(lenient, chain(bad));
    assertLetIn(lenient, chain(good));
    assertThat(warnings(lenient)).contains("CN=Test authority,O=Sluice tests ended on 2020-02-01");
    assertThat(lenient.revocations().expiry()).isEqualTo("2020-02-01T00:00:00Z");
    TlsFiles strict = read(authority.certificate(), crl, CrlPolicy.STRICT);
    assertRefused(strict, chain(bad));
    assertRefused(strict, chain(good));
    assertThat(warnings(strict)).contains("no certificate of it is let in");
  }

  @Test
  void listOfTheFutureStillRevokesAndIsSaid() throws Exception {
    Path crl = authority.revocationList(files.resolve("early.pem"), FUTURE, FUTURE_END);
    TlsFiles lenient = read(authority.certificate(), crl, CrlPolicy.WARN);
    assertRefused(lenient, chain(bad));
    assertLetIn(lenient, chain(good));
    assertThat(warnings(lenient)).contains("begins in the future");
    assertRefused(read(authority.certificate(), crl, CrlPolicy.STRICT), chain(good));
  }

  @Test
  void renewedListBesideTheEndedOneIsEnough() throws Exception {
    Path crl =
        both(
            authority.revocationList(files.resolve("old.pem"), PAST, PAST_END),
            list(authority, "new.pem"));
    TlsFiles strict = read(authority.certificate(), crl, CrlPolicy.STRICT);
    assertLetIn(strict, chain(good));
    assertRefused(strict, chain(bad));
    assertThat(warnings(strict)).doesNotContain("ended");
  }

  @Test
  void authorityWithoutAListIsSaidAndRefusedWhereStrict() throws Exception {
    Path clientCa = both(authority.certificate(), lower.certificate());
    Path crl = list(authority, "crl.pem");
    TlsFiles lenient = read(clientCa, crl, CrlPolicy.WARN);
    assertLetIn(lenient, chain(lowerBad));
    assertThat(warnings(lenient))
        .contains("CN=Lower,O=Sluice tests of client-ca has no revocation");
    TlsFiles strict = read(clientCa, crl, CrlPolicy.STRICT);
    assertRefused(strict, chain(lowerGood));
    assertLetIn(strict, chain(good));
  }

  @Test
  void listOfAnIntermediateCountsWithTheCertificateThatClientsSend() throws Exception {
    Path crl =
        both(
            list(authority, "crl.pem"),
            lower.revocationList(files.resolve("lower.pem"), PAST, PAST_END));
    TlsFiles lenient = read(authority.certificate(), crl, CrlPolicy.WARN);
    assertLetIn(lenient, chain(lowerGood, lower));
    assertRefused(lenient, chain(lowerBad, lower));
    assertThat(warnings(lenient)).contains("is of no authority in client-ca");
    assertThat(lenient.revocations().revoked(List.of(chain(lowerBad, lower)))).isNotNull();
    assertThat(lenient.revocations().revoked(List.of(chain(lowerGood, lower)))).isNull();
  }

  @Test
  void forgedListOfAnIntermediateRevokesNobody() throws Exception {
    Authority forger =
        Authority.create(files.resolve("forger"))
            .intermediate(files.resolve("forged"), "/O=Sluice tests/CN=Lower");
    forger.revoke(lowerGood);
    Path crl = both(list(authority, "crl.pem"), list(forger, "forged.pem"));
    TlsFiles read = read(authority.certificate(), crl, CrlPolicy.WARN);
    assertLetIn(read, chain(lowerGood, lower));
  }

  @Test
  void strictWantsAList() {
    assertThat(settings(authority.certificate(), null, CrlPolicy.STRICT).problems())
        .singleElement()
        .matches(p -> p.key().equals("crl-policy"));
  }
}
