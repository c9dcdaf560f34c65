package io.sluice.sim.device;

/** What a message is; {@link #address} is its topic and its path. */
public enum Kind {
  TELEMETRY(0, "telemetry"),
  EVENT(1, "event"),
  ALARM_RAISED(2, "alarm"),
  ALARM_CLEARED(3, "alarm"),
  STATE(4, "state"),
  /** Of a second point of the device; nothing ends it. */
  SECOND_RAISED(5, "alarm"),
  /** What was raised as a drill is real. */
  ALARM_ACTUAL(6, "alarm"),
  /** What others are told of a device that is gone; nobody acknowledges it. */
  DEATH(7, "state"),
  /** What a device says because it was written to. */
  WRITTEN(8, "telemetry");

  private static final Kind[] BY_CODE = {
    TELEMETRY,
    EVENT,
    ALARM_RAISED,
    ALARM_CLEARED,
    STATE,
    SECOND_RAISED,
    ALARM_ACTUAL,
    DEATH,
    WRITTEN
  };

  private final int code;
  private final String address;

  Kind(int code, String address) {
    this.code = code;
    this.address = address;
  }

  public String address() {
    return address;
  }

  /** Whether it is about an alarm. */
  public boolean isAlarm() {
    return raises() || this == ALARM_CLEARED;
  }

  /** Whether it says that an alarm is on. */
  public boolean raises() {
    return this == ALARM_RAISED || this == SECOND_RAISED || this == ALARM_ACTUAL;
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
