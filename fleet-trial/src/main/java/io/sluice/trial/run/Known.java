package io.sluice.trial.run;

import io.sluice.trial.stage.Member;
import io.sluice.trial.stage.Stage;
import io.sluice.trial.stage.Waiting;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** When a stage is ready for its devices. */
public final class Known {
  private static final long KNOWN_SECONDS = 300;

  private Known() {}

  /** Waits until every device is known at each gateway and at the view. */
  public static void await(Stage stage, int devices) throws IOException, InterruptedException {
    for (Member gateway : stage.gateways()) {
      Waiting.until(
          gateway + " knows all devices",
          KNOWN_SECONDS,
          () -> gateway.api().get("/api/v1/status").at("/devices/registered").asLong(0) >= devices);
    }
    for (Member view : stage.views()) {
      Waiting.until(
          view + " knows all devices, and is whole", KNOWN_SECONDS, () -> isWhole(view, devices));
    }
  }

  /** Whether an instance answers for all devices, and none of the figure is provisional. */
  static boolean isWhole(Member view, int devices) throws IOException, InterruptedException {
    JsonNode coverage = view.api().get("/api/v1/coverage?window=1h&by=all");
    return !coverage.at("/fleet/provisional").asBoolean(true)
        && coverage.at("/groups/0/expected").asLong(0) == devices;
  }
}
