package io.sluice.engine.normalize;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a path of a payload leads, by the profile. */
sealed interface Target {

  /**
   * Into a metric.
   *
   * @param path as the profile writes it
   * @param values what the payload's values mean, by their text, or null
   * @param textNumbers whether a number may come as a string
   * @param decimal the decimal sign of a number that comes as a string
   */
  record Field(
      String path,
      Metric metric,
      Linear linear,
      @Nullable Map<String, Object> values,
      boolean textNumbers,
      char decimal)
      implements Target {

    /** Whether a number is kept as the text that it came as. */
    boolean asText() {
      return metric.type() == MetricType.STRING && values == null;
    }

    /** The same without scale: for values whose unit is converted already. */
    Field plain() {
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
    /** An array of samples, each with its own time. */
    SAMPLES,
    /** Huawei IoTDA's array of services. */
    SERVICES,
    SEVERITY,
    URGENCY,
    CERTAINTY,
    STATUS,
    /** Not kept. */
    IGNORE;

    /** Whether paths that lead through it find nothing. */
    boolean hides() {
      return this == UNWRAP
          || this == PARAMS
          || this == SAMPLES
          || this == SERVICES
          || this == IGNORE;
    }

    /** Why they find nothing. */
    String hiding() {
      return switch (this) {
        case IGNORE -> "is ignored";
        case SAMPLES, SERVICES -> "is read as samples, whose fields have paths of their own";
        default -> "is unwrapped, so that its fields have paths without it";
      };
    }
  }
}
