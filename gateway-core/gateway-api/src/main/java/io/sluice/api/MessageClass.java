package io.sluice.api;

import java.util.Locale;

/** The class of a message; it chooses the lane. */
public enum MessageClass {
  TELEMETRY(Lane.TELEMETRY),
  EVENT(Lane.EVENT),
  ALARM(Lane.ALARM),
  STATE(Lane.EVENT);

  private final Lane lane;
  private final String jsonName = name().toLowerCase(Locale.ROOT);

  MessageClass(Lane lane) {
    this.lane = lane;
  }

  public Lane lane() {
    return lane;
  }

  /** The name in records, topics, paths and metrics. */
  public String jsonName() {
    return jsonName;
  }
}
