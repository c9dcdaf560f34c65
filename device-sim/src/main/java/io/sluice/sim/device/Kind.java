package io.sluice.sim.device;

/** What a message is; {@link #address} is its topic and its path. */
public enum Kind {
  TELEMETRY(0, "telemetry"),
  EVENT(1, "event"),
  ALARM_RAISED(2, "alarm"),
  ALARM_CLEARED(3, "alarm"),
  STATE(4, "state");

  private static final Kind[] BY_CODE = {TELEMETRY, EVENT, ALARM_RAISED, ALARM_CLEARED, STATE};

  private final int code;
  private final String address;

  Kind(int code, String address) {
    this.code = code;
    this.address = address;
  }

  public String address() {
    return address;
  }

  /** A small number for compact storage. */
  public int code() {
    return code;
  }

  /** The kind with that {@link #code}. */
  public static Kind of(int code) {
    return BY_CODE[code];
  }
}
