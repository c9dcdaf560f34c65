package io.sluice.engine.normalize.profile;

import io.sluice.engine.normalize.unit.Linear;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a path of a payload leads, by the profile. */
public sealed interface Target permits Target.Field, Target.Role, Shape {

  /**
   * Into a metric.
   *
   * @param path as the profile writes it
   * @param values what the payload's values mean, by their text, or null
   * @param textNumbers whether a number may come as a string
   * @param decimal the decimal sign of a number that comes as a string
   * @param when which values of the path are meant, null for all
   * @param otherwise where the other values lead, or null
   */
  record Field(
      String path,
      Metric metric,
      Linear linear,
      @Nullable Map<String, Object> values,
      boolean textNumbers,
      char decimal,
      @Nullable Meaning when,
      @Nullable Field otherwise)
      implements Target {

    /** One that takes all values of its path. */
    Field(
        String path,
        Metric metric,
        Linear linear,
        @Nullable Map<String, Object> values,
        boolean textNumbers,
        char decimal) {
      this(path, metric, linear, values, textNumbers, decimal, null, null);
    }

    Field when(Meaning meaning) {
      return new Field(path, metric, linear, values, textNumbers, decimal, meaning, otherwise);
    }

    /** The same, with another field behind the last of its chain. */
    Field followedBy(Field last) {
      Field next = otherwise == null ? last : otherwise.followedBy(last);
      return new Field(path, metric, linear, values, textNumbers, decimal, when, next);
    }

    /** Whether a number is kept as the text that it came as. */
    public boolean asText() {
      return metric.type() == MetricType.STRING && values == null;
    }

    /** The same, of values that go that way into the metric's unit. */
    public Field by(Linear conversion) {
      return new Field(path, metric, conversion, values, textNumbers, decimal);
    }

    /** The same without scale: for values whose unit is converted already. */
    public Field plain() {
      return linear.isIdentity()
          ? this
          : new Field(path, metric, Linear.IDENTITY, values, textNumbers, decimal);
    }
  }

  /** Into the message's frame. */
  enum Role implements Target {
    /** Observed time of the sample. */
    TIME,
    /** True where the message is back-fill. */
    HISTORICAL,
    /** An object whose fields count as if they stood outside it. */
    UNWRAP,
    /** The same, of Alink: fields may be {@code {"value":..,"time":..}}. */
    PARAMS,
    /** An array of samples, each with its own time; or one of them alone. */
    SAMPLES,
    /** The same by its name alone: an array. */
    HISTORY,
    /** Huawei IoTDA's array of services. */
    SERVICES,
    SEVERITY,
    URGENCY,
    CERTAINTY,
    STATUS,
    /** Not kept. */
    IGNORE;

    /** Whether a path that leads through it holds for the fields in there alone. */
    boolean opens() {
      return this == UNWRAP || this == PARAMS || isSamples();
    }

    boolean isSamples() {
      return this == SAMPLES || this == HISTORY;
    }

    /** Whether it is one of CAP 1.2. */
    public boolean isCap() {
      return this == SEVERITY || this == URGENCY || this == CERTAINTY || this == STATUS;
    }

    /** Whether paths that lead through it find nothing. */
    boolean hides() {
      return this == SERVICES || this == IGNORE;
    }

    /** Why they find nothing. */
    String hiding() {
      return this == IGNORE
          ? "is ignored"
          : "is read as services, whose properties have paths of their own";
    }
  }
}
