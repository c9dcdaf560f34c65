package io.sluice.engine.latest;

import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.operator.LatestValues;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordReader;
import java.util.List;

/**
 * Keeps the last values and the last refusals of devices. Another part reads the spool, some
 * milliseconds behind its writer, and hands each record over as it passes. Thread-safe.
 */
public final class LatestRecords implements LatestValues, RecordReader {
  private final boolean isKept;
  private final LatestTable table;
  private final RecentRefusals refusals = new RecentRefusals();

  /**
   * @param maxBytes about the memory that values may hold; with 0 no value is kept
   */
  public LatestRecords(long maxBytes) {
    isKept = maxBytes > 0;
    table = new LatestTable(maxBytes);
  }

  /** What the gateway itself says of a device is none of its values. */
  @Override
  public void read(String device, EncodedRecord record) {
    if (isKept && !record.isOfGateway()) {
      table.take(device, record);
    }
  }

  /** Something of a registered device was refused. On any thread. */
  public void refused(
      DeviceId device, long atMicros, RejectReason reason, String detail, String topic) {
    refusals.add(device.value(), atMicros, reason, detail, topic);
  }

  @Override
  public List<MetricView> metrics(DeviceId device) {
    return table.metrics(device.value());
  }

  @Override
  public List<RefusalView> refusals(DeviceId device) {
    return refusals.of(device.value());
  }

  /** Each record is read, as it is in the spool. */
  @Override
  public long missedRecords() {
    return 0;
  }
}
