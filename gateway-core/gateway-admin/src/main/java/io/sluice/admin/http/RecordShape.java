package io.sluice.admin.http;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record class's components in the order of declaration, looked up once for each class. */
final class RecordShape {
  private static final ClassValue<List<Component>> SHAPES =
      new ClassValue<>() {
        @Override
        protected List<Component> computeValue(Class<?> type) {
          return Arrays.stream(type.getRecordComponents()).map(Component::of).toList();
        }
      };

  private RecordShape() {}

  static List<Component> of(Class<?> type) {
    return SHAPES.get(type);
  }

  /** One component. */
  record Component(String name, Method accessor) {
    private static Component of(RecordComponent component) {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true); // a view may be private to the class that answers it
      return new Component(component.getName(), accessor);
    }

    @Nullable Object value(Object view) {
      try {
        return accessor.invoke(view);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot read " + accessor, e);
      }
    }
  }
}
