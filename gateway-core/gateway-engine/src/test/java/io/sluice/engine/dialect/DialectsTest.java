package io.sluice.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.config.Fault;
import io.sluice.engine.config.Faults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An operator's own dialects beside those that are shipped. */
class DialectsTest {
  @TempDir private Path config;
  private final Faults faults = new Faults();
  private Path folder;

  @BeforeEach
  void folders() throws IOException {
    Files.createDirectory(config.resolve("profiles"));
    folder = Files.createDirectory(config.resolve("dialects"));
  }

  private Dialects load(String text) throws IOException {
    Files.writeString(folder.resolve("mine.yaml"), text);
    return Dialects.load(
        DialectPlaces.beside(List.of(config.resolve("profiles")), ShippedDialects.FOLDER), faults);
  }

  private Topics usual(String text) throws IOException {
    return load(text).topics(List.of(), Map.of());
  }

  private static RoutedTopic route(Topics topics, String topic) {
    return Objects.requireNonNull(topics.route("any", topic), topic);
  }

  private List<String> lines() {
    return faults.list().stream().map(Fault::toString).toList();
  }

  @Test
  void ownFileBesideTheProfilesIsOnByItself() throws IOException {
    Topics topics =
        usual(
            """
            title: A hall's panels
            up:
              - { topic: "hall/{hall}/{device}/values", class: telemetry, payload: cbor }
              - { topic: "hall/{hall}/{device}/log/#", class: event }
            """);
    assertThat(faults.list()).isEmpty();
    RoutedTopic values = route(topics, "hall/2/panel-1/values");
    assertThat(values.device()).isEqualTo("panel-1");
    assertThat(values.contentType(ContentType.UNSPECIFIED)).isEqualTo(ContentType.CBOR);
    assertThat(values.dialect()).isEqualTo("mine");
    assertThat(values.rule()).contains("hall/{hall}/{device}/values").contains("mine.yaml:3:");
    assertThat(route(topics, "hall/2/panel-1/log").messageClass()).isEqualTo(MessageClass.EVENT);
    assertThat(route(topics, "hall/2/panel-1/log/a/b").device()).isEqualTo("panel-1");
    assertThat(topics.route("any", "hall/2/pa nel/values")).isNull();
    assertThat(route(topics, "telemetry").dialect()).isEqualTo("sluice");
  }

  @Test
  void theMostExactRuleTakesATopicWhateverTheirOrder() throws IOException {
    Topics topics =
        usual(
            """
            up:
              - { topic: "#", class: event }
              - { topic: "x/+/c", class: state }
              - { topic: "x/{device}/c", class: alarm }
              - { topic: x/b/c, class: telemetry }
              - { topic: "x/b/+", class: event }
            """);
    assertThat(faults.list()).isEmpty();
    assertThat(route(topics, "x/b/c").messageClass()).isEqualTo(MessageClass.TELEMETRY);
    assertThat(route(topics, "x/d/c").messageClass()).isEqualTo(MessageClass.ALARM);
    assertThat(route(topics, "x/d d/c").messageClass()).isEqualTo(MessageClass.STATE);
    assertThat(route(topics, "x//c").messageClass()).isEqualTo(MessageClass.STATE);
    assertThat(route(topics, "x/b/d").messageClass()).isEqualTo(MessageClass.EVENT);
    assertThat(route(topics, "x/d/d").messageClass()).isEqualTo(MessageClass.EVENT);
    assertThat(route(topics, "telemetry").dialect()).isEqualTo("sluice");
    assertThat(topics.route("any", "$SYS/broker/uptime")).isNull();
  }

  @Test
  void collisionNamesBothFilesAndLines() throws IOException {
    usual("up:\n  - { topic: telemetry, class: event }\n");
    assertThat(lines())
        .singleElement()
        .asString()
        .contains("mine.yaml:2:14: up[0].topic")
        .contains("sluice.yaml:5:")
        .contains("dialect mine")
        .contains("dialect sluice")
        .contains("; change one of the two");
  }

  @Test
  void whatMeansTheSameOrIsNotListedTogetherIsNoCollision() throws IOException {
    Dialects dialects =
        load("up:\n  - { topic: event, class: alarm }\n  - { topic: t, class: telemetry }\n");
    Topics mine = dialects.topics(List.of("mine"), Map.of());
    Topics both = dialects.topics(List.of("sluice"), Map.of("fire-panel", "mine"));
    assertThat(faults.list()).isEmpty();
    assertThat(route(mine, "event").messageClass()).isEqualTo(MessageClass.ALARM);
    assertThat(mine.route("any", "telemetry")).isNull();
    assertThat(mine.table("any").hint()).isEqualTo("a topic of mine");
    assertThat(route(both, "event").messageClass()).isEqualTo(MessageClass.EVENT);
    assertThat(Objects.requireNonNull(both.route("fire-panel", "event")).messageClass())
        .isEqualTo(MessageClass.ALARM);
    assertThat(both.route("fire-panel", "alarm")).isNull();
    assertThat(both.maps("alarm")).isTrue();
  }

  @Test
  void twoRulesOfOneFileCollideToo() throws IOException {
    usual(
        """
        up:
          - { topic: "x/{device}", class: event }
          - { topic: "x/{child}", class: alarm }
        """);
    assertThat(lines()).singleElement().asString().contains("keep one of the two");
  }

  @Test
  void ownFileTakesThePlaceOfAShippedOneOfItsName() throws IOException {
    Files.writeString(
        folder.resolve("sluice.yaml"), "up:\n  - { topic: measured, class: telemetry }\n");
    Topics topics = load("").topics(List.of("sluice"), Map.of());
    assertThat(faults.list()).isEmpty();
    assertThat(topics.maps("measured")).isTrue();
    assertThat(topics.maps("telemetry")).isFalse();
  }

  @Test
  void aCopyOfTheWholeConfigurationMeansTheSame() throws IOException {
    try (Stream<Path> shipped = Files.list(ShippedDialects.FOLDER)) {
      for (Path file : shipped.toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString()));
      }
    }
    Files.writeString(
        folder.resolve("king-pigeon.yaml"), "up:\n  - { topic: rtu, class: telemetry }\n");
    Dialects dialects = load("");
    assertThat(dialects.topics(List.of(), Map.of()).maps("foo")).isFalse();
    Topics named = dialects.topics(List.of("king-pigeon"), Map.of());
    assertThat(named.maps("rtu")).isTrue();
    assertThat(named.maps("foo")).isFalse();
    assertThat(faults.list()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          up: [ { topic: x, class: event, children: keys, child-from: id } ] | up[0].children: keys name the devices already
          up: [ { topic: x, class: event, children: list } ] | up[0].children: a list wants child-from
          up: [ { topic: x, class: event, child-payload: id } ] | up[0].child-payload: says nothing without children
          up: [ { topic: x, class: event, metric: a, device-from: b } ] | up[0].topic: has two of metric, device-from
          up: [ { topic: x, class: event, unpack: counted, once: b } ] | up[0].once: its unpack knows what comes twice
          up: [ { topic: 'x/{metric}', class: event, metric: a } ] | up[0].topic: has two of metric
          up: [ { topic: x, class: event, unpack: lorawn } ] | did you mean "lorawan"?
          up: [ { topic: 'a/{device...}/b', class: event } ] | {device...} stands for the rest of a topic
          sign-in: [ { hmac: { key: k } } ] | mine.yaml:1:20: sign-in[0].hmac.message: is missing
          down: [ { topic: 'a/{x}{y}' } ] | mine.yaml:1:9: down[0]: two names
          up: [ { topic: 'a/{device...}', class: event, only: { body.a: '1' } } ] | up[0].topic: {device...} is no name
          up: [ { topic: x, class: event, reply: [ y ] } ] | there is no "y" below the file's reply
          ups: [] | ups: is not a known key; did you mean "up"?
          up: x | up: must be a list
          up: [ { class: event } ] | up[0].topic: is missing
          up: [ { topic: x } ] | up[0].class: is missing
          up: [ { topic: x, class: evnt } ] | did you mean "event"?
          up: [ { topic: x, class: event, payload: jsn } ] | did you mean "json"?
          up: [ { topic: '', class: event } ] | 1 to 1024 characters
          up: [ { topic: 'a/#/b', class: event } ] | write it last
          up: [ { topic: 'a/b+', class: event } ] | the level "b+"
          up: [ { topic: '{device}/{child}', class: event } ] | two levels name a device
          [] | must be a mapping
          """)
  void whatIsWrongInAFileIsNamedWithItsPlaceAndRemedy(String text, String fault)
      throws IOException {
    load(text);
    assertThat(lines()).singleElement().asString().contains("mine.yaml:1:").contains(fault);
  }

  @Test
  void allFaultsComeInOnePass() throws IOException {
    load(
        """
        sign-in: {}
        up:
          - { topic: 'a/#/b', class: event }
          - { topic: x, class: evnt }
        """);
    Files.writeString(folder.resolve("Mine.yaml"), "");
    Files.writeString(folder.resolve("mine.yml"), "");
    load("sign-in: {}\nups: []\n");
    assertThat(lines())
        .hasSize(7)
        .anyMatch(line -> line.contains("Mine.yaml:1:1: a dialect's name"))
        .anyMatch(line -> line.contains("the dialect \"mine\" is also in"));
  }

  @Test
  void unknownNameHasTheNearestAsRemedy() throws IOException {
    assertThat(Dialects.unknown("alnik", load("").names()))
        .contains("there is no dialect \"alnik\"")
        .contains("alink");
    assertThat(Dialects.unknown("mine", load("").names())).isNull();
  }

  /** As a reload does: what devices told before need not be told again. */
  @Test
  void dialectsThatAreReadAnewGoOnWithWhatDevicesTold() throws Exception {
    String text = "up: [ { topic: mine, class: state } ]\n";
    List<String> list = List.of("wirenboard", "home-assistant");
    Dialects before = load(text);
    Topics old = before.topics(list, Map.of());
    DeviceId session = new DeviceId("bridge");
    tell(old, session, "/devices/d/controls/T/meta/units", "deg C");
    tell(old, session, "homeassistant/sensor/x/config", "{\"stat_t\":\"a/b\"}");
    Dialects after = load(text);
    Topics topics = after.topics(list, Map.of());
    after.continueFrom(before);
    assertThat(tell(topics, session, "/devices/d/controls/T", "21").getFirst().readings())
        .extracting(Reading::unit)
        .containsExactly("Cel");
    assertThat(tell(topics, session, "a/b", "7")).hasSize(1);
    assertThat(lines()).isEmpty();
  }

  private static List<Part> tell(Topics topics, DeviceId session, String topic, String payload)
      throws PayloadException {
    Unpacker unpacker = Objects.requireNonNull(route(topics, topic).unpacker());
    return unpacker.unpack(session, topic, payload.getBytes(StandardCharsets.UTF_8), 0);
  }
}
