package io.sluice.admin;

import io.sluice.api.DeviceId;
import io.sluice.api.Quality;
import io.sluice.api.RejectReason;
import io.sluice.api.operator.LatestValues;
import java.util.List;

/** One value and one refusal, the same of every device. */
final class FixedLatest implements LatestValues {
  @Override
  public List<MetricView> metrics(DeviceId device) {
    return List.of(
        new MetricView("voltage", "V", Quality.GOOD, 230.5, 20, List.of(new Point(20, 230.5))));
  }

  @Override
  public List<RefusalView> refusals(DeviceId device) {
    return List.of(new RefusalView(9, RejectReason.PAYLOAD_INVALID, "no JSON", "telemetry"));
  }

  @Override
  public long missedRecords() {
    return 0;
  }
}
