package io.sluice.engine.normalize.sample;

import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Profile;

/** The wording of faults in payloads: the place, what is wrong, the remedy. */
public final class PayloadFaults {
  /** Behind the word of a device that measured nothing. */
  public static final String NOT_MEASURED = " says that nothing was measured; leave the field out";

  private static final int MAX_QUOTED = 60;
  private static final char DELETE = 0x7F;

  /** The byte offset of what has no known place. */
  public static final int NOWHERE = -1;

  private PayloadFaults() {}

  public static PayloadException at(String path, int byteOffset, String what) {
    String name = plain(path);
    return new PayloadException(
        byteOffset == NOWHERE
            ? "$." + name + ": " + what
            : "$." + name + " at byte " + byteOffset + ": " + what); // one text, not two
  }

  public static PayloadException unknown(String path, int byteOffset, Profile profile) {
    return at(
        path,
        byteOffset,
        "the profile "
            + profile.id()
            + " does not know it; "
            + profile.hint(path, "leave it out, or declare it there"));
  }

  /** A library's message, shortened, on one line. */
  public static String plain(String message) {
    String line = withoutControls(message);
    return line.length() > 3 * MAX_QUOTED ? line.substring(0, 3 * MAX_QUOTED) + "..." : line;
  }

  /** The text in quotes, shortened, on one line. */
  public static String quoted(String text) {
    String line = withoutControls(text);
    return '"' + (line.length() > MAX_QUOTED ? line.substring(0, MAX_QUOTED) + "..." : line) + '"';
  }

  private static String withoutControls(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isControl(text.charAt(i))) {
        return text.replaceAll("\\p{Cntrl}", "?");
      }
    }
    return text;
  }

  private static boolean isControl(char c) {
    return c < ' ' || c == DELETE;
  }
}
