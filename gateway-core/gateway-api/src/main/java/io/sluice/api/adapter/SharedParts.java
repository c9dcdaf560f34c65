package io.sluice.api.adapter;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What adapters of one gateway share, one object of each class. What of it is to be closed is
 * closed with this. Thread-safe.
 */
public final class SharedParts implements Closeable {
  private final Map<Class<?>, Object> parts = new ConcurrentHashMap<>();
  private final @Nullable Path folder;

  /** Of a gateway that keeps nothing. */
  public SharedParts() {
    this(null);
  }

  /**
   * @param folder see {@link AdapterContext#folder}
   */
  public SharedParts(@Nullable Path folder) {
    this.folder = folder;
  }

  /** See {@link AdapterContext#folder}. */
  public @Nullable Path folder() {
    return folder;
  }

  /** The object of this class, made where there is none. */
  public <T> T of(Class<T> type, Supplier<T> maker) {
    return type.cast(parts.computeIfAbsent(type, any -> maker.get()));
  }

  @Override
  public void close() throws IOException {
    for (Object part : parts.values()) {
      if (part instanceof Closeable open) {
        open.close();
      }
    }
  }
}
