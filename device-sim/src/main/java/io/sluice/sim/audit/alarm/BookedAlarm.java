package io.sluice.sim.audit.alarm;

import tools.jackson.databind.JsonNode;

/**
 * An alarm as a gateway's book has it, after the public description of the API.
 *
 * @param device empty where it is of a site or of the gateway
 * @param point empty where it is of the device as a whole
 * @param clearedBy an operator, {@code device} or {@code gateway}; empty while it is open
 */
record BookedAlarm(
    long id,
    String device,
    String kind,
    String name,
    String point,
    String severity,
    String status,
    String state,
    String clearedBy) {
  private static final String OF_A_DEVICE = "device";

  static BookedAlarm of(JsonNode alarm) {
    return new BookedAlarm(
        alarm.path("id").asLong(-1),
        alarm.path("device").asString(""),
        alarm.path("kind").asString(""),
        alarm.path("name").asString(""),
        alarm.path("point").asString(""),
        alarm.path("severity").asString(""),
        alarm.path("status").asString(""),
        alarm.path("state").asString(""),
        alarm.path("clearedBy").asString(""));
  }

  /** Which alarm it is: one condition of one point of one device. */
  record Identity(String device, String name, String point) {
    @Override
    public String toString() {
      return device + ": alarm \"" + name + "\"" + (point.isEmpty() ? "" : " of point " + point);
    }
  }

  Identity identity() {
    return new Identity(device, name, point);
  }

  boolean isOfDevice() {
    return kind.equals(OF_A_DEVICE);
  }

  boolean isOpen() {
    return !state.equals("cleared");
  }

  /** Whether an operator or the gateway itself ended it. */
  boolean isEndedByOthers() {
    return !isOpen() && !clearedBy.isEmpty() && !clearedBy.equals(OF_A_DEVICE);
  }
}
