package io.sluice.engine.alarm;

import io.sluice.api.DeviceId;
import io.sluice.api.Quality;
import io.sluice.api.operator.LatestValues;
import io.sluice.api.operator.LatestValues.MetricView;
import io.sluice.engine.normalize.profile.AlarmFields.Word;
import io.sluice.engine.normalize.profile.AlarmRule;
import io.sluice.engine.normalize.profile.Profile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What devices said last, to hold back-fill to: a reading that no alarm came of is in no book. As
 * far as last values are kept.
 */
record LiveReadings(LatestValues latest) {
  /** Whether a newer reading of the same metrics says that the alarm is over. */
  boolean contradict(Signal signal, Profile profile) {
    if (!signal.isPast() || signal.says() != Word.RAISED) {
      return false;
    }
    Map<String, Object> newer = new HashMap<>();
    for (MetricView metric : latest.metrics(new DeviceId(signal.device()))) {
      // of a clock that is off nobody knows whether it is newer
      if (metric.tMicros() > signal.when() && metric.quality() != Quality.UNCERTAIN) {
        newer.put(metric.name(), metric.value());
      }
    }
    for (List<AlarmRule> grades : profile.alarmGrades()) {
      AlarmRule first = grades.getFirst();
      if (first.name().equals(signal.name())) {
        return AlarmReading.point(first.point(), newer).equals(signal.point())
            && AlarmReading.isOver(grades, newer, profile.alarmFields());
      }
    }
    return false;
  }
}
