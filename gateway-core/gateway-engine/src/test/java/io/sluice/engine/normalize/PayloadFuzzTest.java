package io.sluice.engine.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.adapter.testkit.seeded.Mutator;
import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever bytes a device sends, in whatever format it says they are, by whatever profile: a record
 * comes out or a {@link PayloadException} of one line, soon, and without much memory.
 */
@Tag(Fuzz.TAG)
@Tag("slow")
public class PayloadFuzzTest {
  private static final int MAX_BYTES = 1 << 16;
  private static final long MAX_MILLIS = 2_000;
  private static final long MAX_ALLOCATED_BYTES = 64 << 20;

  private static final List<String> TEXTS =
      List.of(
          "{\"ts\":1767225599123,\"voltage\":230.12,\"x\":{\"y\":[1,\"a\\u00e9\",null,true]}}",
          "[{\"ts\":1767225599123,\"values\":{\"depth\":1.5}},{\"ts\":\"2026-01-01T00:00:00Z\"}]",
          "{\"params\":{\"k\":{\"value\":1,\"time\":1767225599123}},\"id\":\"1\"}",
          "{\"services\":[{\"service_id\":\"a\",\"properties\":{\"p\":1},\"event_time\":\"20260101T000000Z\"}]}",
          "{\"severity\":\"Severe\",\"urgency\":\"Immediate\",\"level\":3,\"hist\":true}",
          "[{\"bn\":\"dev-1/\",\"bt\":-5,\"n\":\"volume\",\"u\":\"l\",\"v\":3},{\"n\":\"x\",\"vd\":\"aGk\"}]",
          "[{\"bn\":\"urn:dev:ow:1:\",\"bver\":10,\"bu\":\"Cel\",\"bv\":1,\"bs\":2,\"v\":1e3,\"t\":1767225599}]",
          "a=1 b=2.5 c=true",
          "temperature: 21.5\nhumidity: 40",
          "2026-01-01T00:00:00Z;21.5;x;40\n2026-01-01 00:00:01;21.5;x;40\n");
  private static final List<String> BINARIES =
      List.of(
          "82a421666465762d312f0066766f6c756d6501616c02fb40c81cc000000000a300676261747465727901612502185a",
          "a261610161629f0102ff",
          "a16161c249010000000000000000",
          "a16161c48221196ab3",
          "a16161c582031903e8",
          "bf61615f42010243030405ff61627f616161ffff",
          "d9d9f7a1617481fb41da5665bfc00000",
          "40e20100e8035a01");
  private static final List<String> WORDS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\",
          "\\u0000",
          "\\ud800",
          "null",
          "true",
          "-",
          "-0",
          "1e999999999",
          "-1e-999999999",
          "0.00000000000000000001",
          "9223372036854775808",
          "99999999999999999999999999999999999999",
          "NaN",
          "Infinity",
          "{\"a\":",
          "[[",
          "[{",
          "\"ts\":",
          "\"n\":\"",
          "\"bn\":\"",
          "\"v\":",
          "\"bt\":-1e300",
          "\"values\":",
          "\"params\":",
          "\"value\":",
          "\"time\":",
          "=",
          ";",
          " ",
          "\n",
          "\r\n",
          "//",
          "2026-01-01T00:00:00Z",
          "+1000000000-01-01T00:00:00Z",
          "\ufeff",
          "\u0000",
          "é漢");
  private static final List<String> HEX_WORDS =
      List.of(
          "9f",
          "bf",
          "ff",
          "5f",
          "7f",
          "81",
          "a1",
          "f6",
          "f7",
          "f97e00",
          "fb7ff0000000000000",
          "c2",
          "c3",
          "c4",
          "c5",
          "c4821b7fffffffffffffff01",
          "c4823b7fffffffffffffff01",
          "5bffffffffffffffff",
          "7bffffffffffffffff",
          "9bffffffffffffffff",
          "bbffffffffffffffff",
          "5a7fffffff",
          "9a7fffffff",
          "1bffffffffffffffff",
          "3bffffffffffffffff",
          "d9d9f7",
          "60",
          "f8ff",
          "db0000000000000001");

  private final Mutator mutator = new Mutator(good(), words(), MAX_BYTES);
  private final List<Bench> benches = benches();

  private static List<byte[]> good() {
    return Stream.concat(TEXTS.stream().map(PayloadFuzzTest::utf8), hex(BINARIES)).toList();
  }

  private static List<byte[]> words() {
    return Stream.concat(WORDS.stream().map(PayloadFuzzTest::utf8), hex(HEX_WORDS)).toList();
  }

  private static List<Bench> benches() {
    List<Bench> benches = new ArrayList<>();
    Bench.shipped().ids().stream().sorted().map(Bench::shipped).forEach(benches::add);
    benches.add(Bench.of("id: keep", "metrics: { a: { type: any } }"));
    benches.add(Bench.of("id: drop", "unknown: drop", "metrics: { a: , b: }"));
    benches.add(Bench.of("id: strict", "unknown: reject", "metrics: { a: { unit: Cel } }"));
    benches.add(
        Bench.of(
            "id: columns",
            "metrics: { t: { unit: Cel }, h: { unit: '%RH' } }",
            "text: { columns: [time, t, '', h], separator: ';' }"));
    return List.copyOf(benches);
  }

  @ParameterizedTest
  @EnumSource(ContentType.class)
  void noBytesMakeItThrowAnythingButPayloadException(ContentType type) {
    Fuzz.of("payload " + type, 30_000)
        .within(MAX_MILLIS, MAX_ALLOCATED_BYTES)
        .check(random -> decode(type, random));
  }

  private void decode(ContentType type, SplittableRandom random) {
    byte[] payload = mutator.next(random);
    try {
      benches.get(random.nextInt(benches.size())).decode(type, payload);
    } catch (PayloadException e) {
      assertThat(e.getMessage()).isNotBlank().doesNotContain("\n").hasSizeLessThan(1_000);
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(HexFormat.of().formatHex(payload), e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Stream<byte[]> hex(List<String> all) {
    return all.stream().map(HexFormat.of()::parseHex);
  }
}
