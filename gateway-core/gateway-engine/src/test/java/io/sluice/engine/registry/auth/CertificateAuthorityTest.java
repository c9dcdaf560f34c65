package io.sluice.engine.registry.auth;

import static io.sluice.engine.registry.Fixture.PEER;
import static io.sluice.engine.registry.Fixture.PROFILES;
import static io.sluice.engine.registry.Fixture.certificate;
import static io.sluice.engine.registry.Fixture.spec;
import static io.sluice.engine.registry.Fixture.verdict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.Authority;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.operator.DeviceImporter.ImportFormat;
import io.sluice.api.tls.PemFiles;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.engine.registry.credential.AccessSettings.JustInTime;
import io.sluice.engine.registry.credential.Authorities;
import io.sluice.engine.registry.provision.DeviceSeed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which authority's certificates give which names. The listener trusts all of these. */
class CertificateAuthorityTest {
  private static final String FOREIGN =
      "the certificate is of an authority that may not name this device";

  @TempDir Path directory;
  private Authority plant;
  private Authority east;
  private Authority west;
  private Registry registry;

  @BeforeEach
  void create() throws IOException {
    plant = Authority.create(directory.resolve("plant"));
    east = Authority.create(directory.resolve("east"));
    west = Authority.create(directory.resolve("west"));
    open(access(false));
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private void open(AccessSettings access) throws IOException {
    registry =
        Registry.open(directory, access, LimitSettings.DEFAULTS, PROFILES, Clock.systemUTC());
  }

  private AccessSettings access(boolean admitRegistered) {
    return new AccessSettings(
        false,
        false,
        null,
        100,
        1,
        100,
        List.of(
            new JustInTime(east.certificate(), "cnc", "east", "e", 10, "east", admitRegistered),
            new JustInTime(west.certificate(), "cnc", "west", "w", 10, "west", false)),
        List.of(
            new AccessSettings.Authority("plant", plant.certificate()),
            new AccessSettings.Authority("spare", plant.certificate())),
        12,
        16);
  }

  private static Credentials.Certificate shown(Authority authority, String subject)
      throws IOException {
    return new Credentials.Certificate(
        PemFiles.certificates(authority.client(subject).certificate()));
  }

  private static CredentialSpec bound(String subject, String authority) {
    return new CredentialSpec(null, null, null, subject, authority, null);
  }

  @Test
  void anAuthorityThatRegistersDevicesNamesNoneThatItDidNotRegister() throws Exception {
    registry.directory().put(spec("cert-01", certificate("CN=cert-01")));
    assertThat(verdict(registry, shown(plant, "/CN=cert-01"))).isEqualTo("cert-01");
    assertThat(verdict(registry, shown(east, "/CN=cert-01"))).isEqualTo(FOREIGN);
    assertThat(verdict(registry, shown(east, "/CN=own-01"))).isEqualTo("own-01");
    assertThat(verdict(registry, shown(east, "/CN=own-01"))).isEqualTo("own-01");
    assertThat(verdict(registry, shown(west, "/CN=own-01"))).as("each its own").isEqualTo(FOREIGN);
    assertThat(verdict(registry, shown(plant, "/CN=own-01"))).as("another").isEqualTo(FOREIGN);
    registry.close();
    open(access(false));
    assertThat(verdict(registry, shown(west, "/CN=own-01"))).isEqualTo(FOREIGN);
    assertThat(verdict(registry, shown(east, "/CN=own-01"))).isEqualTo("own-01");
  }

  @Test
  void aDeviceOfItsSectorAndSiteMayBeNamedWithoutABinding() throws Exception {
    registry
        .directory()
        .put(
            new DeviceSpec(
                Fixture.id("e-1"),
                "cnc",
                "east",
                "e",
                null,
                null,
                true,
                true,
                certificate("CN=e-1")));
    assertThat(verdict(registry, shown(east, "/CN=e-1")))
        .as("as old data has them")
        .isEqualTo("e-1");
    assertThat(verdict(registry, shown(west, "/CN=e-1"))).isEqualTo(FOREIGN);
  }

  @Test
  void oneAuthorityMayBeTrustedWithAllNames() throws Exception {
    registry.close();
    open(access(true));
    registry.directory().put(spec("cert-01", certificate("CN=cert-01")));
    assertThat(verdict(registry, shown(east, "/CN=cert-01"))).isEqualTo("cert-01");
    assertThat(verdict(registry, shown(west, "/CN=cert-01"))).isEqualTo(FOREIGN);
  }

  @Test
  void aNameIsBoundToTheAuthorityThatIsGivenWithIt() throws Exception {
    Authority other = Authority.create(directory.resolve("other"));
    registry.directory().put(spec("a", bound("CN=a", "plant")));
    assertThat(verdict(registry, shown(plant, "/CN=a"))).isEqualTo("a");
    assertThat(verdict(registry, shown(other, "/CN=a"))).isEqualTo(FOREIGN);
    assertThat(verdict(registry, shown(east, "/CN=a"))).isEqualTo(FOREIGN);
    assertThatThrownBy(() -> registry.directory().put(spec("b", bound("CN=b", "plnt"))))
        .hasMessageContaining("no authority \"plnt\"")
        .hasMessageContaining("did you mean \"plant\"?");
    var report =
        registry
            .importer()
            .importDevices(
                ImportFormat.CSV,
                """
                id,profile,sector,site,credentials.certificate,credentials.certificate-authority
                c,cnc,factory,a,CN=c,plant
                d,cnc,factory,a,CN=d,nobody
                """);
    assertThat(report.refused()).singleElement().asString().contains("no authority");
    assertThat(verdict(registry, shown(plant, "/CN=c"))).isEqualTo("c");
    assertThat(verdict(registry, shown(other, "/CN=c"))).isEqualTo(FOREIGN);
  }

  @Test
  void noConsumerIsNamedByAnAuthorityThatRegistersDevices() throws Exception {
    ConsumerSettings settings =
        new ConsumerSettings(
            List.of(new ConsumerSettings.Role("all", List.of("records/#"))),
            List.of(
                new ConsumerSettings.User("historian", "all", null, "CN=historian", null),
                new ConsumerSettings.User("display", "all", null, "CN=display", "plant")));
    Consumers consumers =
        new Consumers(settings, LimitSettings.DEFAULTS, Authorities.of(access(false)));
    Authority other = Authority.create(directory.resolve("other"));
    assertThat(consumers.admit(PEER, shown(east, "/CN=historian"))).isNull();
    assertThat(consumers.admit(PEER, shown(other, "/CN=historian")))
        .isInstanceOf(Admission.Consumer.class);
    assertThat(consumers.admit(PEER, shown(other, "/CN=display"))).isNull();
    assertThat(consumers.admit(PEER, shown(plant, "/CN=display")))
        .isInstanceOf(Admission.Consumer.class);
  }

  @Test
  void newSecretsHaveALeastLengthAndOldFilesAreTaken() throws Exception {
    assertThatThrownBy(() -> registry.directory().put(spec("p", Fixture.password("eleven-char"))))
        .hasMessageContaining("credentials.password: must have 12 characters or more");
    registry.directory().put(spec("p", Fixture.password("twelve-chars")));
    assertThatThrownBy(() ->
            registry
                .directory()
                .rotate(
                    Fixture.id("p"),
                    Fixture.psk("key", "00112233445566778899aabbccddee"),
                    Duration.ZERO))
        .hasMessageContaining("credentials.psk.key: must have 16 bytes or more");
    var report =
        registry
            .importer()
            .importDevices(
                ImportFormat.YAML,
                "- { id: i, profile: cnc, sector: factory, site: a, credentials: { password: kurz } }");
    assertThat(report.refused()).singleElement().asString().contains("12 characters");
    registry.seed(new DeviceSeed(List.of(spec("old", Fixture.password("kurz")))));
    assertThat(verdict(registry, Fixture.login("old", "kurz"))).isEqualTo("old");
  }
}
