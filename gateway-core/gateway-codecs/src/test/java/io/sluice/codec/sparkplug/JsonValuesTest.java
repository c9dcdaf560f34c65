package io.sluice.codec.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads of commands. */
class JsonValuesTest {
  @Test
  void singleValuesAndObjectsOfThemAreRead() {
    assertThat(JsonValues.read(" -12.50e1 ")).isEqualTo(new BigDecimal("-125.0"));
    assertThat(JsonValues.read("true")).isEqualTo(true);
    assertThat(JsonValues.read("null")).isSameAs(JsonValues.NULL);
    assertThat(JsonValues.read("\"a\\n\\u00e4\\\"\\/\"")).isEqualTo("a\nä\"/");
    assertThat(JsonValues.read("{ \"a/b\" : 1 ,\"c\":false,\"d\":null }"))
        .isEqualTo(Map.of("a/b", BigDecimal.ONE, "c", false, "d", JsonValues.NULL));
    assertThat(JsonValues.read("{}")).isEqualTo(Map.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,}",
        "{\"a\":{}}",
        "[1]",
        "01",
        "1.",
        "+1",
        "1e9999",
        "tru",
        "true false",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"a\nb\"",
        "{a:1}"
      })
  void whatIsNoneOfTheseIsNothing(String text) {
    assertThat(JsonValues.read(text)).isNull();
  }
}
