package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.sim.FleetRunTest.Mosquitto;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.link.DeviceTls;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.pki.DeviceAuthority;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices with certificates: the authority, and TLS with Mosquitto, which is not ours. */
@Tag("slow")
class SecureFleetTest {
  @TempDir Path folder;

  private Scenario scenario(String groups) throws Exception {
    return Scenario.load(
        Files.writeString(folder.resolve("s.yaml"), "name: test\nseed: 7\n" + groups));
  }

  @Test
  void whatTheAuthoritySignsIsValidAndItsFolderIsReadAgain() throws Exception {
    DeviceAuthority made = DeviceAuthority.open(folder.resolve("pki"));
    DeviceAuthority read = DeviceAuthority.open(folder.resolve("pki"));
    assertThat(read.certificate()).isEqualTo(made.certificate());
    X509Certificate client = read.client("CN=press-07,O=Plant A").certificate();
    assertThat(client.getSubjectX500Principal())
        .isEqualTo(new X500Principal("CN=press-07,O=Plant A"));
    assertThat(client.getBasicConstraints()).isEqualTo(-1);
    assertThat(client.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    validate(client, made.certificate());
    X509Certificate server =
        DeviceAuthority.certificates(folder.resolve("pki/server.pem")).getFirst();
    validate(server, made.certificate());
    assertThat(server.getSubjectAlternativeNames())
        .contains(List.of(2, "localhost"), List.of(7, "127.0.0.1"));
    X509Certificate other = DeviceAuthority.stranger().client("CN=press-07").certificate();
    assertThatThrownBy(() -> validate(other, made.certificate()))
        .hasMessageContaining("check failed");
    assertThat(Files.getPosixFilePermissions(folder.resolve("pki/ca.key"))).hasSize(2);
  }

  private static void validate(X509Certificate certificate, X509Certificate by) throws Exception {
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(by, null)));
    parameters.setRevocationEnabled(false);
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)),
            parameters);
  }

  @Test
  void aFolderWithSomethingElseIsNamedWithTheRemedy() throws Exception {
    Files.writeString(folder.resolve("ca.pem"), "nothing");
    assertThatThrownBy(() -> DeviceAuthority.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("name another folder, or empty it");
  }

  @Test
  void mosquittoTakesRightCertificatesAndTheseComeBackAfterWrongOnes() throws Exception {
    DeviceTls tls = DeviceTls.open(folder.resolve("pki"), null);
    Scenario scenario =
        scenario(
            """
            groups:
              - { profile: cnc, count: 3, id: "a-{n}", interval: 50ms, version: 5,
                  credentials: { certificate: "CN={id}" } }
              - { profile: plc, count: 3, id: "b-{n}", interval: 50ms, qos: 2,
                  credentials: { certificate: "CN={id}" } }
            faults:
              - { kind: wrong-credentials, at: 5s, for: 3s, every: 10s, profile: plc }
            """);
    try (Mosquitto broker = Mosquitto.tls(folder, folder.resolve("pki"))) {
      FleetRun run =
          FleetRun.start(
              scenario,
              new Endpoints(
                  null, null, URI.create("mqtts://127.0.0.1:" + broker.port()), null, tls));
      Awaitility.await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> run.snapshot().connectFailures() > 0);
      long before = run.snapshot().acked();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> run.snapshot().acked() > before + 50 && run.snapshot().connected() == 6);
      run.stop();
      assertThat(run.snapshot().refused()).isZero();
      assertThat(run.snapshot().acked() + run.snapshot().forgotten())
          .isEqualTo(run.snapshot().sent());
    }
  }

  @Test
  void theRegistrySeedHasWhatDevicesShow() throws Exception {
    assertThat(
            scenario(
                    """
                    groups:
                      - { profile: cnc, id: "a-{n}", credentials: { certificate: "CN={id},O=X" } }
                      - { profile: smart-bin, id: "b-{n}", protocol: coap,
                          credentials: { psk: "0123456789abcdef-{id}" } }
                    """)
                .devicesYaml())
        .contains("certificate: \"CN=a-1,O=X\"")
        .contains("psk: { identity: \"b-1\", key: \"303132333435363738396162636465662d622d31\" }");
  }

  @Test
  void everyMistakeIsNamedWithItsPlaceAndRemedy() {
    assertThatThrownBy(() ->
            scenario(
                """
                source-addresses: 20000
                groups:
                  - { profile: cnc, credentials: { psk: "0123456789abcdef" } }
                  - { profile: smart-bin, protocol: coap, credentials: { certificate: "CN=x" } }
                  - { profile: street-light, protocol: coap, credentials: { psk: short } }
                  - { profile: plc, credentials: { pks: x } }
                faults:
                  - { kind: address-change, for: 3s }
                  - { kind: los }
                """))
        .isInstanceOf(ScenarioException.class)
        .message()
        .contains("source-addresses: `20000` is not a whole number from 0 to 10000")
        .contains("groups[0].credentials: has a psk, which CoAP devices use; write `certificate`")
        .contains(
            "groups[1].credentials: has a certificate, which MQTT and HTTP devices show; write `psk`")
        .contains("groups[2].credentials: has a psk that anybody guesses; write one of 16")
        .contains("groups[3].credentials.pks: unknown key; did you mean `psk`?")
        .contains("faults[0].for: is not for address-change; remove it")
        .contains("faults[1].kind: `los` is not one of")
        .contains("did you mean `loss`?");
  }

  @Test
  void withoutAnAuthorityOrServerThereIsNoRun() throws Exception {
    Scenario certificates =
        scenario("groups:\n  - { profile: cnc, credentials: { certificate: \"CN={id}\" } }\n");
    assertThatThrownBy(() -> FleetRun.start(certificates, new Endpoints(null, null)))
        .hasMessageContaining("--authority");
    Scenario keys =
        scenario(
            "groups:\n  - { profile: smart-bin, protocol: coap, credentials: { psk: \"0123456789abcdef\" } }\n");
    assertThatThrownBy(() -> FleetRun.start(keys, new Endpoints(null, null)))
        .hasMessageContaining("say where with --coaps coaps://HOST:5684");
    assertThatThrownBy(() ->
            FleetRun.start(
                keys, new Endpoints(null, null, null, URI.create("coap://127.0.0.1:5684"), null)))
        .hasMessageContaining("--coaps wants coaps://");
  }
}
