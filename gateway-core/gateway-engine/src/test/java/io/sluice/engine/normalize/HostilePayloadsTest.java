package io.sluice.engine.normalize;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Payloads made to cost more than they weigh: each is judged within a second and 256 MB of garbage,
 * whether the profile keeps unknown fields, drops them or refuses them.
 */
@Tag("slow")
class HostilePayloadsTest {
  private static final int SIZE = 1_000_000;
  private static final long MAX_MILLIS = 1_000;
  private static final long MAX_ALLOCATED_BYTES = 256 << 20;

  private final List<Bench> benches =
      List.of(
          Bench.of("id: keep", "metrics: { a: { type: any } }"),
          Bench.of("id: drop", "unknown: drop", "metrics: { a: }"),
          Bench.of("id: strict", "unknown: reject", "metrics: { a: }"),
          Bench.of("id: columns", "metrics: { t: , h: }", "text: { columns: [t, '', h] }"));

  private final Map<String, byte[]> payloads = new LinkedHashMap<>();

  @TestFactory
  List<DynamicTest> isJudgedSoonAndWithinBoundedMemory() {
    json();
    senml();
    cbor();
    text();
    return payloads.entrySet().stream()
        .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> judge(each)))
        .toList();
  }

  private void judge(Map.Entry<String, byte[]> each) {
    byte[] payload = each.getValue();
    assertThat(payload.length).isBetween(1, Normalizer.MAX_PAYLOAD_BYTES);
    for (ContentType type : ContentType.values()) {
      for (Bench bench : benches) {
        Fuzz.of(each.getKey() + " as " + type, 1)
            .within(MAX_MILLIS, MAX_ALLOCATED_BYTES)
            .check(random -> {
              try {
                bench.decode(type, payload);
              } catch (PayloadException e) {
                assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(1_000);
              }
            });
      }
    }
  }

  private void json() {
    add("deepArrays", "[".repeat(SIZE));
    add("deepObjects", "{\"a\":".repeat(SIZE / 5));
    add("deepMixture", "[{\"a\":".repeat(SIZE / 6));
    add("hugeExponent", "{\"a\":1e999999999}");
    add("tinyExponent", "{\"a\":-1e-999999999,\"ts\":1e999999999}");
    add("manyDigits", "{\"a\":" + "9".repeat(SIZE) + "}");
    add("manyFractionDigits", "{\"a\":0." + "1".repeat(SIZE) + "}");
    add("manyDigitsInText", "{\"a\":\"" + "9".repeat(SIZE) + "\"}");
    add("longString", "{\"a\":\"" + "x".repeat(SIZE) + "\"}");
    add("longTime", "{\"ts\":\"" + "2026-01-01T".repeat(SIZE / 11) + "\"}");
    add("longName", "{\"" + "x".repeat(SIZE) + "\":1}");
    add("escapes", "{\"a\":\"" + "\\u0041".repeat(SIZE / 6) + "\"}");
    add("emptySamples", "[" + "{},".repeat(SIZE / 3) + "{}]");
    add("emptyArrays", "[" + "[],".repeat(SIZE / 3) + "{}]");
    add("manyNulls", "[" + "null,".repeat(SIZE / 5) + "1]");
    add("manyNumbers", "[" + "1,".repeat(SIZE / 2) + "1]");
    add("sameNameAgain", "{" + "\"a\":null,".repeat(SIZE / 9) + "\"a\":1}");
    add("timedSamples", "[" + "{\"ts\":1,\"values\":{}},".repeat(SIZE / 22) + "{}]");
    StringBuilder names = new StringBuilder("{");
    for (int i = 0; names.length() < SIZE - 40; i++) {
      names.append("\"n").append(i).append("\":").append(i).append(',');
    }
    add("manyNames", names + "\"a\":1}");
    String levels = ("{\"" + "x".repeat(255) + "\":").repeat(31);
    String nothings = "\"y\":null,".repeat((SIZE - levels.length() - 40) / 9);
    add("longPaths", levels + "{" + nothings + "\"z\":1}" + "}".repeat(31));
    add("longPathsOfIndexes", levels + "[" + "null,".repeat(150_000) + "1]" + "}".repeat(31));
    String level = "{\"" + "x".repeat(250) + "\":[";
    add("longPathOfNumbers", level + "1,".repeat((SIZE - 300) / 2) + "1]}");
    add("wrapped", "{\"params\":".repeat(20) + "{}" + "}".repeat(20));
  }

  private void senml() {
    String base = "[{\"bn\":\"" + "x".repeat(SIZE / 2) + "\",\"n\":\"a\",\"v\":1}";
    add("longBaseName", base + ",{\"v\":1}".repeat(SIZE / 20) + "]");
    add("longBaseNameWithSums", base + ",{\"s\":1}".repeat(SIZE / 20) + "]");
    add("manyRecords", "[{\"bn\":\"x\",\"v\":1}" + ",{\"v\":1}".repeat(SIZE / 9) + "]");
    add("hugeTimes", "[{\"n\":\"a\",\"bt\":1e308,\"t\":1e308,\"v\":1e308,\"bv\":1e308}]");
    add("hugeVersion", "[{\"n\":\"a\",\"bver\":1e300,\"v\":1}]");
    add("hugeVersionNumber", "[{\"n\":\"a\",\"bver\":" + "9".repeat(90) + ",\"v\":1}]");
    add("longData", "[{\"n\":\"a\",\"vd\":\"" + "A".repeat(SIZE) + "\"}]");
  }

  private void cbor() {
    add("deepCborArrays", repeated("9f", SIZE));
    add("deepCborMaps", repeated("a10" + "0", SIZE / 2));
    add("tags", repeated("c1", SIZE));
    add("announcedString", hex("a161617bffffffffffffffff"));
    add("announcedBytes", hex("a161615b7fffffffffffffff"));
    add("announcedBytesOfTwoGigabytes", hex("a161615a7fffffff00"));
    add("announcedArray", hex("9bffffffffffffffff"));
    add("announcedMap", hex("bb7fffffffffffffff"));
    add("bigInteger", joined(hex("a16161c25a000f0000"), new byte[0xF0000]));
    byte[] ones = repeated("ff", 0xF0000);
    add("bigIntegerOfOnes", joined(hex("a16161c25a000f0000"), ones));
    add("decimalFraction", joined(hex("a16161c4823a7ffffffec25a000f0000"), ones));
    add("decimalFractionUp", hex("a16161c4821a7fffffff01"));
    add("decimalFractionDown", hex("a16161c4823a7fffffff01"));
    add("timeAsDecimalFraction", hex("a1627473c4821a7fffffff01"));
    add("bigFloat", hex("a16161c5821a7fffffff01"));
    add("emptyChunks", joined(hex("a161617f"), repeated("60", SIZE - 10), hex("ff")));
    add("emptyByteChunks", joined(hex("a161615f"), repeated("40", SIZE - 10), hex("ff")));
    add("undefined", joined(hex("9f"), repeated("f7", SIZE - 10), hex("ff")));
    add("longCborName", joined(hex("a17a000f0000"), repeated("61", 0xF0000), hex("01")));
    byte[] word = joined(hex("79f000"), repeated("61", 0xF000));
    add("stringReferences", joined(hex("d901009f"), word, repeated("d81900", 4_000), hex("ff")));
    byte[] bytes = joined(hex("59f000"), repeated("61", 0xF000));
    add("byteReferences", joined(hex("d901009f"), bytes, repeated("d81900", 4_000), hex("ff")));
  }

  private void text() {
    add("blanks", " ".repeat(SIZE));
    add("lineEnds", "a" + "\n".repeat(SIZE - 1));
    add("equalsSigns", "=".repeat(SIZE));
    add("samePairs", "a=1 ".repeat(SIZE / 4));
    add("colonPairs", "a: 1\n".repeat(SIZE / 5));
    add("separators", "a=1" + ",;& ".repeat(SIZE / 4 - 1));
    add("rows", "1,2,3\n".repeat(SIZE / 6));
    add("columns", "1,".repeat(SIZE / 2));
    add("longWord", "a=" + "x".repeat(SIZE - 2));
    StringBuilder pairs = new StringBuilder();
    for (int i = 0; pairs.length() < SIZE - 40; i++) {
      pairs.append('n').append(i).append('=').append(i).append(' ');
    }
    add("manyPairs", pairs.toString());
  }

  private void add(String name, String payload) {
    add(name, payload.getBytes(UTF_8));
  }

  private void add(String name, byte[] payload) {
    payloads.put(name, payload);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] repeated(String hex, int times) {
    byte[] part = hex(hex);
    ByteArrayOutputStream all = new ByteArrayOutputStream(part.length * times);
    for (int i = 0; i < times; i++) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
