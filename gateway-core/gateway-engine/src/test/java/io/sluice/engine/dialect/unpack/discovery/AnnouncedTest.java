package io.sluice.engine.dialect.unpack.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.codec.PayloadException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bounds of what is kept of discovery, and the templates that are understood. */
class AnnouncedTest {
  private final Announced announced = new Announced();

  private void tell(String session, int number) throws PayloadException {
    String config = "{\"stat_t\":\"t/%d\",\"unit_of_meas\":\"W\"}".formatted(number);
    announced.tell(
        session, "homeassistant/sensor/e%d/config".formatted(number), config.getBytes(UTF_8));
  }

  @Test
  void whatASessionTellsBeyondItsBoundIsLeftOutUntilSomethingGoes() throws Exception {
    for (int i = 0; i <= Announced.MAX_OF_SESSION; i++) {
      tell("one", i);
    }
    int beyond = Announced.MAX_OF_SESSION;
    assertThat(announced.at("one", "t/0")).hasSize(1);
    assertThat(announced.at("one", "t/" + beyond)).isEmpty();
    tell("two", beyond);
    assertThat(announced.at("two", "t/" + beyond)).hasSize(1);
    announced.tell("one", "homeassistant/sensor/e0/config", new byte[0]);
    tell("one", beyond);
    assertThat(announced.at("one", "t/0")).isEmpty();
    assertThat(announced.at("one", "t/" + beyond)).hasSize(1);
  }

  @Test
  void whatATopicTellsAnewTakesThePlaceOfWhatItTold() throws Exception {
    for (int i = 0; i < 3 * Announced.MAX_OF_SESSION; i++) {
      tell("one", i % 7);
    }
    announced.tell(
        "one",
        "homeassistant/sensor/e0/config",
        "{\"stat_t\":\"other\",\"unit_of_meas\":\"A\"}".getBytes(UTF_8));
    assertThat(announced.at("one", "t/0")).isEmpty();
    assertThat(announced.unitOf("one", "other")).isEqualTo("A");
  }

  @Test
  void templatesThatNameOneFieldAreUnderstood() {
    assertThat(ValueTemplate.field(null)).isEqualTo(List.of());
    assertThat(ValueTemplate.field("{{ value }}")).isEqualTo(List.of());
    assertThat(ValueTemplate.field("{{value_json.a}}")).isEqualTo(List.of("a"));
    assertThat(ValueTemplate.field("{{ value_json['ENERGY'].Power }}"))
        .isEqualTo(List.of("ENERGY", "Power"));
    assertThat(ValueTemplate.field("{{ value_json.d[0][\"v\"] | float(0) | round(1) -}}"))
        .isEqualTo(List.of("d", "0", "v"));
    assertThat(ValueTemplate.field("{{ value_json.a | is_defined }}")).isEqualTo(List.of("a"));
  }

  @Test
  void othersAreNot() {
    for (String template :
        List.of(
            "{{ value_json.a / 10 }}",
            "{{ value|float * 2 }}",
            "{{ value_json.a if value_json.a else 0 }}",
            "{% if x %}{{ value }}{% endif %}",
            "{{ states('sensor.x') }}",
            "{{ value_json.a | multiply(10) }}",
            "{{ value_json. }}",
            "{{ value_json[",
            "{{ value_json['a }}",
            "{{ value_json.a }}{{ value_json.b }}",
            "{{ " + "value_json.a".repeat(100) + " }}",
            "{{",
            "value")) {
      assertThat(ValueTemplate.field(template)).as(template).isNull();
    }
  }
}
