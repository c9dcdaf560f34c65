package io.sluice.admin;

/** Numbers in paths. */
final class PathNumber {
  private PathNumber() {}

  static long of(String what, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BadRequestException(what + " is a whole number, not \"" + text + '"');
    }
  }
}
