package io.sluice.engine.normalize.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChildRuleTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          24e124*, 24e124445d193673, true
          24e124*, 24e12, false
          *, x, true
          a*b, ab, true
          a*a, a, false
          a*b*c, a-b-c, true
          a*bb*c, a-b-c, false
          *-th, hall-th, true
          exact, exact, true
          exact, exactly, false
          """)
  void starStandsForAnyCharacters(String pattern, String id, boolean taken) {
    assertThat(new ChildRule(pattern, "p", 1).takes(id)).isEqualTo(taken);
  }

  @Test
  void whatIsMissingIsNamedWithItsPlace(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("a.yaml"), "children: { limit: 0 }\n");
    assertThat(Profiles.load(List.of(folder)).faults())
        .hasSize(3)
        .allMatch(fault -> fault.toString().contains("a.yaml:1:"))
        .anyMatch(fault -> fault.toString().contains("children.register: is missing"))
        .anyMatch(fault -> fault.toString().contains("children.profile: is missing"))
        .anyMatch(fault -> fault.toString().contains("children.limit"));
  }
}
