package io.sluice.engine.normalize;

/** The wording of faults in payloads: the place, what is wrong, the remedy. */
final class Faults {
  /** Behind the word of a device that measured nothing. */
  static final String NOT_MEASURED = " says that nothing was measured; leave the field out";

  private static final int MAX_QUOTED = 60;
  private static final int MAX_SENTENCE = 600;

  private Faults() {}

  static PayloadException at(String path, int byteOffset, String what) {
    return new PayloadException("$." + plain(path) + " at byte " + byteOffset + ": " + what);
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

  /**
   * The sentence as it is sent and kept: where it is long, for a name in it is, its beginning,
   * which says where, and its end, which has the remedy.
   */
  static String bounded(String sentence) {
    int length = sentence.length();
    return length <= MAX_SENTENCE
        ? sentence
        : sentence.substring(0, MAX_SENTENCE / 2)
            + " ... "
            + sentence.substring(length - MAX_SENTENCE / 2);
  }

  /** The text in quotes, shortened, on one line. */
  static String quoted(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return '"' + (line.length() > MAX_QUOTED ? line.substring(0, MAX_QUOTED) + "..." : line) + '"';
  }
}
