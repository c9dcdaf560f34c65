package io.sluice.sim.audit;

import tools.jackson.databind.JsonNode;

/**
 * What the gateway itself said at the far end of one of its alarms.
 *
 * @param id of the record
 * @param device the gateway's own id where the alarm is of none
 * @param alarm joins what is said of one alarm; -1 where it is missing
 * @param kind of the alarm
 * @param event what became of it: {@code raised}, {@code changed}, {@code acknowledged}, {@code
 *     cleared}, {@code escalated}
 * @param micros when, since the epoch
 */
public record AlarmRecord(
    String id, String device, long alarm, String kind, String event, String state, long micros) {
  static AlarmRecord of(JsonNode record) {
    return new AlarmRecord(
        record.path("id").asString(""),
        record.path("device").asString(""),
        value(record, "alarmId").asLong(-1),
        value(record, "kind").asString(""),
        value(record, "event").asString(""),
        value(record, "state").asString(""),
        record.path("t").asLong(0));
  }

  private static JsonNode value(JsonNode record, String name) {
    for (JsonNode each : record.path("m")) {
      if (each.path("n").asString("").equals(name)) {
        return each.path("v");
      }
    }
    return record.path("v"); // missing
  }
}
