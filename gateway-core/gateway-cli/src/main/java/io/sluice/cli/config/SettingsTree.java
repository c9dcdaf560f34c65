package io.sluice.cli.config;

import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** Reads settings records by their components. */
public final class SettingsTree {
  private SettingsTree() {}

  /** The value of a component. */
  public static @Nullable Object value(Record settings, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true); // settings may be private to their package
      return component.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record's accessor returns: " + component, e);
    }
  }
}
