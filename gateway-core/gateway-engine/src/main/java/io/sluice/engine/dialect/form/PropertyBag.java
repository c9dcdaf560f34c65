package io.sluice.engine.dialect.form;

import io.sluice.api.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * A bag of properties at the end of a topic: {@code ?content-type=application%2Fjson&hono-ttl=30}
 * of Eclipse Hono (MQTT adapter, "Publish Telemetry Data"), {@code $.ct=application%2Fjson&k=v} of
 * Azure IoT Hub ("Sending device-to-cloud messages").
 */
public final class PropertyBag {
  private static final String HONO_TYPE = "content-type=";
  private static final String AZURE_TYPE = "$.ct=";
  private static final String AZURE_TYPE_ENCODED = "%24.ct=";

  private PropertyBag() {}

  /** The content type that the topic's last level names; null where it names none of ours. */
  public static @Nullable ContentType contentType(String topic) {
    String type = first(topic, HONO_TYPE, AZURE_TYPE, AZURE_TYPE_ENCODED);
    return type == null ? null : ContentType.ofMediaType(type);
  }

  /** The value of a property, without its URL encoding; null where there is none. */
  public static @Nullable String value(String topic, String key) {
    return first(topic, key + "=");
  }

  private static @Nullable String first(String topic, String... keys) {
    int from = topic.lastIndexOf('/') + 1;
    int question = topic.indexOf('?', from);
    int equals = topic.indexOf('=', from);
    if (question >= 0 && question < equals) {
      from = question + 1;
    }
    while (from < topic.length()) {
      int and = topic.indexOf('&', from);
      int end = and < 0 ? topic.length() : and;
      for (String key : keys) {
        if (topic.startsWith(key, from) && from + key.length() <= end) {
          return Template.decoded(topic.substring(from + key.length(), end));
        }
      }
      from = end + 1;
    }
    return null;
  }
}
