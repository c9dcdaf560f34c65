package io.sluice.api.adapter;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What adapters of one gateway share, one object of each class. Thread-safe. */
public final class SharedParts {
  private final Map<Class<?>, Object> parts = new ConcurrentHashMap<>();

  /** The object of this class, made where there is none. */
  public <T> T of(Class<T> type, Supplier<T> maker) {
    return type.cast(parts.computeIfAbsent(type, any -> maker.get()));
  }
}
