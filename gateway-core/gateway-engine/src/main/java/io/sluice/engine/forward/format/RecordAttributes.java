package io.sluice.engine.forward.format;

import io.sluice.api.Cap;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.RecordView;
import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a format whose values are names and values alone would lose of a record: how good a value
 * is, and of what class and severity the record. Immutable.
 */
record RecordAttributes(BadValues badValues, Attributes attributes) {
  /** Behind the name of a value, for its quality. */
  private static final String QUALITY = ".q";

  /** Whether the measurement at the cursor is to be left out. */
  boolean leavesOut(RecordView record) {
    return badValues == BadValues.LEAVE_OUT && record.measurementQuality() == Quality.BAD;
  }

  /** Whether the quality of the measurement at the cursor is to be told beside it. */
  boolean marks(RecordView record) {
    return badValues == BadValues.MARK && record.measurementQuality() != Quality.GOOD;
  }

  static String qualityName(String name) {
    return name + QUALITY;
  }

  static String quality(RecordView record) {
    return record.measurementQuality().jsonName();
  }

  /**
   * Name and value of what is told beside the measurements.
   *
   * @param isEmpty whether the record has no measurement to show: it tells its class then
   */
  Map<String, String> of(RecordView record, boolean isEmpty) {
    boolean isAll = attributes == Attributes.ALL;
    boolean isAlarm =
        attributes == Attributes.ALARMS && record.messageClass() == MessageClass.ALARM;
    if (!isAll && !isAlarm) {
      return isEmpty ? Map.of("class", record.messageClass().jsonName()) : Map.of();
    }
    Map<String, String> found = new LinkedHashMap<>();
    found.put("class", record.messageClass().jsonName());
    if (isAll) {
      found.put("sector", record.sector());
      found.put("site", record.site());
      found.put("model", record.model());
    }
    Cap cap = record.cap();
    if (cap != null) {
      found.put("severity", cap.severity());
      found.put("urgency", cap.urgency());
      found.put("certainty", cap.certainty());
      found.put("status", cap.status());
    }
    found.values().removeIf(String::isEmpty);
    return found;
  }
}
