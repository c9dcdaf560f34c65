package io.sluice.engine.dialect.unpack.discovery;

import io.sluice.api.MessageClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a device said of one of its topics. Immutable.
 *
 * @param devices names under which the device may be registered, none: it is the session's own
 * @param name of the value where the message is nothing but that value
 * @param kind what the topic's messages are
 * @param messageClass of its messages
 * @param field names inwards to the value in a JSON message; empty: the message is the value; null:
 *     its template says more than that, and is not understood here
 * @param unit as the device wrote it, or null
 */
record Entity(
    List<String> devices,
    String name,
    Kind kind,
    MessageClass messageClass,
    @Nullable List<String> field,
    @Nullable String unit) {
  /** What a topic is of. */
  enum Kind {
    VALUE,
    AVAILABILITY,
    /** An object of further values. */
    ATTRIBUTES
  }

  Entity {
    devices = List.copyOf(devices);
    field = field == null ? null : List.copyOf(field);
  }
}
