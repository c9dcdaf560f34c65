package io.sluice.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class JsonTreeTest {
  private static final int TEXTS = 20_000;
  private static final String[] SCALARS = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-0.0",
    "1.10",
    "1e2",
    "1e400",
    "-1E-400",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "123456789012345678901234567890",
    "0.1234567890123456789012345",
    "\"\"",
    "\"a\\u00e9\\ud800\"",
    "\"\\\"\\\\\\/\\b\\n\"",
    "\"漢😀\"",
    "\"\u2028\u007f\""
  };

  /** What a fault is put into a text by. */
  private static final String FAULTS = "{}[],:\"\\0e.-+x '/\u0001\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "null",
        "{\"a\":1,\"b\":2,\"a\":{\"c\":3}}",
        "[1,]",
        "{\"a\":NaN}",
        "{a:1}",
        "{\"a\":1",
        "{'a':1}",
        "01",
        "1.",
        "[]]",
        "\ufeff{}",
        "{\"a\":1}/*c*/",
        "{}x",
        "{}\0",
        "tru",
        "1e99999999999"
      })
  void textIsReadAsByDataBinding(String text) {
    assertSame(text);
  }

  @Test
  void depthAndNumbersAreBounded() {
    assertSame("[".repeat(500) + "]".repeat(500));
    assertSame("[".repeat(501) + "]".repeat(501));
    assertSame("{\"a\":".repeat(501) + "1" + "}".repeat(501));
    assertSame("9".repeat(1000));
    assertSame("9".repeat(1001));
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() {
    assertSame(new byte[] {'"', (byte) 0xFF, '"'});
    assertSame(new byte[] {'"', (byte) 0xC3, '"'});
    assertSame("{\"a\":\"ü\"}".getBytes(StandardCharsets.UTF_16BE));
  }

  @Test
  void whatFollowsTheValueIsRefused() {
    assertThatThrownBy(() -> JsonTree.read("{} {}"))
        .isInstanceOf(JacksonException.class)
        .hasMessageContaining("Trailing token (`JsonToken.START_OBJECT`) found after value");
  }

  @Test
  void anyTextIsReadAsByDataBinding() {
    Random random = new Random(11);
    for (int i = 0; i < TEXTS; i++) {
      StringBuilder text = new StringBuilder();
      value(random, 0, text);
      assertSame(text.toString());
      int at = random.nextInt(text.length());
      if (random.nextBoolean()) {
        text.setCharAt(at, FAULTS.charAt(random.nextInt(FAULTS.length())));
      } else {
        text.setLength(at);
      }
      assertSame(text.toString());
    }
  }

  private static void value(Random random, int depth, StringBuilder to) {
    int kind = random.nextInt(depth > 4 ? 2 : 4);
    if (kind < 2) {
      to.append(SCALARS[random.nextInt(SCALARS.length)]);
      return;
    }
    boolean isObject = kind == 2;
    to.append(isObject ? '{' : '[');
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      to.append(i == 0 ? "" : random.nextBoolean() ? "," : " ,\n");
      if (isObject) {
        to.append('"').append((char) ('a' + random.nextInt(3))).append("\":");
      }
      value(random, depth + 1, to);
    }
    to.append(isObject ? '}' : ']');
  }

  private static void assertSame(String text) {
    assertSame(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertSame(byte[] text) {
    assertThat(read(text))
        .describedAs(new String(text, StandardCharsets.UTF_8))
        .isEqualTo(readByDatabind(text));
  }

  /** The value written again, or what is wrong. */
  private static String read(byte[] text) {
    try {
      return ApiJson.write(JsonTree.read(text));
    } catch (JacksonException e) {
      return trimmed(e);
    }
  }

  private static String readByDatabind(byte[] text) {
    try {
      var tree = DatabindJson.MAPPER.readTree(text);
      return tree.isMissingNode() ? "null" : DatabindJson.MAPPER.writeValueAsString(tree);
    } catch (JacksonException e) {
      return trimmed(e);
    }
  }

  /** Of a trailing token data binding tells more: its own classes and features. */
  private static String trimmed(JacksonException fault) {
    String message = fault.getOriginalMessage();
    int more = message.indexOf(" (bound as");
    return more < 0 ? message : message.substring(0, more);
  }
}
