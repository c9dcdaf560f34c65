package io.sluice.api.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of MQTT 5 section 4.7, and their like. */
class TopicFilterTest {
  @ParameterizedTest
  @CsvSource({
    "sport/tennis/player1/#, sport/tennis/player1, true",
    "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
    "sport/tennis/+, sport/tennis/player1/ranking, false",
    "sport/+, sport, false",
    "sport/+, sport/, true",
    "+/+, /finance, true",
    "/+, /finance, true",
    "+, /finance, false",
    "#, $SYS/monitor, false",
    "+/monitor, $SYS/monitor, false",
    "$SYS/#, $SYS/monitor/clients, true",
    "a/b, a/b/c, false",
    "a/b/c, a/b, false",
    "a/b, a/bc, false",
  })
  void matches(String filter, String topic, boolean expected) {
    assertThat(new TopicFilter(filter).matches(topic)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "sluice/#, sluice/+/+, true",
    "sluice/telemetry/+, sluice/+/+, true",
    "sluice/+, sluice/+/+, false",
    "+/b, a/+, true",
    "a/b, a/c, false",
    "a/#, a, true",
    "#, x/y, true",
  })
  void overlaps(String one, String other, boolean expected) {
    assertThat(new TopicFilter(one).overlaps(new TopicFilter(other))).isEqualTo(expected);
    assertThat(new TopicFilter(other).overlaps(new TopicFilter(one))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a#", "#/a", "a/+b", "", "a/#/b"})
  void faults(String filter) {
    assertThat(TopicFilter.fault(filter)).isNotNull();
  }
}
