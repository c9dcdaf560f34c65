package io.sluice.admin.http;

/** Numbers in paths. */
public final class PathNumber {
  private PathNumber() {}

  public static long of(String what, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BadRequestException(what + " is a whole number, not \"" + text + '"');
    }
  }
}
