package io.sluice.engine.config;

import io.sluice.api.config.Inline;
import io.sluice.api.config.Option;
import io.sluice.api.config.OptionNames;
import io.sluice.engine.config.OptionType.Choice;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A settings record, read once: its options and how to make one. Immutable. */
final class RecordShape {
  /**
   * @param key in kebab-case
   * @param optional whether it may be null
   */
  record Member(String key, Option option, OptionType type, boolean optional, Class<?> raw) {
    boolean isSecret() {
      return type == OptionType.Basic.SECRET;
    }

    /** Whether it has to be given: so marked, or of a type that has no empty value. */
    boolean required() {
      return option.required()
          || (!optional
              && option.def().isEmpty()
              && !raw.isPrimitive()
              && (type instanceof OptionType.Choice
                  || (type instanceof OptionType.Basic && type != OptionType.Basic.STRING)));
    }
  }

  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type.asSubclass(Record.class));
        }
      };

  private final Class<? extends Record> type;

  /** By component: its shape where it is inlined, else null. */
  private final List<@Nullable RecordShape> inlined;

  private final List<Member> members;
  private final Constructor<? extends Record> constructor;

  private RecordShape(Class<? extends Record> type) {
    this.type = type;
    RecordComponent[] components = type.getRecordComponents();
    this.inlined = new ArrayList<>();
    this.members = new ArrayList<>();
    for (RecordComponent component : components) {
      RecordShape inner =
          component.isAnnotationPresent(Inline.class)
              ? new RecordShape(component.getType().asSubclass(Record.class))
              : null;
      inlined.add(inner);
      if (inner == null) {
        members.add(member(component));
      } else {
        members.addAll(inner.members);
      }
    }
    try {
      this.constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  static RecordShape of(Class<? extends Record> type) {
    return SHAPES.get(type);
  }

  List<Member> members() {
    return Collections.unmodifiableList(members);
  }

  /** Every key that may stand in the file. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    for (Member member : members) {
      keys.add(member.key());
      if (member.isSecret()) {
        keys.add(member.key() + "-file");
      }
    }
    return keys;
  }

  /**
   * @param values one for each member
   * @param parts takes the records made: those inlined, and last the one that is returned
   * @throws IllegalArgumentException as the record's constructor throws it
   */
  Record make(List<@Nullable Object> values, List<Record> parts) {
    Object[] arguments = new Object[inlined.size()];
    int at = 0;
    for (int i = 0; i < arguments.length; i++) {
      RecordShape inner = inlined.get(i);
      int end = at + (inner == null ? 1 : inner.members.size());
      arguments[i] = inner == null ? values.get(at) : inner.make(values.subList(at, end), parts);
      at = end;
    }
    Record made = construct(arguments);
    parts.add(made);
    return made;
  }

  private Record construct(Object[] arguments) {
    try {
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new IllegalStateException(type + " cannot be made", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " cannot be made", e);
    }
  }

  private static Member member(RecordComponent component) {
    Option option = component.getAnnotation(Option.class);
    if (option == null) {
      throw new IllegalStateException(
          component.getDeclaringRecord() + "." + component.getName() + " lacks @Option");
    }
    return new Member(
        option.key().isEmpty() ? kebab(component.getName()) : option.key(),
        option,
        type(component, option),
        component.getAnnotatedType().isAnnotationPresent(Nullable.class),
        component.getType());
  }

  private static OptionType type(RecordComponent component, Option option) {
    if (option.among() == OptionNames.class) {
      return OptionType.of(component.getGenericType());
    }
    try {
      return Choice.of(option.among().getConstructor().newInstance().names());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(option.among() + " cannot be made", e);
    }
  }

  static String kebab(String camel) {
    StringBuilder kebab = new StringBuilder();
    for (int i = 0; i < camel.length(); i++) {
      char c = camel.charAt(i);
      if (Character.isUpperCase(c)) {
        kebab.append('-');
      }
      kebab.append(Character.toLowerCase(c));
    }
    return kebab.toString();
  }
}
