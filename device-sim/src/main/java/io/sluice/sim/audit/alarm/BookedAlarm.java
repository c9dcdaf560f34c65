package io.sluice.sim.audit.alarm;

import tools.jackson.databind.JsonNode;

/**
 * An alarm as a gateway's book has it, after the public description of the API.
 *
 * @param device empty where it is of a site or of the gateway
 * @param point empty where it is of the device as a whole
 * @param clearedBy an operator, {@code device} or {@code gateway}; empty while it is open
 * @param acknowledgedMicros 0: never, as with the others
 * @param notification what became of its escalation at the webhook; empty where it has none
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
    String clearedBy,
    long raisedMicros,
    long acknowledgedMicros,
    long clearedMicros,
    long escalatedMicros,
    String notification) {
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
        alarm.path("clearedBy").asString(""),
        alarm.path("raisedMicros").asLong(0),
        alarm.path("acknowledgedMicros").asLong(0),
        alarm.path("clearedMicros").asLong(0),
        alarm.path("escalatedMicros").asLong(0),
        alarm.path("notification").asString(""));
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

  boolean isOfSupervision() {
    return kind.equals("supervision");
  }

  boolean isOfDevice() {
    return kind.equals(OF_A_DEVICE);
  }

  boolean isOpen() {
    return !state.equals("cleared");
  }

  /** In words. */
  String named() {
    return (isOfSupervision() ? device + ": silence" : identity().toString()) + " (" + id + ")";
  }

  /** Whether an operator ended it. */
  boolean isEndedByHand() {
    return isEndedByOthers() && !clearedBy.equals("gateway");
  }

  /** Whether an operator or the gateway itself ended it. */
  boolean isEndedByOthers() {
    return !isOpen() && !clearedBy.isEmpty() && !clearedBy.equals(OF_A_DEVICE);
  }
}
