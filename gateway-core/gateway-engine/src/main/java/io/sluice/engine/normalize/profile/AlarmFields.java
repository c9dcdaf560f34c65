package io.sluice.engine.normalize.profile;

import io.sluice.engine.normalize.unit.Numerals;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which fields of a record of class alarm say what about an alarm, by the profile: names as the
 * record has them. Immutable.
 *
 * @param name name the alarm
 * @param point say of which point it is
 * @param state are states: a word, true or false, 1 or 0
 * @param raised words that raise, in lower case
 * @param ended words that end, in lower case
 */
public record AlarmFields(
    List<String> name,
    List<String> point,
    List<String> state,
    Set<String> raised,
    Set<String> ended,
    CapFields cap) {

  /** What a state says. */
  public enum Word {
    RAISED,
    ENDED,
    /** It keeps the alarm as it is. */
    UNKNOWN
  }

  /** The fields of CAP 1.2, each by the names under which it may come. */
  public record CapFields(
      List<String> severity, List<String> urgency, List<String> certainty, List<String> status) {
    /** Those of every profile. */
    public static final CapFields COMMON =
        new CapFields(
            List.of("severity"), List.of("urgency"), List.of("certainty"), List.of("status"));
  }

  private static final List<String> RAISED =
      List.of(
          "active",
          "on",
          "alarm",
          "alarming",
          "raised",
          "fire",
          "true",
          "1",
          "报警",
          "告警",
          "火警",
          "动作");
  private static final List<String> ENDED =
      List.of(
          "cleared",
          "clear",
          "normal",
          "ok",
          "inactive",
          "restored",
          "restore",
          "recovered",
          "resolved",
          "idle",
          "off",
          "reset",
          "false",
          "0",
          "end",
          "ended",
          "恢复",
          "正常",
          "复位",
          "解除");

  /** Words that raise an alarm in every profile. */
  static final Set<String> RAISED_WORDS = Set.copyOf(RAISED);

  /** Words that end an alarm in every profile. */
  static final Set<String> ENDED_WORDS = Set.copyOf(ENDED);

  /** Fields that say of which point an alarm is, where the profile does not say. */
  static final List<String> POINTS = List.of("point", "zone", "address", "channel");

  /** Of a profile that declares nothing. */
  public static final AlarmFields COMMON =
      new AlarmFields(List.of(), POINTS, List.of(), RAISED_WORDS, ENDED_WORDS, CapFields.COMMON);

  /** As words are compared. */
  static String plain(String word) {
    return word.strip().toLowerCase(Locale.ROOT);
  }

  /** What the value of a state says. */
  public Word word(Object value) {
    return switch (value) {
      case Boolean truth -> truth ? Word.RAISED : Word.ENDED;
      case Number number -> ofNumber(number.doubleValue());
      case String text -> ofText(plain(text));
      default -> Word.UNKNOWN;
    };
  }

  private Word ofNumber(double number) {
    String text = Numerals.plain(number);
    return ofText(text);
  }

  private Word ofText(String word) {
    if (ended.contains(word)) {
      return Word.ENDED;
    }
    return raised.contains(word) ? Word.RAISED : Word.UNKNOWN;
  }
}
