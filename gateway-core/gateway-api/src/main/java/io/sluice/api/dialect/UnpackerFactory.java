package io.sluice.api.dialect;

/**
 * Makes what takes messages apart under one name: the value of {@code unpack} in a dialect's file.
 * Found by {@link java.util.ServiceLoader} when a rule names it, and not before. Thread-safe.
 */
public interface UnpackerFactory {
  /** The value of {@code unpack}: 1 to 64 of a-z, 0-9 and {@code -}; unique. */
  String name();

  /** The unpacker, one for all rules that name it. */
  Unpacker create();
}
