package io.sluice.engine.deadletter;

import io.sluice.api.Device;
import io.sluice.api.dialect.Part;
import io.sluice.engine.dialect.RoutedTopic;
import io.sluice.engine.normalize.sample.Normalized;
import org.jspecify.annotations.Nullable;

/** The way in for dead letters that are retried. Thread-safe, never blocks. */
public interface Readmission {
  /** The device of that id, or null where none is registered. */
  @Nullable Device find(String id);

  /** The class and content of a message of this device on that topic; null where none maps it. */
  @Nullable RoutedTopic routeOf(Device self, String topic);

  /** The device that a message of this one is of, by its topic; null where none is registered. */
  @Nullable Device subjectOf(Device self, String topic);

  /**
   * The device that a part of a message is of, by the part's names or by the topic; null where none
   * is registered.
   */
  @Nullable Device subjectOf(Device self, RoutedTopic route, Part part);

  /** Stores what was refused before and could be decoded now; the uplink's sink is told. */
  void readmit(RetriedUplink uplink, Device subject, Normalized normalized);
}
