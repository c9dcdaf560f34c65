package io.sluice.engine.registry.auth;

import static io.sluice.engine.registry.Fixture.OPEN;
import static io.sluice.engine.registry.Fixture.TOKEN;
import static io.sluice.engine.registry.Fixture.id;
import static io.sluice.engine.registry.Fixture.login;
import static io.sluice.engine.registry.Fixture.open;
import static io.sluice.engine.registry.Fixture.password;
import static io.sluice.engine.registry.Fixture.spec;
import static io.sluice.engine.registry.Fixture.verdict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.Authority;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Credentials.Anonymous;
import io.sluice.api.adapter.Credentials.Certificate;
import io.sluice.api.adapter.Credentials.PskIdentity;
import io.sluice.api.adapter.Credentials.Token;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.tls.PemFiles;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.engine.registry.device.SeedPasswords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthenticationTest {
  private static final String WRONG = "unknown device or wrong credentials";
  private static final String REQUIRED =
      "credentials are required: user name and password, or a token";

  @TempDir Path directory;

  private void register(Registry registry) throws Exception {
    var devices = registry.directory();
    devices.put(spec("p", password("geheim")));
    devices.put(spec("t", Fixture.token(TOKEN)));
    devices.put(spec("k", Fixture.psk("key-1", "00112233445566778899aabbccddeeff")));
    devices.put(spec("c", Fixture.certificate("CN=press, O=Plant A")));
    devices.put(spec("bare"));
    devices.put(spec("gone", password("geheim")));
    devices.retire(id("gone"));
  }

  private record Row(Credentials shown, String verdict) {}

  private void check(AccessSettings access, List<Row> table) throws Exception {
    try (Registry registry = open(directory, access)) {
      register(registry);
      for (Row row : table) {
        assertThat(verdict(registry, row.shown())).as("%s", row.shown()).isEqualTo(row.verdict());
      }
    }
  }

  @Test
  void credentialsOfEachKindAreChecked() throws Exception {
    Authority authority = Authority.create(directory.resolve("ca"));
    check(
        Fixture.SHORT_SECRETS,
        List.of(
            new Row(login("p", "geheim"), "p"),
            new Row(login("p", "geheim"), "p"),
            new Row(login("p", "Geheim"), WRONG),
            new Row(login("p", "Geheim"), WRONG),
            new Row(login("p", ""), REQUIRED),
            new Row(login("p", null), REQUIRED),
            new Row(login("nobody", "geheim"), WRONG),
            new Row(login("bare", "geheim"), WRONG),
            new Row(login("gone", "geheim"), "this device is retired"),
            new Row(login("gone", "wrong"), WRONG),
            new Row(login(TOKEN, null), "t"),
            new Row(login(TOKEN, ""), "t"),
            new Row(login("t", TOKEN), "t"),
            new Row(login("p", TOKEN), WRONG),
            new Row(new Token(null, TOKEN), "t"),
            new Row(new Token("t", TOKEN), "t"),
            new Row(new Token("p", TOKEN), WRONG),
            new Row(new Token("t", "another-token-altogether"), WRONG),
            new Row(new PskIdentity("key-1"), "k"),
            new Row(new PskIdentity("k"), WRONG),
            new Row(certificate(authority, "/CN=press/O=Plant A"), "c"), // as openssl writes it
            new Row(certificate(authority, "/CN=press/O=Plant B"), WRONG),
            new Row(certificate(authority, "/O=plant A/CN=press"), "c"),
            new Row(new Anonymous("bare"), REQUIRED),
            new Row(new Anonymous(null), REQUIRED)));
  }

  private static Certificate certificate(Authority authority, String subject) throws IOException {
    return new Certificate(PemFiles.certificates(authority.client(subject).certificate()));
  }

  @Test
  void anonymousAccessIsForDevicesWithoutCredentials() throws Exception {
    check(
        OPEN,
        List.of(
            new Row(new Anonymous("bare"), "bare"),
            new Row(login("bare", null), "bare"),
            new Row(login("bare", "whatever"), "bare"),
            new Row(new Anonymous("p"), "this device has credentials and must show them"),
            new Row(login("p", null), "this device has credentials and must show them"),
            new Row(new Anonymous("nobody"), WRONG),
            new Row(
                new Anonymous("a/b"),
                "the client id is no device id (1 to 128 letters, digits and . _ : @ -); name the"
                    + " device: its id as the client id or the user name"),
            new Row(
                new Anonymous(null), "name the device: its id as the user name, or ?d= on CoAP")));
  }

  @Test
  void unknownDeviceIsRegisteredWhereThatIsOn() throws Exception {
    try (Registry registry = open(directory, Fixture.AUTO)) {
      assertThat(verdict(registry, login("new-1", "first"))).isEqualTo("new-1");
      assertThat(verdict(registry, login("new-1", "second"))).isEqualTo(WRONG);
      assertThat(verdict(registry, login("new-1", "first"))).isEqualTo("new-1");
      assertThat(verdict(registry, new Anonymous("new-2"))).isEqualTo("new-2");
      assertThat(verdict(registry, new Anonymous("new-3"))).contains("too many");
      assertThat(registry.find("new-2"))
          .matches(device -> device.site().equals("unregistered") && !device.planned());
    }
    try (Registry registry = open(directory)) {
      assertThat(registry.size()).isEqualTo(2);
    }
  }

  @Test
  void autoRegistrationWithoutItsProfileIsRefusedAtTheStart() {
    AccessSettings access = Fixture.access(true, true, "cnk", 2, 1, 100, List.of());
    assertThatThrownBy(() -> open(directory, access))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("access.auto-register-profile: no profile \"cnk\"");
    AccessSettings far = Fixture.access(true, true, "quite-another", 2, 1, 100, List.of());
    assertThatThrownBy(() -> open(directory, far))
        .hasMessageContaining("name one of those loaded: ");
    assertThat(Fixture.access(true, true, null, 2, 1, 1, List.of()).problems()).hasSize(1);
  }

  @Test
  void changedPasswordEndsTheOldOneAtOnce() throws Exception {
    try (Registry registry = open(directory)) {
      registry.directory().put(spec("p", password("old")));
      assertThat(verdict(registry, login("p", "old"))).isEqualTo("p");
      registry.directory().put(spec("p", password("new")));
      assertThat(verdict(registry, login("p", "old"))).isEqualTo(WRONG);
      assertThat(verdict(registry, login("p", "new"))).isEqualTo("p");
    }
  }

  @Test
  void pskKeyIsGivenToTheHandshakeUntilTheDeviceIsRetired() throws Exception {
    try (Registry registry = open(directory)) {
      register(registry);
      assertThat(registry.pskKey("key-1")).hasSize(16);
      assertThat(registry.pskKey("k")).isNull();
      registry.directory().retire(id("k"));
      assertThat(registry.pskKey("key-1")).isNull();
    }
  }

  @Test
  void fullQueueAnswersBusyAndWhoComesAgainGetsIn() throws Exception {
    AccessSettings narrow = Fixture.access(false, false, null, 1, 1, 4, List.of());
    try (Registry registry = open(directory, narrow)) {
      registry.directory().put(spec("p", password("geheim")));
      for (int i = 0; i < 30; i++) {
        registry.directory().put(spec("d" + i, Fixture.token(TOKEN + i)));
      }
      List<CompletableFuture<Admission>> verdicts =
          new ArrayList<>(
              IntStream.range(0, 200)
                  .mapToObj(i ->
                      registry.admit(Fixture.PEER, login("nobody-" + i, "x")).toCompletableFuture())
                  .toList());
      List<Admission> answers = verdicts.stream().map(CompletableFuture::join).toList();
      assertThat(answers).filteredOn(Admission.Busy.class::isInstance).isNotEmpty();
      assertThat(answers).noneMatch(Admission.Admitted.class::isInstance);
      assertThat(answers)
          .filteredOn(Admission.Busy.class::isInstance)
          .allMatch(busy -> ((Admission.Busy) busy).retryAfterMillis() > 0);
      // tokens never wait for the slow hash
      assertThat(verdict(registry, new Token("d7", TOKEN + 7))).isEqualTo("d7");
      assertThat(verdict(registry, login("p", "geheim"))).isEqualTo("p");
    }
  }

  @Test
  void stormOfADifferentPasswordEachGetsInWholly() throws Exception {
    int devices = 60;
    try (Registry registry =
        open(directory, Fixture.access(false, false, null, 1, 1, 100, List.of()))) {
      for (int i = 0; i < devices; i++) {
        registry.directory().put(spec("d" + i, password("secret-" + i)));
      }
      for (int round = 0; round < 2; round++) {
        List<CompletableFuture<Admission>> verdicts =
            IntStream.range(0, devices)
                .mapToObj(i ->
                    registry
                        .admit(Fixture.PEER, login("d" + i, "secret-" + i))
                        .toCompletableFuture())
                .toList();
        assertThat(verdicts)
            .extracting(CompletableFuture::join)
            .allMatch(Admission.Admitted.class::isInstance);
      }
    }
  }

  @Test
  void toStringTellsNoSecret() {
    StoredCredentials stored =
        new StoredCredentials(
            "hash-hash", "token-hash", "identity", new byte[] {1}, "cn=x", null, null);
    assertThat(stored.toString()).isEqualTo("StoredCredentials[password, token, psk, certificate]");
    assertThat(new SeedPasswords.Pending("a", new byte[] {1}, "quick", "digest").toString())
        .isEqualTo("Pending[a]");
    assertThat(spec("a", password("geheim")).toString()).doesNotContain("geheim");
  }
}
