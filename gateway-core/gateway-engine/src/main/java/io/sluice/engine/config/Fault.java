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

  /** Takes line breaks out: a fault is one line. */
  public Fault {
    path = oneLine(path);
    message = oneLine(message);
  }

  private static String oneLine(String text) {
    Matcher breaks = BREAKS.matcher(text);
    return breaks.find() ? breaks.replaceAll(" ") : text;
  }

  /** {@code FILE:LINE:COL: path: what is wrong; what to do}. */
  @Override
  public String toString() {
    return location + ": " + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
