package io.sluice.engine.normalize;

import io.sluice.api.codec.PayloadException;

/** The wording of faults in payloads: the place, what is wrong, the remedy. */
final class Faults {
  /** Behind the word of a device that measured nothing. */
  static final String NOT_MEASURED = " says that nothing was measured; leave the field out";

  private static final int MAX_QUOTED = 60;

  /** The byte offset of what has no known place. */
  static final int NOWHERE = -1;

  private Faults() {}

  static PayloadException at(String path, int byteOffset, String what) {
    String place = byteOffset == NOWHERE ? "" : " at byte " + byteOffset;
    return new PayloadException("$." + plain(path) + place + ": " + what);
  }

  static PayloadException unknown(String path, int byteOffset, Profile profile) {
    return at(
        path,
        byteOffset,
        "the profile "
            + profile.id()
            + " does not know it; "
            + Nearest.hint(path, profile.targets.keySet(), "leave it out, or declare it there"));
  }

  /** A library's message, shortened, on one line. */
  static String plain(String message) {
    String line = message.replaceAll("\\p{Cntrl}", "?");
    return line.length() > 3 * MAX_QUOTED ? line.substring(0, 3 * MAX_QUOTED) + "..." : line;
  }

  /** The text in quotes, shortened, on one line. */
  static String quoted(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return '"' + (line.length() > MAX_QUOTED ? line.substring(0, MAX_QUOTED) + "..." : line) + '"';
  }
}
