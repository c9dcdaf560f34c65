package io.sluice.api;

/**
 * The id of a registered device: 1 to 128 characters of letters, digits, {@code . _ : @ -}, and not
 * {@code .} or {@code ..}.
 *
 * <p>The set excludes {@code / + # $} and white space, so that an id is always one level of an MQTT
 * topic, one CoAP path segment and one Kafka key; the two dots because a URI loses them as a path
 * segment (RFC 3986 section 5.2.4), so that nobody could name the device to the API. Immutable.
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
  private static final int MAX_CHARS = 128;

  public DeviceId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "device id must be 1 to 128 of letters, digits and . _ : @ -, and not . or .., not \""
              + value
              + '"');
    }
  }

  public static boolean isValid(String value) {
    return isValid(value, 0, value.length());
  }

  /**
   * Whether a part of a text is a device id. Allocates nothing.
   *
   * @param from place of its first character
   * @param to place behind its last character
   */
  public static boolean isValid(String text, int from, int to) {
    int length = to - from;
    if (length < 1 || length > MAX_CHARS) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (!isAllowed(text.charAt(i))) {
        return false;
      }
    }
    boolean isDots = length <= 2 && text.charAt(from) == '.' && text.charAt(to - 1) == '.';
    return !isDots;
  }

  private static boolean isAllowed(char c) {
    boolean isLetterOrDigit =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return isLetterOrDigit || c == '.' || c == '_' || c == ':' || c == '@' || c == '-';
  }

  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
