package io.sluice.engine.dialect.unpack.read;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The ids under which a device may be registered that a vendor's message names. */
public final class DeviceNames {
  private static final int EUI_DIGITS = 16;

  private DeviceNames() {}

  /**
   * The name itself; an EUI also in small and in capital letters; with dots for slashes, which an
   * id cannot have.
   */
  public static List<String> of(String name) {
    if (name.indexOf('/') >= 0) {
      return List.of(name.replace('/', '.'));
    }
    if (!isEui(name)) {
      return List.of(name);
    }
    Set<String> names = new LinkedHashSet<>();
    names.add(name.toLowerCase(Locale.ROOT));
    names.add(name.toUpperCase(Locale.ROOT));
    names.add(name);
    return List.copyOf(names);
  }

  public static boolean isEui(String name) {
    return name.length() == EUI_DIGITS && name.chars().allMatch(c -> Character.digit(c, 16) >= 0);
  }
}
