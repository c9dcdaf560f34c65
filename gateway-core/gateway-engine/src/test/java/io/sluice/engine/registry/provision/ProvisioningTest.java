package io.sluice.engine.registry.provision;

import static io.sluice.engine.registry.Fixture.PROFILES;
import static io.sluice.engine.registry.Fixture.certificate;
import static io.sluice.engine.registry.Fixture.id;
import static io.sluice.engine.registry.Fixture.login;
import static io.sluice.engine.registry.Fixture.password;
import static io.sluice.engine.registry.Fixture.psk;
import static io.sluice.engine.registry.Fixture.spec;
import static io.sluice.engine.registry.Fixture.verdict;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.Authority;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Credentials.Token;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.operator.ClaimService.ClaimSpec;
import io.sluice.api.operator.DeviceDirectory.InvalidDeviceException;
import io.sluice.api.tls.PemFiles;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Fixture.Link;
import io.sluice.engine.registry.Fixture.TestClock;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.engine.registry.credential.AccessSettings.JustInTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Claims, just-in-time registration, rotation with an overlap, revocation. */
class ProvisioningTest {
  private static final String WRONG = "unknown device or wrong credentials";
  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private Registry registry;

  @BeforeEach
  void openRegistry() throws IOException {
    open(Fixture.SHORT_SECRETS);
  }

  private void open(AccessSettings access) throws IOException {
    registry = Registry.open(directory, access, LimitSettings.DEFAULTS, PROFILES, clock);
  }

  private void reopen() throws IOException {
    registry.close();
    open(Fixture.SHORT_SECRETS);
  }

  @AfterEach
  void closeRegistry() {
    registry.close();
  }

  private String claim(String pattern, int uses) throws InvalidDeviceException {
    return registry
        .claims()
        .issue(new ClaimSpec("hall-3", "cnc", "factory", "a", pattern, uses, Duration.ofHours(1)));
  }

  private Link attach(String device) {
    Link link = Link.ready();
    Fixture.attach(registry, device, link);
    registry.commands().ready(id(device));
    return link;
  }

  private String credentialsOf(Link link) {
    String payload = new String(link.sent.getLast().payload(), UTF_8);
    assertThat(link.names()).contains("credentials");
    return payload.replaceAll("\\{\"token\":\"(.*)\"}", "$1");
  }

  @Test
  void claimRegistersTheDeviceAndHandsItATokenOfItsOwn() throws Exception {
    String claim = claim("press-*", 1);
    assertThat(verdict(registry, login("press-7", claim))).isEqualTo("press-7");
    String own = credentialsOf(attach("press-7"));
    assertThat(verdict(registry, login("press-7", own))).isEqualTo("press-7");
    assertThat(registry.find("press-7").profile()).isEqualTo("cnc");
    assertThat(verdict(registry, login("press-8", claim))).contains("used up");
    reopen();
    assertThat(verdict(registry, login("press-8", claim))).contains("used up");
    assertThat(verdict(registry, new Token("press-7", own))).isEqualTo("press-7");
  }

  @Test
  void claimMayBeShownAgainUntilItsCredentialsWereUsed() throws Exception {
    String claim = claim("*", 1);
    assertThat(verdict(registry, new Token("press-7", claim))).isEqualTo("press-7");
    reopen(); // the answer is lost with the gateway
    assertThat(verdict(registry, new Token("press-7", claim))).isEqualTo("press-7");
    String own = credentialsOf(attach("press-7"));
    assertThat(verdict(registry, new Token("press-7", own))).isEqualTo("press-7");
    await()
        .untilAsserted(() ->
            assertThat(verdict(registry, new Token("press-7", claim)))
                .contains("registered already"));
  }

  @Test
  void claimIsBoundByPatternExpiryAndWithdrawal() throws Exception {
    String claim = claim("press-?", 5);
    assertThat(verdict(registry, login("drill-1", claim))).contains("press-?");
    assertThat(verdict(registry, login("press-10", claim))).contains("press-?");
    registry.directory().put(spec("press-1"));
    assertThat(verdict(registry, login("press-1", claim))).contains("registered already");
    clock.forward(Duration.ofHours(2));
    assertThat(verdict(registry, login("press-2", claim))).contains("expired");
    String next =
        registry
            .claims()
            .issue(new ClaimSpec("b", "cnc", "factory", "a", "*", 1, Duration.ofHours(1)));
    assertThat(registry.claims().list()).extracting(view -> view.name()).containsExactly("b");
    assertThat(registry.claims().withdraw("b")).isTrue();
    assertThat(verdict(registry, login("press-2", next))).isEqualTo(WRONG);
  }

  @Test
  void faultyClaimsAreNamed() {
    assertThatThrownBy(() ->
            registry.claims().issue(new ClaimSpec("?", "cnk", "", "a", "/", 0, Duration.ZERO)))
        .isInstanceOf(InvalidDeviceException.class)
        .hasMessageContaining("name:")
        .hasMessageContaining("did you mean \"cnc\"")
        .hasMessageContaining("pattern:")
        .hasMessageContaining("uses:")
        .hasMessageContaining("expiry:");
  }

  private static Credentials.Certificate shown(Authority authority, String subject)
      throws IOException {
    return new Credentials.Certificate(
        PemFiles.certificates(authority.client(subject).certificate()));
  }

  @Test
  void certificateOfATrustedAuthorityRegistersItsDevice() throws Exception {
    Authority trusted = Authority.create(directory.resolve("trusted"));
    Authority other = Authority.create(directory.resolve("other"));
    registry.close();
    open(
        Fixture.access(
            false,
            false,
            null,
            1,
            1,
            100,
            List.of(new JustInTime(trusted.certificate(), "cnc", "factory", "hall-3", 3))));
    assertThat(verdict(registry, shown(other, "/CN=press-1"))).isEqualTo(WRONG);
    Credentials.Certificate first = shown(trusted, "/OU=soil-probe/CN=probe-1");
    assertThat(verdict(registry, first)).isEqualTo("probe-1");
    assertThat(verdict(registry, first)).isEqualTo("probe-1");
    assertThat(registry.find("probe-1").profile()).isEqualTo("soil-probe");
    assertThat(registry.find("probe-1").site()).isEqualTo("hall-3");
    assertThat(verdict(registry, shown(trusted, "/O=unit/CN=press-2"))).isEqualTo("press-2");
    assertThat(registry.find("press-2").profile()).isEqualTo("cnc");
    assertThat(verdict(registry, shown(trusted, "/O=x y/CN=press-2"))).contains("registered with");
    assertThat(verdict(registry, shown(trusted, "/CN=a b"))).contains("CN must be a device id");
    assertThat(verdict(registry, shown(trusted, "/CN=press-3"))).isEqualTo("press-3");
    assertThat(verdict(registry, shown(trusted, "/CN=press-4"))).contains("too many");
  }

  @Test
  void alternativeNameOfACertificateNamesTheDevice() throws Exception {
    Authority authority = Authority.create(directory.resolve("ca"));
    registry.directory().put(spec("a", certificate("DNS:Press-07.plant.example")));
    registry.directory().put(spec("b", certificate("URI:urn:dev:ow:10e2")));
    Credentials.Certificate dns =
        new Credentials.Certificate(
            PemFiles.certificates(
                authority.client("/CN=x", "DNS:press-07.plant.example").certificate()));
    Credentials.Certificate uri =
        new Credentials.Certificate(
            PemFiles.certificates(authority.client("/CN=x", "URI:urn:dev:ow:10e2").certificate()));
    assertThat(verdict(registry, dns)).isEqualTo("a");
    assertThat(verdict(registry, uri)).isEqualTo("b");
    assertThat(verdict(registry, shown(authority, "/CN=x"))).isEqualTo(WRONG);
  }

  @Test
  void replacedPasswordStaysValidForTheOverlapAndNotLonger() throws Exception {
    registry.directory().put(spec("a", password("old")));
    Link link = attach("a");
    assertThat(
            registry
                .directory()
                .rotate(id("a"), password("new"), Duration.ofHours(1))
                .overlapUntilMicros())
        .isNotNull();
    assertThat(link.closed.get()).isNull();
    reopen();
    link = attach("a");
    assertThat(verdict(registry, login("a", "old"))).isEqualTo("a");
    assertThat(verdict(registry, login("a", "new"))).isEqualTo("a");
    clock.forward(Duration.ofHours(1));
    assertThat(verdict(registry, login("a", "old"))).isEqualTo(WRONG);
    assertThat(verdict(registry, login("a", "new"))).isEqualTo("a");
    assertThat(link.closed.get()).isNull();
    registry.sweep();
    assertThat(link.closed.get()).isEqualTo(LinkEnd.CREDENTIALS_CHANGED);
    assertThat(registry.directory().get(id("a")).overlapUntilMicros()).isNull();
    reopen();
    assertThat(verdict(registry, login("a", "old"))).isEqualTo(WRONG);
  }

  @Test
  void everyKindOfCredentialOverlaps() throws Exception {
    Authority authority = Authority.create(directory.resolve("ca"));
    registry.directory().put(spec("a", psk("key-1", "0011223344556677")));
    assertThatThrownBy(() ->
            registry
                .directory()
                .rotate(id("a"), psk("key-1", "8811223344556677"), Duration.ofHours(1)))
        .hasMessageContaining("new identity");
    registry.directory().rotate(id("a"), psk("key-2", "8811223344556677"), Duration.ofHours(1));
    assertThat(registry.pskKey("key-1")).hasSize(8);
    assertThat(registry.pskKey("key-2")).hasSize(8);
    registry.directory().put(spec("c", certificate("CN=old")));
    registry.directory().rotate(id("c"), certificate("CN=new"), Duration.ofHours(1));
    assertThat(verdict(registry, shown(authority, "/CN=old"))).isEqualTo("c");
    assertThat(verdict(registry, shown(authority, "/CN=new"))).isEqualTo("c");
    String first = registry.directory().issueToken(id("c"), Duration.ZERO);
    String second = registry.directory().issueToken(id("c"), Duration.ofHours(1));
    assertThat(verdict(registry, new Token("c", first))).isEqualTo("c");
    assertThat(verdict(registry, login("c", second))).isEqualTo("c");
    clock.forward(Duration.ofHours(1));
    assertThat(registry.pskKey("key-1")).isNull();
    assertThat(verdict(registry, shown(authority, "/CN=new"))).isEqualTo("c");
    assertThat(verdict(registry, shown(authority, "/CN=old"))).isEqualTo(WRONG);
    assertThat(verdict(registry, new Token("c", first))).isEqualTo(WRONG);
    assertThat(verdict(registry, new Token("c", second))).isEqualTo("c");
  }

  @Test
  void revocationEndsTheSessionAtOnceAndLetsNobodyIn() throws Exception {
    registry.close();
    open(Fixture.OPEN); // anonymous access must not let a revoked device in
    registry.directory().put(spec("a", password("secret")));
    String token = registry.directory().issueToken(id("a"), Duration.ZERO);
    registry.directory().rotate(id("a"), password("next"), Duration.ofHours(1));
    Link link = attach("a");
    assertThat(registry.directory().revoke(id("a"))).isTrue();
    assertThat(link.closed.get()).isEqualTo(LinkEnd.CREDENTIALS_CHANGED);
    assertThat(verdict(registry, login("a", "secret"))).isEqualTo(WRONG);
    assertThat(verdict(registry, login("a", "next"))).isEqualTo(WRONG);
    assertThat(verdict(registry, new Token("a", token))).isEqualTo(WRONG);
    assertThat(verdict(registry, login("a", null))).contains("must show them");
    assertThat(registry.directory().get(id("a")).credentialKinds()).containsExactly("revoked");
    registry.directory().rotate(id("a"), password("third"), Duration.ofHours(1));
    assertThat(verdict(registry, login("a", "third"))).isEqualTo("a");
    assertThat(verdict(registry, login("a", "next"))).isEqualTo(WRONG);
  }

  @Test
  void repeatedWrongPasswordsHaveToWaitWhileTheRightOneDoesNot() throws Exception {
    registry.directory().put(spec("a", password("secret")));
    assertThat(verdict(registry, login("a", "secret"))).isEqualTo("a");
    for (int i = 0; i < 5; i++) {
      assertThat(verdict(registry, login("a", "guess-" + i))).isEqualTo(WRONG);
    }
    assertThat(verdict(registry, login("a", "guess-6"))).contains("too many wrong credentials");
    assertThat(verdict(registry, login("b", "guess"))).isEqualTo(WRONG);
    assertThat(verdict(registry, login("a", "secret"))).isEqualTo("a");
  }
}
