package io.sluice.engine.normalize.profile;

import io.sluice.api.Cap;
import io.sluice.engine.normalize.profile.AlarmFields.CapFields;
import io.sluice.engine.normalize.profile.Target.Role;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The words of CAP 1.2 that are said of an alarm; null is what is left out. {@code Unknown} says
 * nothing, and so is left out, too.
 */
public record CapWords(
    @Nullable String severity,
    @Nullable String urgency,
    @Nullable String certainty,
    @Nullable String status) {
  /** Severities, the least grave first. */
  public static final List<String> BY_GRAVITY =
      List.of("Unknown", "Minor", "Moderate", "Severe", "Extreme");

  private static final String UNKNOWN = "Unknown";

  public CapWords {
    severity = UNKNOWN.equals(severity) ? null : severity;
    urgency = UNKNOWN.equals(urgency) ? null : urgency;
    certainty = UNKNOWN.equals(certainty) ? null : certainty;
  }

  /** All four, as far as they are known. */
  public static CapWords of(Cap cap) {
    return new CapWords(cap.severity(), cap.urgency(), cap.certainty(), cap.status());
  }

  /**
   * What the fields of a message say.
   *
   * @param value of a field, by its name; null where it is not there
   */
  public static CapWords in(CapFields fields, Function<String, @Nullable Object> value) {
    return new CapWords(
        word(fields.severity(), value, AlarmKeys.SEVERITIES::get),
        word(fields.urgency(), value, AlarmKeys.URGENCIES::get),
        word(fields.certainty(), value, AlarmKeys.CERTAINTIES::get),
        word(fields.status(), value, CapWords::status));
  }

  /** Whether a word is one of those of CAP 1.2 in that role. */
  public static boolean isWord(Role role, String word) {
    return switch (role) {
      case SEVERITY -> AlarmKeys.SEVERITIES.containsKey(word.strip());
      case URGENCY -> AlarmKeys.URGENCIES.containsKey(word.strip());
      case CERTAINTY -> AlarmKeys.CERTAINTIES.containsKey(word.strip());
      default -> word.equals("true") || AlarmKeys.STATUSES.containsKey(word.strip());
    };
  }

  private static @Nullable String status(String word) {
    return word.equals("true") ? "Test" : AlarmKeys.STATUSES.get(word);
  }

  private static @Nullable String word(
      List<String> names,
      Function<String, @Nullable Object> value,
      Function<String, @Nullable String> words) {
    for (String name : names) {
      String word =
          switch (value.apply(name)) {
            case String text -> words.apply(text.strip());
            case Boolean truth -> words.apply(truth.toString());
            case null, default -> null;
          };
      if (word != null) {
        return word;
      }
    }
    return null;
  }

  /** The classification, with what is left out from another. */
  public Cap over(Cap base) {
    return new Cap(
        either(severity, base.severity()),
        either(urgency, base.urgency()),
        either(certainty, base.certainty()),
        either(status, base.status()));
  }

  /** These words, and where one is left out that of others. */
  public CapWords or(CapWords others) {
    return new CapWords(
        severity == null ? others.severity : severity,
        urgency == null ? others.urgency : urgency,
        certainty == null ? others.certainty : certainty,
        status == null ? others.status : status);
  }

  private static String either(@Nullable String said, String otherwise) {
    return said == null ? otherwise : said;
  }

  /** How grave a severity is; the graver the greater. */
  public static int gravity(String severity) {
    return BY_GRAVITY.indexOf(severity);
  }
}
