package io.sluice.cli.doctor;

import org.jspecify.annotations.Nullable;

/**
 * What one check of {@code sluice doctor} found.
 *
 * @param check its name, one word or two
 * @param remedy what to do; null where all is well
 */
public record Finding(String check, Grade grade, String found, @Nullable String remedy) {
  /** FAIL: the gateway will not run, or not keep what it promises. */
  public enum Grade {
    OK,
    WARN,
    FAIL
  }

  public static Finding ok(String check, String found) {
    return new Finding(check, Grade.OK, found, null);
  }

  public static Finding warn(String check, String found, String remedy) {
    return new Finding(check, Grade.WARN, found, remedy);
  }

  public static Finding fail(String check, String found, String remedy) {
    return new Finding(check, Grade.FAIL, found, remedy);
  }

  public String line() {
    String text = "%-4s %-12s %s".formatted(grade, check, found);
    return remedy == null ? text : text + "; " + remedy;
  }
}
