package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.device.SimProfiles;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORMapper;

class ScenarioTest {
  private static final long MICROS = 1_790_000_000_123_456L;
  @TempDir Path folder;

  private Path file(String yaml) throws Exception {
    return Files.writeString(folder.resolve("s.yaml"), yaml);
  }

  private String faults(String yaml) throws Exception {
    Path file = file(yaml);
    return catchThrowableOfType(ScenarioException.class, () -> Scenario.load(file)).getMessage();
  }

  private static Path shipped() {
    Path here = Path.of("config/scenarios/mixed-demo.yaml");
    return Files.exists(here) ? here : Path.of("..").resolve(here);
  }

  @Test
  void shippedDemoPlaysEveryProfile() throws Exception {
    Set<String> played = new HashSet<>();
    Scenario.load(shipped()).groups().forEach(group -> played.add(group.profile().id()));
    assertThat(played).containsExactlyInAnyOrderElementsOf(SimProfiles.all().keySet()).hasSize(16);
  }

  @Test
  void everyFaultIsFoundInOnePassWithItsPlace() throws Exception {
    String faults =
        faults(
            """
            name: bad
            groups:
              - { profile: cncc, count: 0, interval: soon }
              - profile: cnc
                qoss: 1
                protocol: coap
                version: 5
            """);
    assertThat(faults.lines())
        .hasSize(5)
        .anySatisfy(line ->
            assertThat(line)
                .contains("s.yaml:3:16: groups[0].profile: `cncc`")
                .contains("did you mean `cnc`?"))
        .anySatisfy(line -> assertThat(line).contains("groups[0].count").contains("from 1 to"))
        .anySatisfy(line -> assertThat(line).contains("groups[0].interval").contains("500ms"))
        .anySatisfy(line ->
            assertThat(line).contains("s.yaml:5:5: groups[1].qoss: unknown key").contains("`qos`"))
        .anySatisfy(line -> assertThat(line).contains("groups[1].version").contains("only for"));
  }

  @Test
  void brokenYamlNamesItsLine() throws Exception {
    assertThat(faults("name: x\ngroups: [ {\n")).contains("s.yaml:").contains("not valid YAML");
  }

  @Test
  void emptyFileSaysWhatIsMissing() throws Exception {
    assertThat(faults("")).contains("name").contains("nothing to play");
  }

  @Test
  void missingFileIsOneLine() {
    assertThat(
            catchThrowableOfType(
                    ScenarioException.class, () -> Scenario.load(folder.resolve("no.yaml")))
                .getMessage())
        .contains("cannot be read");
  }

  @Test
  void twoDevicesOfOneNameAreRefused() throws Exception {
    assertThat(faults("name: x\ngroups:\n  - { profile: cnc }\n  - { profile: cnc }\n"))
        .contains("cnc-0001")
        .contains("`id` pattern");
  }

  @Test
  void registrySeedIsInTheGatewaysForm() throws Exception {
    Scenario scenario =
        Scenario.load(
            file(
                "name: x\ngroups:\n  - { profile: cnc, id: \"c-{n:03}\", site: s, sector: farm, interval: 2s }\n"));
    assertThat(scenario.devicesYaml())
        .contains(
            "- { id: \"c-001\", profile: \"cnc\", sector: \"farm\", site: \"s\", interval: 2s, credentials: { password: \"demo-password-of-c-001\" }, planned: true }");
  }

  @Test
  void sameSeedPlaysTheSameFleetAndAnotherDoesNot() throws Exception {
    List<byte[]> first = payloads(1);
    assertThat(payloads(1)).usingRecursiveComparison().isEqualTo(first);
    assertThat(payloads(2)).usingRecursiveComparison().isNotEqualTo(first);
  }

  private List<byte[]> payloads(long seed) throws Exception {
    String yaml = Files.readString(shipped()).replace("seed: 42", "seed: " + seed);
    return Scenario.load(file(yaml)).devices().stream()
        .map(spec ->
            spec.group()
                .form()
                .encode(new SimDevice(spec, MICROS).sample(5, MICROS + 7_000_000, Kind.TELEMETRY)))
        .toList();
  }

  @Test
  void everyProfileIsReadableInEveryForm() throws Exception {
    for (DeviceSpec spec : Scenario.load(shipped()).devices()) {
      SimDevice device = new SimDevice(spec, MICROS);
      for (Kind kind : List.of(Kind.TELEMETRY, Kind.ALARM_RAISED)) {
        Sample sample = device.sample(41, MICROS, kind);
        for (PayloadForm form : PayloadForm.byName().values()) {
          readBack(form, sample);
        }
      }
    }
  }

  private static void readBack(PayloadForm form, Sample sample) {
    byte[] payload = form.encode(sample);
    if (!form.carriesCounter()) {
      assertThat(payload).isNotEmpty();
      return;
    }
    boolean cbor = form == PayloadForm.CBOR || form == PayloadForm.SENML_CBOR;
    JsonNode tree = cbor ? new CBORMapper().readTree(payload) : new JsonMapper().readTree(payload);
    switch (form) {
      case JSON, JSON_STRINGS, CBOR -> {
        assertThat(tree.path("n").asLong()).isEqualTo(41);
        sample
            .fields()
            .forEach(field ->
                assertThat(tree.path(field.name()).asString()).isEqualTo(field.value().toString()));
      }
      case SENML_JSON -> assertThat(tree.get(0).path("n").asString()).isEqualTo("n");
      case SENML_CBOR -> {
        assertThat(tree).hasSize(sample.fields().size() + 1);
        assertThat(tree.get(0).path("0").asString()).isEqualTo("n");
        assertThat(tree.get(0).path("2").asLong()).isEqualTo(41);
      }
      case THINGSBOARD -> assertThat(tree.path("values").path("n").asLong()).isEqualTo(41);
      case ALINK -> assertThat(tree.path("params").path("n").path("value").asLong()).isEqualTo(41);
      case HUAWEI ->
          assertThat(tree.path("services").get(0).path("properties").path("n").asLong())
              .isEqualTo(41);
      case SHELLY -> assertThat(tree.path("params").path("n").asLong()).isEqualTo(41);
      case MILESIGHT -> assertThat(tree.path("object").path("n").asLong()).isEqualTo(41);
      case TTN ->
          assertThat(tree.at("/uplink_message/normalized_payload/0/n").asLong()).isEqualTo(41);
      case DRAGINO ->
          assertThat(tree.at("/uplink_message/decoded_payload/n").asLong()).isEqualTo(41);
      default -> throw new AssertionError(form);
    }
  }

  @Test
  void aFormThatIsNotOfTheProfileIsNamedWithThoseThatSendIt() throws Exception {
    assertThatThrownBy(() ->
            Scenario.load(
                file(
                    """
                    name: forms
                    groups:
                      - { profile: cnc, form: shelly }
                      - { profile: water-meter, form: binary, alarms: { every: 5s } }
                    """)))
        .hasMessageContaining(
            "groups[0].form: `shelly` is not what a cnc sends; it is for energy-meter")
        .hasMessageContaining("groups[1].form: `binary` has no room for alarms");
  }

  @Test
  void senmlCborUsesIntegerLabels() throws Exception {
    Sample sample =
        new Sample(1, 1_000_000, Kind.TELEMETRY, List.of(new Sample.Field("x", "Cel", 2L)));
    // array(2), map(3): -3 -> 1.0, 0 -> "n", 2 -> 1; map(3): 0 -> "x", 1 -> "Cel", 2 -> 2
    byte[] payload = PayloadForm.SENML_CBOR.encode(sample);
    assertThat(payload)
        .startsWith(0x82, 0xA3, 0x22, 0xFB)
        .endsWith(0xA3, 0x00, 0x61, 'x', 0x01, 0x63, 'C', 'e', 'l', 0x02, 0x02);
  }

  @Test
  void mistakesThatPlayedSomethingElseAreTold() throws Exception {
    String said =
        faults(
            """
            name: x
            spede: 2
            sites: [ { id: plant-a, sector: factory }, { id: field, sector: farm } ]
            groups:
              - { profile: cnc, site: plant-s, id: "a-{n}" }
              - { profile: cnc, site: plant-a, id: "b-{n}", credentials: { password: p, token: t } }
              - { profile: water-meter, site: field, id: "c-{n}", protocol: coap, sleepy: true,
                  waveforms: { flow: { kind: walk, low: 9, high: 3 } } }
            faults:
              - { kind: dropout, delay: 5s }
              - { kind: loss, share: 0 }
              - { kind: dropout, site: field, profile: cnc }
            """);
    assertThat(said)
        .contains("spede: unknown key; did you mean `speed`?")
        .contains("`plant-s` is not among `sites`; did you mean `plant-a`?")
        .contains("has a password and a token")
        .contains("sleepy: is only for `protocol: mqtt`")
        .contains("is above `high`")
        .contains("faults[0].delay: is not for dropout")
        .contains("faults[1].share: is 0, so that nothing is hit")
        .contains("faults[2].kind: hits no device");
  }

  @Test
  void aKeyThatStandsTwiceIsTold() throws Exception {
    assertThat(faults("name: x\nseed: 1\nseed: 2\ngroups: [ { profile: cnc } ]\n"))
        .contains("s.yaml:3:1: `seed` stands there twice; remove one of them");
  }

  @Test
  void whatADialectHasNotIsTold() throws Exception {
    assertThat(
            faults(
                """
                name: x
                groups:
                  - { profile: cnc, id: "a-{n}", dialect: tasmota }
                  - { profile: energy-meter, id: "b-{n}", dialect: tasmoda, form: json }
                  - { profile: energy-meter, id: "c-{n}", dialect: zigbee2mqtt }
                  - { profile: energy-meter, id: "d-{n}", dialect: shelly, concentrator: hub, timezone: Mars/Base }
                  - { profile: energy-meter, id: "e-{n}", concentrator: hub, credentials: { secret: s } }
                  - { profile: dragino-lht65, id: "f-{n}" }
                  - { profile: cnc, id: "g-{n}", dialect: sparkplug, qos: 1, sleepy: true }
                  - { profile: cnc, id: "h-{n}", primary-host: scada }
                """))
        .contains(
            "groups[6].qos: is 0 for all that an edge node sends",
            "groups[6].sleepy: is nothing that an edge node is",
            "groups[7].primary-host: is only for `dialect: sparkplug`",
            "groups[0].dialect: `tasmota` is not what a cnc speaks; it is for energy-meter",
            "did you mean `tasmota`?",
            "groups[1].form: is not for devices that speak a dialect",
            "groups[2].dialect: `zigbee2mqtt` is spoken by devices behind one that has the connection",
            "groups[3].concentrator: is nothing that devices of `shelly` have",
            "groups[3].timezone: `Mars/Base` is no time zone",
            "groups[4].concentrator: is only for a `dialect` that has one",
            "groups[4].credentials: has a secret",
            "groups[5].profile: `dragino-lht65` speaks a dialect only");
  }

  @Test
  void concentratorIsRegisteredBeforeItsChildrenAndIsNotExpectedToReport() throws Exception {
    Scenario scenario =
        Scenario.load(
            file(
                """
                name: x
                groups:
                  - { profile: energy-meter, count: 2, id: "hall.plug-{n}", site: s, interval: 2s,
                      dialect: zigbee2mqtt, concentrator: z2m-1 }
                  - { profile: energy-meter, id: "m{n}", site: s, interval: 2s, dialect: onenet, timezone: Asia/Kolkata }
                """));
    assertThat(scenario.devicesYaml().lines().skip(1))
        .containsExactly(
            "- { id: \"z2m-1\", profile: \"energy-meter\", sector: \"factory\", site: \"s\", interval: 2s, credentials: { password: \"demo-password-of-z2m-1\" }, planned: false, commissioned: false }",
            "- { id: \"hall.plug-1\", profile: \"energy-meter\", sector: \"factory\", site: \"s\", interval: 2s, parent: \"z2m-1\", planned: true }",
            "- { id: \"hall.plug-2\", profile: \"energy-meter\", sector: \"factory\", site: \"s\", interval: 2s, parent: \"z2m-1\", planned: true }",
            "- { id: \"m1\", profile: \"energy-meter\", sector: \"factory\", site: \"s\", interval: 2s, timezone: \"Asia/Kolkata\", credentials: { secret: \"ZGVtby1zZWNyZXQtb2YtbTE=\" }, planned: true }");
    assertThat(scenario.dialects()).containsExactly("zigbee2mqtt", "onenet");
  }

  @Test
  void faultsOfABrokerWantOne() throws Exception {
    assertThat(
            faults(
                """
                name: x
                groups:
                  - { profile: cnc, id: "a-{n}" }
                faults:
                  - { kind: broker-kill, for: 2s }
                """))
        .contains("faults[0].kind: befalls a broker, and there is none");
    assertThat(
            faults(
                """
                name: x
                broker: { program: mosquitto, port: 99999 }
                groups:
                  - { profile: cnc, id: "a-{n}" }
                  - { profile: energy-meter, id: "b-{n}", dialect: tasmota }
                faults:
                  - { kind: broker-move, site: site-1 }
                """))
        .contains(
            "broker.port",
            "groups[1].dialect: is not played through a broker",
            "faults[0].for: is missing",
            "faults[0].site: is not for broker-move");
  }
}
