package io.sluice.sim.vendor;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of a sample by their names, and samples made of others. */
public final class Fields {
  private Fields() {}

  public static Object value(Sample sample, String name) {
    for (Field field : sample.fields()) {
      if (field.name().equals(name)) {
        return field.value();
      }
    }
    throw new IllegalArgumentException("the sample has no " + name);
  }

  public static double number(Sample sample, String name) {
    return ((Number) value(sample, name)).doubleValue();
  }

  /** The sample with further fields. */
  public static Sample with(Sample sample, Field... more) {
    List<Field> fields = new ArrayList<>(sample.fields());
    fields.addAll(List.of(more));
    return new Sample(sample.n(), sample.micros(), sample.kind(), fields);
  }

  /** The sample with one field alone. */
  public static Sample only(Sample sample, Field field) {
    return new Sample(sample.n(), sample.micros(), sample.kind(), List.of(field));
  }

  /** The sample at a time that is cut off to that precision. */
  public static Sample cut(Sample sample, long micros) {
    return new Sample(
        sample.n(),
        Math.floorDiv(sample.micros(), micros) * micros,
        sample.kind(),
        sample.fields());
  }

  public static Field field(String name, @Nullable String unit, Object value) {
    return new Field(name, unit, value);
  }

  /** To that many digits behind the point. */
  public static double rounded(double value, int digits) {
    double scale = Math.pow(10, digits);
    return Math.rint(value * scale) / scale;
  }
}
