package io.sluice.engine.normalize.codec.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.Bench;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/. */
class InfluxLineTest {
  private static final Bench OPEN = Bench.of("id: open", "payload: influx-line");

  private final long seed = Fuzz.seed();
  private final Random random = new Random(seed);

  @Test
  void pointsOfTheReferenceAreReadAsItSays() throws Exception {
    assertThat(
            shown(
                "myMeasurement,tag1=value1,tag2=value2 fieldKey=\"fieldValue\" 1767225000000000000"))
        .containsExactly(
            "myMeasurement[tag1=value1,tag2=value2].fieldKey fieldValue 2025-12-31T23:50:00Z");
    assertThat(shown("my\\ Table fieldKey=\"string value\""))
        .containsExactly("my Table.fieldKey string value 2026-01-01T00:00:00Z");
    assertThat(shown("myTable fieldKey=\"\\\"string\\\" within a string\""))
        .containsExactly("myTable.fieldKey \"string\" within a string 2026-01-01T00:00:00Z");
    assertThat(shown("myTable,tag\\ Key1=tag\\ Value1,tag\\ Key2=tag\\ Value2 fieldKey=100"))
        .containsExactly(
            "myTable[tag Key1=tag Value1,tag Key2=tag Value2].fieldKey 100.0 2026-01-01T00:00:00Z");
    assertThat(shown("# This is a comment\nmyTable,tagKey=🍭 fieldKey=\"Launch 🚀\"\r\n\n"))
        .containsExactly("myTable[tagKey=🍭].fieldKey Launch 🚀 2026-01-01T00:00:00Z");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "1.0,1.0",
        "1,1.0",
        "-1.234456e+78,-1.234456E78",
        "1i,1",
        "-12485903i,-12485903",
        "-9223372036854775808i,-9223372036854775808",
        "9223372036854775807i,9223372036854775807",
        "12485903u,12485903",
        "18446744073709551615u,18446744073709551615",
        "t,true",
        "T,true",
        "true,true",
        "True,true",
        "TRUE,true",
        "f,false",
        "F,false",
        "false,false",
        "False,false",
        "FALSE,false",
        "`\"t\"`,t",
        "`\"1i\"`,1i"
      })
  void valuesHaveTheTypesOfTheReference(String text, String value) throws Exception {
    assertThat(shown("m v=" + text)).containsExactly("m.v " + value + " 2026-01-01T00:00:00Z");
  }

  /** The table "Escaping backslashes". */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"\\,\\", "\\\\,\\", "\\\\\\,\\\\", "\\\\\\\\,\\\\", "\\\\\\\\\\,\\\\\\"})
  void backslashesAreReadInPairs(String written, String meant) throws Exception {
    assertThat(shown("m v=\"a" + written + "b\""))
        .containsExactly("m.v a" + meant + "b 2026-01-01T00:00:00Z");
    assertThat(shown("m,k=a" + written + "b v=t"))
        .containsExactly("m[k=a" + meant + "b].v true 2026-01-01T00:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({"1767225000", "1767225000000", "1767225000000000", "1767225000000000000"})
  void timestampIsOfAnyPrecision(String stamp) throws Exception {
    assertThat(shown("m v=t " + stamp)).containsExactly("m.v true 2025-12-31T23:50:00Z");
  }

  /** What Telegraf's plugins cpu and mem write. */
  @Test
  void profileLeadsSeriesByTheirTags() throws Exception {
    Bench bench =
        Bench.of(
            "id: telegraf",
            "payload: influx-line",
            "ignore: [host]",
            "unwrap: [mem]",
            "metrics:",
            "  idle: { unit: '%', from: ['cpu[cpu=cpu-total].usage_idle'] }",
            "  used_percent: { unit: '%' }",
            "  room: { type: string, from: [mem.room] }");
    CanonicalRecord record =
        bench.decode(
            """
            cpu,cpu=cpu0,host=a usage_idle=90.5 1767225000000000000
            cpu,host=a,cpu=cpu-total usage_idle=91.25 1767225000000000000
            mem,host=a,room=hall used_percent=40.5,free=7i 1767225000000000000
            disk,host=a,path=/ used_percent=12 1767225000000000000
            """);
    assertThat(shown(record))
        .containsExactly(
            "cpu[cpu=cpu0].usage_idle 90.5 2025-12-31T23:50:00Z",
            "idle 91.25 2025-12-31T23:50:00Z",
            "room hall 2025-12-31T23:50:00Z",
            "used_percent 40.5 2025-12-31T23:50:00Z",
            "mem[room=hall].free 7 2025-12-31T23:50:00Z",
            "disk[path=/].used_percent 12.0 2025-12-31T23:50:00Z");
  }

  @Test
  void lineThatIsNoneCostsThatLineAlone() throws Exception {
    String payload = "m a=1i\nnonsense\nm,t= b=1\nm b=\nm c=1,d\nm e=1 12 x\nm f=abc,g=2i\nm h=\"x";
    assertThat(shown(payload))
        .containsExactly(
            "m.a 1 2026-01-01T00:00:00Z",
            "m.f abc 2026-01-01T00:00:00Z",
            "m.g 2 2026-01-01T00:00:00Z");
    assertThat(OPEN.faults(payload).detail())
        .isEqualTo(
            "line 2 at byte 15: a point has a field; write measurement field=value (and 6 more)");
    assertThat(OPEN.faults(payload).type()).isEqualTo(7);
    assertThatThrownBy(() -> OPEN.decode("nonsense"))
        .isInstanceOf(PayloadException.class)
        .hasMessageStartingWith("line 1 at byte 8: a point has a field");
    assertThat(OPEN.faults("m a=nan").sensor()).isEqualTo(1);
    assertThatThrownBy(() -> OPEN.decode("# only\n")).hasMessageContaining("carries no value");
  }

  @Test
  void timesAndHistoryAreThoseOfTheProfile() throws Exception {
    Bench bench =
        Bench.of(
            "id: own", "payload: influx-line", "time: [m.at]", "hist: m.old", "unknown: reject");
    CanonicalRecord record = bench.decode("m at=1767225000000i,old=t");
    assertThat(record.timeMicros()).isEqualTo(1_767_225_000_000_000L);
    assertThat(record.historical()).isTrue();
    assertThatThrownBy(() -> bench.decode("m x=1"))
        .hasMessageContaining("$.m.x at byte 4: the profile own does not know it");
    assertThat(shown("m v=1i 5"))
        .containsExactly("m.timestamp 5.0 2026-01-01T00:00:00Z", "m.v 1 2026-01-01T00:00:00Z");
  }

  /** Every field of random points is in the record, whatever characters it has. */
  @Test
  void randomPointsAreReadBackWhole() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      List<String> lines = new ArrayList<>();
      Set<String> expected = new HashSet<>();
      long base = 1_767_225_000L;
      for (int n = random.nextInt(1, 5); n > 0; n--) {
        String measurement = "m" + word();
        TreeMap<String, String> tags = new TreeMap<>();
        for (int t = random.nextInt(3); t > 0; t--) {
          tags.put("k" + word(), "v" + word());
        }
        long second = base + lines.size();
        List<String> fields = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (int f = random.nextInt(1, 4); f > 0; f--) {
          String key = "f" + word();
          if (keys.add(key)) {
            String series = measurement + (tags.isEmpty() ? "" : tags.toString());
            String name =
                series.replace("{", "[").replace("}", "]").replace(", k", ",k") + '.' + key;
            fields.add(escaped(key, ",= ") + '=' + value(name, second, expected));
          }
        }
        StringBuilder line = new StringBuilder(escaped(measurement, ", "));
        List<String> order = new ArrayList<>(tags.keySet());
        Collections.shuffle(order, random);
        order.forEach(key ->
            line.append(',')
                .append(escaped(key, ",= "))
                .append('=')
                .append(escaped(tags.get(key), ",= ")));
        line.append(' ').append(String.join(",", fields)).append(' ').append(second);
        lines.add(line.toString());
      }
      String payload = String.join("\n", lines);
      assertThat(new HashSet<>(shown(payload))).as("seed %d %s", seed, payload).isEqualTo(expected);
    }
  }

  @Test
  void noBytesDoHarm() {
    String seedText =
        "cpu,host=a\\ b,c=d f=1i,g=\"x\\\"y\",h=t,i=1.5e3,j=2u 1767225000\n# c\nm v=1\n";
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = (seedText + seedText).getBytes(StandardCharsets.UTF_8);
      for (int n = random.nextInt(1, 8); n > 0; n--) {
        bytes[random.nextInt(bytes.length)] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : (byte) ",= \"\\\n#.i".charAt(random.nextInt(9));
      }
      try {
        CanonicalRecord record = OPEN.decode(ContentType.UNSPECIFIED, bytes);
        Set<String> seen = new HashSet<>();
        for (String each : namesAndTimes(record)) {
          assertThat(seen.add(each)).as("seed %d %s", seed, each).isTrue();
        }
      } catch (PayloadException e) {
        assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
      }
    }
  }

  private String word() {
    String signs = "ab, =\\\"#'é温";
    StringBuilder word = new StringBuilder();
    for (int n = random.nextInt(4); n > 0; n--) {
      word.append(signs.charAt(random.nextInt(signs.length())));
    }
    return word.append('z').toString();
  }

  private static String escaped(String word, String signs) {
    StringBuilder written = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      written.append(c == '\\' || signs.indexOf(c) >= 0 ? "\\" : "").append(c);
    }
    return written.toString();
  }

  private String value(String name, long second, Set<String> expected) {
    String text = word();
    String written;
    String meant;
    switch (random.nextInt(4)) {
      case 0 -> {
        long integer = random.nextLong();
        written = integer + "i";
        meant = Long.toString(integer);
      }
      case 1 -> {
        double number = random.nextGaussian();
        written = BigDecimal.valueOf(number).toPlainString();
        meant = Double.toString(number);
      }
      case 2 -> {
        boolean truth = random.nextBoolean();
        written = truth ? "T" : "F";
        meant = Boolean.toString(truth);
      }
      default -> {
        written = '"' + escaped(text, "\"") + '"';
        meant = text;
      }
    }
    expected.add(name + ' ' + meant + ' ' + Instant.ofEpochSecond(second));
    return written;
  }

  private static List<String> shown(String payload) throws PayloadException {
    return shown(OPEN.decode(payload));
  }

  private static List<String> shown(CanonicalRecord record) {
    return record.measurements().stream()
        .map(m -> {
          Long own = m.timeMicros();
          long micros = own == null ? record.timeMicros() : own;
          return m.name() + ' ' + m.value() + ' ' + Instant.ofEpochMilli(micros / 1_000);
        })
        .toList();
  }

  private static List<String> namesAndTimes(CanonicalRecord record) {
    return record.measurements().stream().map(m -> m.name() + '@' + m.timeMicros()).toList();
  }
}
