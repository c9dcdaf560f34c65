package io.sluice.engine.alarm;

import io.sluice.api.Cap;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;

/** What the gateway itself says of an alarm, as a record of class alarm for the upstreams. */
record AlarmRecords(String gateway) {
  /**
   * @param event {@code raised}, {@code acknowledged}, {@code cleared} or {@code escalated}
   */
  byte[] encode(AlarmView alarm, String event, long nowMicros) {
    String device = alarm.device() == null ? gateway : alarm.device();
    RecordWriter writer = new RecordWriter();
    writer
        .begin(MessageClass.ALARM, nowMicros, TimeSource.GATEWAY, nowMicros, false)
        .identity(
            device,
            alarm.sector(),
            alarm.site(),
            alarm.model(),
            gateway,
            RecordFormat.GATEWAY_PROTOCOL,
            "alarm/" + alarm.kind().label());
    value(writer, "alarm").value(alarm.name());
    if (!alarm.point().isEmpty()) {
      value(writer, "point").value(alarm.point());
    }
    value(writer, "alarmId").value(alarm.id());
    value(writer, "kind").value(alarm.kind().label());
    value(writer, "event").value(event);
    value(writer, "state").value(alarm.state().label());
    value(writer, "raised").value(alarm.raisedMicros());
    value(writer, "text").value(alarm.text());
    if (alarm.acknowledgedBy() != null) {
      value(writer, "acknowledgedBy").value(alarm.acknowledgedBy());
    }
    if (alarm.clearedBy() != null) {
      value(writer, "clearedBy").value(alarm.clearedBy());
    }
    writer.cap(new Cap(alarm.severity(), alarm.urgency(), alarm.certainty(), alarm.status()));
    return writer.finish();
  }

  private static RecordWriter value(RecordWriter writer, String name) {
    return writer.measurement(name, null, Quality.GOOD, null, RecordFormat.NO_TIME);
  }
}
