package io.sluice.api;

import java.util.Locale;

/** Who gave a record's observed time. */
public enum TimeSource {
  DEVICE,
  GATEWAY,
  SERVER;

  private final String jsonName = name().toLowerCase(Locale.ROOT);

  public String jsonName() {
    return jsonName;
  }
}
