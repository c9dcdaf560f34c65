package io.sluice.engine.normalize;

import io.sluice.api.Cap;
import io.sluice.engine.record.RecordFormat.Kind;
import java.util.List;

/**
 * When a message is an alarm, and how grave. All comparisons must hold, each for some value of the
 * message; a value out of range counts too, since a detector beyond its scale is no reason to stay
 * silent.
 */
record AlarmRule(List<Comparison> comparisons, Cap cap) {

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
   * @param operand Double, Boolean or String
   */
  record Comparison(Metric metric, Operator operator, Object operand) {

    boolean holds(Samples samples, int index) {
      return switch (samples.kinds[index]) {
        case LONG -> ofNumber((double) samples.bits[index]);
        case DOUBLE -> ofNumber(Double.longBitsToDouble(samples.bits[index]));
        case TRUE -> ofOther(true);
        case FALSE -> ofOther(false);
        case STRING, BYTES -> samples.objects[index] instanceof String text && ofOther(text);
      };
    }

    private boolean ofNumber(double value) {
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

    private boolean ofOther(Object value) {
      return switch (operator) {
        case EQUAL -> operand.equals(value);
        case NOT_EQUAL -> !operand.equals(value);
        default -> false;
      };
    }
  }

  boolean holds(Samples samples) {
    for (Comparison comparison : comparisons) {
      if (!holdsForSome(comparison, samples)) {
        return false;
      }
    }
    return true;
  }

  private static boolean holdsForSome(Comparison comparison, Samples samples) {
    for (int i = 0; i < samples.count; i++) {
      Target.Field field = samples.fields[i];
      if (field != null
          && field.metric() == comparison.metric
          && samples.kinds[i] != Kind.BYTES
          && comparison.holds(samples, i)) {
        return true;
      }
    }
    return false;
  }
}
