package io.sluice.engine.dialect;

import io.sluice.api.ContentType;
import io.sluice.engine.dialect.form.Template;
import org.jspecify.annotations.Nullable;

/**
 * A bag of properties at the end of a topic: {@code ?content-type=application%2Fjson&hono-ttl=30}
 * of Eclipse Hono (MQTT adapter, "Publish Telemetry Data"), {@code $.ct=application%2Fjson&k=v} of
 * Azure IoT Hub ("Sending device-to-cloud messages").
 */
final class Properties {
  private static final String HONO_TYPE = "content-type=";
  private static final String AZURE_TYPE = "$.ct=";
  private static final String AZURE_TYPE_ENCODED = "%24.ct=";

  private Properties() {}

  /** The content type that the topic's last level names; null where it names none of ours. */
  static @Nullable ContentType contentType(String topic) {
    int from = topic.lastIndexOf('/') + 1;
    if (from < topic.length() && topic.charAt(from) == '?') {
      from++;
    }
    while (from < topic.length()) {
      int and = topic.indexOf('&', from);
      int end = and < 0 ? topic.length() : and;
      int value = valueOfType(topic, from);
      if (value > 0 && value <= end) {
        String decoded = Template.decoded(topic.substring(value, end));
        return decoded == null ? null : ContentType.ofMediaType(decoded);
      }
      from = end + 1;
    }
    return null;
  }

  /** Where the value begins; 0 where the property is another one. */
  private static int valueOfType(String topic, int from) {
    for (String key : new String[] {HONO_TYPE, AZURE_TYPE, AZURE_TYPE_ENCODED}) {
      if (topic.startsWith(key, from)) {
        return from + key.length();
      }
    }
    return 0;
  }
}
