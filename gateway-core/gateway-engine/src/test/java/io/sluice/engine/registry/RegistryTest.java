package io.sluice.engine.registry;

import static io.sluice.engine.registry.Fixture.id;
import static io.sluice.engine.registry.Fixture.open;
import static io.sluice.engine.registry.Fixture.password;
import static io.sluice.engine.registry.Fixture.spec;
import static io.sluice.engine.registry.Fixture.token;
import static io.sluice.engine.registry.Fixture.verdict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.Device;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.operator.DeviceDirectory;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceView;
import io.sluice.api.operator.DeviceDirectory.Filter;
import io.sluice.api.operator.DeviceDirectory.InvalidDeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
  private static final Filter ALL = new Filter(null, null, null, false);

  @TempDir Path directory;

  @Test
  void deviceSurvivesRestart() throws Exception {
    Device registered;
    try (Registry registry = open(directory)) {
      registry.directory().put(spec("gateway-1"));
      registered = registry.directory().put(Fixture.child("press-07", "gateway-1")).device();
      registry.directory().put(spec("press-08", password("geheim")));
    }
    try (Registry registry = open(directory)) {
      assertThat(registry.find("press-07")).isEqualTo(registered);
      assertThat(registry.find("press-08"))
          .extracting(Device::interval)
          .isEqualTo(Duration.ofSeconds(10));
      assertThat(verdict(registry, Fixture.login("press-08", "geheim"))).isEqualTo("press-08");
      assertThat(registry.find("press-09")).isNull();
    }
  }

  @Test
  void credentialsThatThePutLeavesOutStay() throws Exception {
    try (Registry registry = open(directory)) {
      DeviceDirectory devices = registry.directory();
      devices.put(spec("a", token(Fixture.TOKEN)));
      DeviceView view = devices.put(spec("a", password("geheim")));
      assertThat(view.credentialKinds()).containsExactly("password", "token");
      assertThat(devices.put(spec("a")).credentialKinds()).containsExactly("password", "token");
    }
  }

  @Test
  void issuedTokenReplacesTheOneBefore() throws Exception {
    try (Registry registry = open(directory)) {
      registry.directory().put(spec("a", token(Fixture.TOKEN)));
      String issued = registry.directory().issueToken(id("a"), Duration.ZERO);
      assertThat(issued).hasSize(43);
      assertThat(verdict(registry, new Credentials.Token(null, issued))).isEqualTo("a");
      assertThat(verdict(registry, new Credentials.Token(null, Fixture.TOKEN))).contains("wrong");
      assertThat(registry.directory().issueToken(id("nobody"), Duration.ZERO)).isNull();
    }
  }

  @Test
  void removedDeviceIsGoneAfterRestart() throws Exception {
    try (Registry registry = open(directory)) {
      registry.directory().put(spec("a"));
      assertThat(registry.directory().remove(id("a"))).isTrue();
      assertThat(registry.directory().remove(id("a"))).isFalse();
      assertThat(registry.directory().get(id("a"))).isNull();
    }
    try (Registry registry = open(directory)) {
      assertThat(registry.size()).isZero();
    }
  }

  @Test
  void listIsOrderedFilteredAndPaged() throws Exception {
    try (Registry registry = open(directory)) {
      DeviceDirectory devices = registry.directory();
      for (String id : List.of("c", "a", "d", "b")) {
        devices.put(spec(id));
      }
      devices.retire(id("b"));
      assertThat(ids(devices.list(ALL, null, 2))).containsExactly("a", "c");
      assertThat(ids(devices.list(ALL, "c", 2))).containsExactly("d");
      assertThat(ids(devices.list(new Filter(null, "plant-a", "cnc", true), null, 9)))
          .containsExactly("a", "b", "c", "d");
      assertThat(devices.list(new Filter("farm", null, null, true), null, 9)).isEmpty();
    }
  }

  private static List<String> ids(List<DeviceView> views) {
    return views.stream().map(view -> view.device().id().value()).toList();
  }

  @Test
  void everyWrongFieldIsNamedAtOnce() throws Exception {
    try (Registry registry = open(directory)) {
      DeviceSpec wrong =
          new DeviceSpec(
              id("a"), "soil-prob", "", "s", Duration.ZERO, id("a"), true, true, token("short"));
      assertThatThrownBy(() -> registry.directory().put(wrong))
          .isInstanceOf(InvalidDeviceException.class)
          .hasMessageContaining("did you mean \"soil-probe\"?")
          .hasMessageContaining("sector: ")
          .hasMessageContaining("interval: must be 10ms to 366d")
          .hasMessageContaining("parent: a device cannot be its own parent")
          .hasMessageContaining("credentials.token: must be 16 to 512 characters");
      assertThatThrownBy(() -> registry.directory().put(Fixture.child("a", "nobody")))
          .hasMessageContaining("parent: no device \"nobody\"");
    }
  }

  @Test
  void timeZoneOfADeviceSurvivesRestartAndRetirementAndAWrongOneIsRefused() throws Exception {
    try (Registry registry = open(directory)) {
      registry.directory().put(zoned("a", "Asia/Kolkata"));
      registry.directory().put(zoned("b", "+05:30"));
      registry.directory().retire(id("b"));
      assertThatThrownBy(() -> registry.directory().put(zoned("c", "Mars/Base")))
          .isInstanceOf(InvalidDeviceException.class)
          .hasMessageContaining("timezone: \"Mars/Base\" is no time zone; write one such as");
    }
    try (Registry registry = open(directory)) {
      assertThat(registry.find("a"))
          .extracting(Device::timezone)
          .isEqualTo(ZoneId.of("Asia/Kolkata"));
      assertThat(registry.directory().get(id("b")).device().timezone())
          .isEqualTo(ZoneId.of("+05:30"));
      assertThat(registry.directory().put(spec("a")).device().timezone()).isNull();
    }
  }

  private static DeviceSpec zoned(String id, String zone) {
    return new DeviceSpec(id(id), "cnc", "factory", "s", null, null, true, true, null, zone);
  }

  @Test
  void circleOfParentsIsRefused() throws Exception {
    try (Registry registry = open(directory)) {
      registry.directory().put(spec("a"));
      registry.directory().put(Fixture.child("b", "a"));
      assertThatThrownBy(() -> registry.directory().put(Fixture.child("a", "b")))
          .hasMessageContaining("break the circle");
    }
  }

  @Test
  void credentialOfAnotherDeviceIsRefused() throws Exception {
    try (Registry registry = open(directory)) {
      registry.directory().put(spec("a", token(Fixture.TOKEN)));
      registry.directory().put(spec("b", Fixture.certificate("CN=b, O=Plant")));
      assertThatThrownBy(() -> registry.directory().put(spec("c", token(Fixture.TOKEN))))
          .hasMessageContaining("is that of device a already")
          .hasMessageNotContaining(Fixture.TOKEN);
      assertThatThrownBy(
              () -> registry.directory().put(spec("c", Fixture.certificate("cn=B,o=plant"))))
          .hasMessageContaining("is that of device b already");
      assertThat(registry.size()).isEqualTo(2);
    }
  }

  @Test
  void listenerHearsEachChange() throws Exception {
    try (Registry registry = open(directory)) {
      StringBuilder heard = new StringBuilder();
      registry.listen((before, after, credentials) ->
          heard
              .append(before == null ? '+' : after == null ? '-' : after.retired() ? 'r' : '~')
              .append(credentials ? "c " : " "));
      registry.directory().put(spec("a"));
      registry.directory().put(spec("a"));
      registry.directory().issueToken(id("a"), Duration.ZERO);
      registry.directory().retire(id("a"));
      registry.directory().remove(id("a"));
      assertThat(heard).hasToString("+ ~ ~c r - ");
    }
  }

  @Test
  void noSecretIsStoredInTheClearNorReadableByOthers() throws Exception {
    try (Registry registry = open(directory)) {
      registry.directory().put(spec("a", password("geheim-geheim")));
      registry.directory().put(spec("b", token(Fixture.TOKEN)));
    }
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String bytes = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(bytes).doesNotContain("geheim-geheim").doesNotContain(Fixture.TOKEN);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void databaseOfALaterVersionIsRefused() throws Exception {
    open(directory).close();
    try (Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("registry.db"))) {
      execute(connection, "INSERT INTO schema_version VALUES (99, 'V99', '')");
    }
    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("registry.db has schema version 99")
        .hasMessageContaining("run the newer Sluice");
  }

  @Test
  void fileThatIsNoDatabaseIsRefusedByName() throws Exception {
    Files.writeString(directory.resolve("registry.db"), "this is no database at all".repeat(99));
    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("registry.db");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
