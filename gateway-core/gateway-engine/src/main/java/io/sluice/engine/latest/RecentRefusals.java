package io.sluice.engine.latest;

import io.sluice.api.RejectReason;
import io.sluice.api.operator.LatestValues.RefusalView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last refusals of devices: 8 of each, of the 1,000 devices that were refused last. Texts are
 * cut at 256 characters, so that it holds 8 MB at the very most. Thread-safe.
 */
final class RecentRefusals {
  static final int OF_A_DEVICE = 8;
  static final int DEVICES_MAX = 1_000;
  static final int TEXT_MAX_CHARS = 256;

  private static final float LOAD_FACTOR = 0.75f;

  private final Map<String, Deque<RefusalView>> devices =
      new LinkedHashMap<>(16, LOAD_FACTOR, true);

  void add(String device, long atMicros, RejectReason reason, String detail, String topic) {
    RefusalView refusal = new RefusalView(atMicros, reason, cut(detail), cut(topic));
    synchronized (this) {
      Deque<RefusalView> own = devices.computeIfAbsent(device, d -> new ArrayDeque<>());
      if (own.size() == OF_A_DEVICE) {
        own.removeLast();
      }
      own.addFirst(refusal);
      if (devices.size() > DEVICES_MAX) {
        devices.remove(devices.keySet().iterator().next());
      }
    }
  }

  private static String cut(String text) {
    return text.length() <= TEXT_MAX_CHARS ? text : text.substring(0, TEXT_MAX_CHARS - 1) + '…';
  }

  /** Newest first. */
  synchronized List<RefusalView> of(String device) {
    Deque<RefusalView> own = devices.get(device);
    return own == null ? List.of() : List.copyOf(own);
  }
}
