package io.sluice.api;

import java.util.regex.Pattern;

/**
 * The id of a registered device: 1 to 128 characters of letters, digits, {@code . _ : @ -}, and not
 * {@code .} or {@code ..}.
 *
 * <p>The set excludes {@code / + # $} and white space, so that an id is always one level of an MQTT
 * topic, one CoAP path segment and one Kafka key; the two dots because a URI loses them as a path
 * segment (RFC 3986 section 5.2.4), so that nobody could name the device to the API. Immutable.
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
  private static final Pattern VALID = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._:@-]{1,128}");

  public DeviceId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "device id must be 1 to 128 of letters, digits and . _ : @ -, and not . or .., not \""
              + value
              + '"');
    }
  }

  public static boolean isValid(String value) {
    return VALID.matcher(value).matches();
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
