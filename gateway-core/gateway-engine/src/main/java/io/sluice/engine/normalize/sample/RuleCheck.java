package io.sluice.engine.normalize.sample;

import io.sluice.api.QualityReason;
import io.sluice.engine.normalize.profile.AlarmRule;
import io.sluice.engine.normalize.profile.AlarmRule.Comparison;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Target.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the alarm rule that holds for what came out of a payload. Pure. */
final class RuleCheck {
  private RuleCheck() {}

  /** The profile's first rule that holds, or null where none does. */
  static @Nullable AlarmRule firstThatHolds(Profile profile, Samples samples) {
    List<AlarmRule> rules = profile.alarms();
    for (int i = 0; i < rules.size(); i++) {
      if (holds(rules.get(i), samples)) {
        return rules.get(i);
      }
    }
    return null;
  }

  private static boolean holds(AlarmRule rule, Samples samples) {
    List<Comparison> comparisons = rule.comparisons();
    for (int i = 0; i < comparisons.size(); i++) {
      if (!holdsForSome(comparisons.get(i), samples)) {
        return false;
      }
    }
    return true;
  }

  private static boolean holdsForSome(Comparison comparison, Samples samples) {
    for (int i = 0; i < samples.count; i++) {
      Field field = samples.fields[i];
      boolean isNews = samples.bad[i] != QualityReason.STALE; // else it was judged when it came
      if (isNews
          && field != null
          && field.metric() == comparison.metric()
          && holds(comparison, samples, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(Comparison comparison, Samples samples, int index) {
    return switch (samples.kinds[index]) {
      case LONG -> comparison.holdsNumber((double) samples.bits[index]);
      case DOUBLE -> comparison.holdsNumber(Double.longBitsToDouble(samples.bits[index]));
      case TRUE -> comparison.holdsTruth(true);
      case FALSE -> comparison.holdsTruth(false);
      case STRING -> samples.objects[index] instanceof String word && comparison.holdsText(word);
      case BYTES -> false;
    };
  }
}
