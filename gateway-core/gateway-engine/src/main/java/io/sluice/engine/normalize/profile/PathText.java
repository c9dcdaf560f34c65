package io.sluice.engine.normalize.profile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A path as a profile writes it: names and indices with dots between them, {@code
 * [attribute=value]} behind an array whose element is found by an attribute, {@code *} for every
 * element. Pure.
 */
final class PathText {
  static final String EVERY = "*";

  private PathText() {}

  /**
   * A place in a path at which one element of several is chosen.
   *
   * @param container path of the array or object
   * @param prefix the path up to and with the selector
   * @param attribute by which the element is found; null for every element
   */
  record Selector(String container, String prefix, @Nullable String attribute) {}

  /** The path's selectors, from its start; most paths have none. */
  static List<Selector> selectors(String path) {
    if (path.indexOf('[') < 0 && path.indexOf('*') < 0) {
      return List.of();
    }
    List<Selector> found = new ArrayList<>();
    int start = 0; // of the step at hand
    int at = 0;
    while (at <= path.length()) {
      char c = at == path.length() ? '.' : path.charAt(at);
      if (c == '[') {
        int end = path.indexOf(']', at);
        int sign = path.indexOf('=', at);
        boolean closes =
            end + 1 == path.length() || "[.".indexOf(path.charAt(Math.max(0, end) + 1)) >= 0;
        if (end > 0 && sign > at + 1 && sign < end && closes) {
          String container = path.substring(0, at);
          found.add(
              new Selector(container, path.substring(0, end + 1), path.substring(at + 1, sign)));
          at = end;
        }
      } else if (c == '.') {
        if (path.substring(start, at).equals(EVERY)) {
          found.add(
              new Selector(path.substring(0, Math.max(0, start - 1)), path.substring(0, at), null));
        }
        start = at + 1;
      }
      at++;
    }
    return found;
  }

  static boolean isSelecting(String path) {
    return !selectors(path).isEmpty();
  }
}
