package io.sluice.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.operator.AdminSettings;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.engine.alarm.AlarmSettings;
import io.sluice.engine.audit.AuditSettings;
import io.sluice.engine.config.ConfigNode.Kind;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.OptionType.Basic;
import io.sluice.engine.config.RecordShape.Member;
import io.sluice.engine.coverage.CoverageSettings;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.spool.SpoolSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** At and around the bounds of each option, the schema takes what the loader takes. */
class SchemaBoundsTest {
  private static final Map<Basic, Map<String, Long>> UNITS =
      Map.of(
          Basic.DURATION,
          Map.of(
              "ms",
              1L,
              "s",
              1_000L,
              "min",
              60_000L,
              "m",
              60_000L,
              "h",
              3_600_000L,
              "d",
              86_400_000L),
          Basic.BYTES,
          Map.of("", 1L, "B", 1L, "KB", 1L << 10, "mb", 1L << 20, "GB", 1L << 30, "TB", 1L << 40));

  static Stream<Member> bounded() {
    return Stream.of(
            AdminSettings.class,
            ForwardSettings.class,
            AlarmSettings.class,
            AuditSettings.class,
            CoverageSettings.class,
            LimitSettings.class,
            AccessSettings.class,
            SpoolSettings.class)
        .flatMap(type -> RecordShape.of(type).members().stream())
        .filter(member -> member.type() instanceof Basic basic && UNITS.containsKey(basic))
        .filter(member -> member.option().max() != Long.MAX_VALUE || member.option().min() > 0);
  }

  @ParameterizedTest
  @MethodSource("bounded")
  void theSchemaTakesWhatTheLoaderTakes(Member member) {
    Basic basic = (Basic) member.type();
    JsonNode node = ConfigSchema.basic(basic, member.option());
    ScalarReader reader = new ScalarReader(new PathBase(Path.of("."), null));
    List<String> differing = new ArrayList<>();
    UNITS
        .get(basic)
        .forEach((unit, one) -> {
          for (long bound : new long[] {member.option().min(), member.option().max()}) {
            for (long number = bound / one - 2; number <= bound / one + 2; number++) {
              String text = number + unit;
              if (number >= 0 && takes(reader, basic, member, text) != takes(node, text)) {
                differing.add(text);
              }
            }
          }
        });
    assertThat(differing).as(member.key() + " " + node).isEmpty();
  }

  private static boolean takes(ScalarReader reader, Basic basic, Member member, String text) {
    try {
      Location place = new Location("a.yaml", 1, 1);
      Object value =
          reader.read(basic, member.option(), new Scalar(place, member.key(), text, kind(text)));
      return value != null;
    } catch (ScalarReader.Misfit e) {
      return false;
    }
  }

  private static Kind kind(String text) {
    return isNumber(text) ? Kind.NUMBER : Kind.TEXT;
  }

  private static boolean isNumber(String text) {
    return text.chars().allMatch(Character::isDigit);
  }

  private static boolean takes(JsonNode node, String text) {
    if (!isNumber(text)) {
      return text.matches(node.path("pattern").asString());
    }
    long value = Long.parseLong(text);
    return node.path("type").toString().contains("integer")
        && text.matches(node.path("pattern").asString())
        && value >= node.path("minimum").asLong(Long.MIN_VALUE)
        && value <= node.path("maximum").asLong(Long.MAX_VALUE);
  }
}
