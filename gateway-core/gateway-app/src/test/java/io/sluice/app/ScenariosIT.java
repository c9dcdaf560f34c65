package io.sluice.app;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each scenario that is shipped, with all its faults, against the gateway; audited. */
class ScenariosIT {
  @TempDir private Path directory;

  /** Those that go faster than time does are in {@link FasterScenariosIT}. */
  static List<AuditedScenario> shipped() throws Exception {
    return AuditedScenario.shipped().stream().filter(each -> !each.isLapse()).toList();
  }

  /** Vendors' devices have no faults that take time. */
  private static Duration length(AuditedScenario scenario) {
    return Duration.ofSeconds(scenario.scenario().dialects().isEmpty() ? 14 : 8);
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void whatTheFleetWasAcknowledgedIsAtTheFarEnd(AuditedScenario scenario) throws Exception {
    scenario.holds(1, length(scenario), directory);
  }
}
