package io.sluice.api.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One configuration option, on the component of a settings record. Defined once: the loader, the
 * reference page and the JSON Schema read it.
 *
 * <p>Component types: {@code boolean}, {@code int}, {@code long}, {@code double}, {@link String},
 * {@link java.time.Duration} ({@code 10s}, {@code 5m}, {@code 500ms}, {@code 1h}, {@code 2d}),
 * {@link Bytes} ({@code 64MB}), {@link Secret}, {@link java.nio.file.Path} (relative to the
 * configuration file), {@link java.net.URI}, an enum (lower-case, dashes), a nested record, a
 * {@code List} or a {@code Map<String, String>} of these. A nullable component is optional. The key
 * is the component's name in kebab-case, unless the option names another.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Option {
  /** What it does, in one or two sentences; units and effect. */
  String doc();

  /** The key, where the component's name in kebab-case would not be it. */
  String key() default "";

  /** Default as it would be written in YAML; empty: none. */
  String def() default "";

  /** Whether the key must be given. */
  boolean required() default false;

  /** Least number allowed (for Duration in milliseconds, for Bytes in bytes). */
  long min() default Long.MIN_VALUE;

  /** Greatest number allowed (for Duration in milliseconds, for Bytes in bytes). */
  long max() default Long.MAX_VALUE;

  /** Regular expression that a string must match as a whole; empty: any. */
  String pattern() default "";

  /** The values that a text may have; the interface itself: any. */
  Class<? extends OptionNames> among() default OptionNames.class;

  /** For the remedy in the error message: what to write instead. Empty: derived from the type. */
  String hint() default "";
}
