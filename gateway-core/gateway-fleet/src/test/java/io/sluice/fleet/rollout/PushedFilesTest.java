package io.sluice.fleet.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.engine.config.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be pushed to a gateway, and what may not. */
class PushedFilesTest {
  @TempDir Path folder;

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static List<String> faults(String name, String text) {
    TreeMap<String, byte[]> files = new TreeMap<>();
    files.put(name, text.getBytes(StandardCharsets.UTF_8));
    return PushedFiles.faults(files).list().stream().map(Fault::toString).toList();
  }

  @Test
  void aFolderIsReadWithWhatItsFileNames() throws Exception {
    write("sluice.yaml", "profiles: [ profiles ]");
    write("profiles/tank.yaml", "id: tank");
    write(".git/config", "x");
    write("profiles/.tank.yaml.swp", "x");
    assertThat(PushedFiles.read(folder)).containsOnlyKeys("sluice.yaml", "profiles/tank.yaml");
  }

  @Test
  void aFileAloneIsTheConfiguration() throws Exception {
    write("anything.yaml", "limits: {}");
    assertThat(PushedFiles.read(folder.resolve("anything.yaml"))).containsOnlyKeys("sluice.yaml");
  }

  @Test
  void whatCannotBePushedIsNamed() throws Exception {
    write("profiles/tank.yaml", "id: tank");
    assertThatThrownBy(() -> PushedFiles.read(folder))
        .hasMessage(folder + " has no sluice.yaml; write the sections to push into it");
    write("sluice.yaml", "");
    Files.createSymbolicLink(folder.resolve("keys"), Path.of("/etc"));
    assertThatThrownBy(() -> PushedFiles.read(folder))
        .hasMessage(folder.resolve("keys") + " is no file; push files alone");
    Files.delete(folder.resolve("keys"));
    Files.write(folder.resolve("big.bin"), new byte[PushedFiles.MAX_BYTES + 1]);
    assertThatThrownBy(() -> PushedFiles.read(folder)).hasMessageContaining("more than 8 MB");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "upstreams: [ { name: a, type: mqtt, password: hunter2 } ]",
        "upstreams: [ { name: a, type: kafka, properties: { sasl.jaas.config: \"x password=y\" } } ]",
        "sources: [ { name: a, key-password: 12345 } ]",
        "metrics: { otlp: { headers: { x-api-token: abc } } }",
        "consumers: { users: [ { name: scada, password: s3cret } ] }"
      })
  void aSecretStaysAtTheBox(String text) {
    assertThat(faults("sluice.yaml", text))
        .singleElement()
        .asString()
        .startsWith("sluice.yaml:1:")
        .contains("is a secret, which stays at the box");
  }

  @Test
  void aDevicesSecretStaysAtTheBoxToo() {
    assertThat(
            faults(
                "devices.yaml",
                "- { id: a, credentials: { psk: { identity: a, key: 00ff }, certificate: CN=a } }"))
        .singleElement()
        .asString()
        .contains("psk.key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "upstreams: [ { name: a, type: mqtt, password: \"${CLOUD_PASSWORD}\" } ]",
        "upstreams: [ { name: a, type: mqtt, password: ${CLOUD_PASSWORD} } ]",
        "upstreams: [ { name: a, type: mqtt, password-file: /etc/sluice/cloud } ]",
        "listeners: { mqtt: { tls: { certificate: c.pem, key: k.pem } } }",
        "limits: { device: 5 }"
      })
  void whatNamesASecretOfTheBoxMayGo(String text) {
    assertThat(faults("sluice.yaml", text)).isEmpty();
  }

  @Test
  void whoABoxIsStaysItsOwn() {
    assertThat(faults("sluice.yaml", "gateway: { id: a }\nfleet: {}"))
        .hasSize(2)
        .allSatisfy(fault -> assertThat(fault).contains("is the box's own"));
  }

  @Test
  void whatIsNoYamlIsNamed() {
    assertThat(faults("profiles/a.yaml", "a: [")).singleElement().asString().contains("valid YAML");
  }
}
