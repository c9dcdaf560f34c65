package io.sluice.app;

import org.jspecify.annotations.Nullable;

/**
 * What one check of {@code sluice doctor} found.
 *
 * @param check its name, one word or two
 * @param remedy what to do; null where all is well
 */
record Finding(String check, Grade grade, String found, @Nullable String remedy) {
  /** FAIL: the gateway will not run, or not keep what it promises. */
  enum Grade {
    OK,
    WARN,
    FAIL
  }

  static Finding ok(String check, String found) {
    return new Finding(check, Grade.OK, found, null);
  }

  static Finding warn(String check, String found, String remedy) {
    return new Finding(check, Grade.WARN, found, remedy);
  }

  static Finding fail(String check, String found, String remedy) {
    return new Finding(check, Grade.FAIL, found, remedy);
  }

  String line() {
    String text = "%-4s %-12s %s".formatted(grade, check, found);
    return remedy == null ? text : text + "; " + remedy;
  }
}
