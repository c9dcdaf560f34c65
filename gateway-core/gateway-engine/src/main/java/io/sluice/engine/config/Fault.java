package io.sluice.engine.config;

/**
 * One thing that is wrong with a file.
 *
 * @param path of the key at fault, {@code listeners.mqtt.port}; empty for the file as a whole
 * @param message what is wrong; what to do
 */
public record Fault(Location location, String path, String message) {
  /** Takes line breaks out: a fault is one line. */
  public Fault {
    path = oneLine(path);
    message = oneLine(message);
  }

  private static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", " ");
  }

  /** {@code FILE:LINE:COL: path: what is wrong; what to do}. */
  @Override
  public String toString() {
    return location + ": " + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
