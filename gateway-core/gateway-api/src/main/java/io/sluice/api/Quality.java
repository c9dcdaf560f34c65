package io.sluice.api;

import java.util.Locale;

/** How far a measured value can be trusted. */
public enum Quality {
  GOOD,
  UNCERTAIN,
  BAD;

  private final String jsonName = name().toLowerCase(Locale.ROOT);

  public String jsonName() {
    return jsonName;
  }
}
