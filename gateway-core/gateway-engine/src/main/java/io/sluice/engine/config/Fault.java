package io.sluice.engine.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that is wrong with a file.
 *
 * @param path of the key at fault, {@code listeners.mqtt.port}; empty for the file as a whole
 * @param message what is wrong; what to do
 */
public record Fault(Location location, String path, String message) {
  private static final Pattern BREAKS = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]");

  /** Characters that tell a kind: a sentence may hold a value of any length. */
  private static final int KIND_WITHIN = 200;

  private static final Pattern VALUES = Pattern.compile("\"[^\"]*\"|\\S*[0-9/]\\S*");

  /** Takes line breaks out: a fault is one line. */
  public Fault {
    path = oneLine(path);
    message = oneLine(message);
  }

  private static String oneLine(String text) {
    Matcher breaks = BREAKS.matcher(text);
    return breaks.find() ? breaks.replaceAll(" ") : text;
  }

  /** What faults that are mended in the same way have in common: the words without the values. */
  public String kind() {
    return kindOf(message);
  }

  /**
   * As {@link #kind}, of a sentence: what is wrong, up to what to do, without quotes and digits.
   */
  public static String kindOf(String sentence) {
    String begin = sentence.substring(0, Math.min(sentence.length(), KIND_WITHIN));
    int remedy = begin.indexOf(';');
    return VALUES.matcher(remedy < 0 ? begin : begin.substring(0, remedy)).replaceAll("…").strip();
  }

  /** {@code FILE:LINE:COL: path: what is wrong; what to do}. */
  @Override
  public String toString() {
    return location + ": " + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
