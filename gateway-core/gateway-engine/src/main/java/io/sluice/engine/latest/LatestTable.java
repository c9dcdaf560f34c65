package io.sluice.engine.latest;

import io.sluice.api.operator.LatestValues.MetricView;
import io.sluice.engine.record.EncodedRecord;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last values of devices, bounded by bytes: the device whose last record is longest ago is
 * forgotten first. Historical records change nothing (DOMAIN F1). Constant work per measurement.
 * Thread-safe.
 */
final class LatestTable {
  private static final int DEVICES_AT_FIRST = 64;
  private static final float LOAD_FACTOR = 0.75f;

  private final long maxBytes;
  private final Map<String, DeviceLatest> devices =
      new LinkedHashMap<>(DEVICES_AT_FIRST, LOAD_FACTOR, true);
  private final SharedTexts texts = new SharedTexts();
  private long bytes;

  // Records of a device often come several at once: the last one's, null where none is known.
  private @Nullable String lastId;
  private @Nullable DeviceLatest last;

  /**
   * @param maxBytes about the memory that it may hold
   */
  LatestTable(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized void take(String device, EncodedRecord view) {
    if (view.historical()) {
      return;
    }
    DeviceLatest latest = find(device);
    int before = latest == null ? 0 : latest.bytes();
    if (latest == null) {
      latest = new DeviceLatest(device, texts);
      devices.put(device, latest);
    }
    lastId = device;
    last = latest;
    latest.take(view);
    bytes += latest.bytes() - before;
    while (bytes > maxBytes) {
      forgetEldest();
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very text; an equal one is looked for
  private @Nullable DeviceLatest find(String device) {
    return device == lastId ? last : devices.get(device);
  }

  private void forgetEldest() {
    lastId = null;
    Iterator<DeviceLatest> eldest = devices.values().iterator();
    bytes -= eldest.next().bytes();
    eldest.remove();
  }

  /** In the order in which they first came. A device that is looked at counts as used. */
  synchronized List<MetricView> metrics(String device) {
    lastId = null; // the other is the newest in use now
    DeviceLatest latest = devices.get(device);
    return latest == null ? List.of() : latest.asked();
  }

  synchronized long bytes() {
    return bytes;
  }
}
