package io.sluice.engine.normalize.profile;

import io.sluice.api.Cap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When a message is an alarm, and how grave. All comparisons must hold, each for some value of the
 * message; a value out of range counts too, since a detector beyond its scale is no reason to stay
 * silent. Texts are compared without regard to case and to space around them.
 *
 * @param name of the alarm; rules of one name are grades of one alarm, the first that holds counts
 * @param point fields that say of which point of the device the alarm is; none where of the whole
 * @param comparisons which make it an alarm
 * @param clearWhen what must hold before it is over; empty where not holding any more is enough
 * @param latch whether only a person ends it
 */
public record AlarmRule(
    String name,
    List<String> point,
    List<Comparison> comparisons,
    List<Comparison> clearWhen,
    boolean latch,
    Cap cap) {

  /** What a reading says of a rule. */
  public enum Verdict {
    HOLDS,
    /** Some comparison fails. */
    FAILS,
    /** The values that it compares are not all there, and none that is there fails. */
    OPEN
  }

  /** How a value is compared. */
  enum Operator {
    EQUAL("=="),
    NOT_EQUAL("!="),
    AT_LEAST(">="),
    AT_MOST("<="),
    ABOVE(">"),
    BELOW("<");

    final String sign;

    Operator(String sign) {
      this.sign = sign;
    }
  }

  /**
   * One comparison of a metric.
   *
   * @param operand Double, Boolean or String
   * @param text the operand as the profile writes it
   */
  public record Comparison(Metric metric, Operator operator, Object operand, String text) {

    boolean holds(Object value) {
      return switch (value) {
        case Number number -> holdsNumber(number.doubleValue());
        case Boolean truth -> holdsTruth(truth);
        case String word -> holdsText(word);
        default -> false;
      };
    }

    /** Whether it holds for a number. */
    public boolean holdsNumber(double value) {
      if (operand instanceof Boolean truth && (value == 0 || value == 1)) {
        return isEqual(truth == (value == 1));
      }
      if (!(operand instanceof Double other)) {
        return operator == Operator.NOT_EQUAL;
      }
      return switch (operator) {
        case EQUAL -> value == other;
        case NOT_EQUAL -> value != other;
        case AT_LEAST -> value >= other;
        case AT_MOST -> value <= other;
        case ABOVE -> value > other;
        case BELOW -> value < other;
      };
    }

    /** Whether it holds for true or false. */
    public boolean holdsTruth(boolean value) {
      return isEqual(operand.equals(value));
    }

    /** Whether it holds for a text. */
    public boolean holdsText(String value) {
      return isEqual(text.equalsIgnoreCase(value) || text.equalsIgnoreCase(value.strip()));
    }

    private boolean isEqual(boolean equal) {
      return switch (operator) {
        case EQUAL -> equal;
        case NOT_EQUAL -> !equal;
        default -> false;
      };
    }
  }

  /**
   * What a reading says of it.
   *
   * @param values of the reading, by the names of the record
   */
  public Verdict verdict(Map<String, Object> values) {
    return verdict(comparisons, values);
  }

  private static Verdict verdict(List<Comparison> comparisons, Map<String, Object> values) {
    boolean complete = true;
    for (Comparison comparison : comparisons) {
      Object value = values.get(comparison.metric.name());
      if (value == null) {
        complete = false;
      } else if (!comparison.holds(value)) {
        return Verdict.FAILS;
      }
    }
    return complete ? Verdict.HOLDS : Verdict.OPEN;
  }

  /**
   * Whether a reading for which it fails ends its alarm. Of a field that is declared to be a state
   * only a word of its list does.
   */
  public boolean isCleared(Map<String, Object> values, AlarmFields fields) {
    if (latch) {
      return false;
    }
    if (!clearWhen.isEmpty()) {
      return verdict(clearWhen, values) == Verdict.HOLDS;
    }
    Object state = stateIn(values, fields);
    return state == null || fields.word(state) == AlarmFields.Word.ENDED;
  }

  /** The value of the declared state that it compares, or null where it compares none. */
  private @Nullable Object stateIn(Map<String, Object> values, AlarmFields fields) {
    for (Comparison comparison : comparisons) {
      if (fields.state().contains(comparison.metric.name())) {
        return values.get(comparison.metric.name());
      }
    }
    return null;
  }

  /** Whether it compares the metric of that name. */
  public boolean compares(String metric) {
    return comparisons.stream().anyMatch(each -> each.metric.name().equals(metric));
  }

  /** Whether it compares a metric that the other compares, too. */
  boolean shares(AlarmRule other) {
    return comparisons.stream().anyMatch(each -> other.compares(each.metric.name()));
  }
}
