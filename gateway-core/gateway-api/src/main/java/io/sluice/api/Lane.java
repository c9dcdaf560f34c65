package io.sluice.api;

import java.util.Locale;

/** A lane of the spool, in the order in which lanes are written and forwarded. */
public enum Lane {
  ALARM,
  EVENT,
  TELEMETRY;

  private final String jsonName = name().toLowerCase(Locale.ROOT);

  public String jsonName() {
    return jsonName;
  }
}
