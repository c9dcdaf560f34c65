package io.sluice.api;

import java.util.regex.Pattern;

/**
 * The id of a registered device: 1 to 128 characters of letters, digits, {@code . _ : @ -}.
 *
 * <p>The set excludes {@code / + # $} and white space, so that an id is always one level of an MQTT
 * topic, one CoAP path segment and one Kafka key. Immutable.
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._:@-]{1,128}");

  public DeviceId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "device id must be 1 to 128 of letters, digits and . _ : @ -, not \"" + value + '"');
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
