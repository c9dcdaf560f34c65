package io.sluice.app;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The scenarios whose clock goes faster than time does. They run alone: there a late answer is
 * none, and is sent again.
 */
class FasterScenariosIT {
  /** A day in 36 s. */
  private static final int FASTER = 2_400;

  @TempDir private Path directory;

  static List<AuditedScenario> shipped() throws Exception {
    return AuditedScenario.shipped().stream().filter(AuditedScenario::isLapse).toList();
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void aDayOfTheFleetIsAtTheFarEnd(AuditedScenario scenario) throws Exception {
    scenario.holds(FASTER, Duration.ofDays(1), directory);
  }
}
